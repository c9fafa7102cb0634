"""The webcam, painted live: one steady painter a visitor, which goes when the visitor does."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from io import BytesIO

import gradio as gr
from PIL import Image

from demo.settings import Settings
from demo.style.style_options import Manner, choose_style, manner_of
from demo.web.events import Updates, listen
from demo.web.job_panel import said
from zoo.errors import BadPicture
from zoo.images.decode import open_picture
from zoo.style.video import SteadyPainter

KIND = "webcam"  # apart from the other jobs: a stream holds its place until its time is up
STREAM_SECONDS = 120  # then the next visitor's turn comes
FRAME_SECONDS = 0.2
FRAME_SIDE, FRAME_PIXELS = 384, 4_000_000
JPEG = "data:image/jpeg;base64,"


@dataclass(frozen=True)
class Live:
    """The painter of one visitor's stream, and the manner it was made for."""

    manner: Manner
    painter: SteadyPainter


def build(settings: Settings) -> None:
    """Lay out and wire the panel."""
    with gr.Row(elem_classes="iris-work"):
        with gr.Column(scale=5, min_width=320):
            camera = gr.Image(
                label="Your webcam", sources=["webcam"], streaming=True, height=300, alt_text="Your webcam",
                webcam_options=gr.WebcamOptions(mirror=True),
            )  # fmt: skip
            style = choose_style(settings.device)
        with gr.Column(scale=6, min_width=320):
            shown = gr.Image(
                label="Painted", height=460, interactive=False, buttons=["download", "fullscreen"], alt_text="Painted",
                elem_classes="iris-frame",
            )  # fmt: skip
            words = f"Allow the webcam and press Record; a stream lasts {STREAM_SECONDS} seconds at most."
            gr.HTML(said(words), elem_classes="iris-status", padding=False)
    kept = gr.State(time_to_live=2 * STREAM_SECONDS)

    def paint(frame: dict | None, live: Live | None, *values: object) -> Updates:
        if not frame:
            return {shown: gr.skip(), kept: live}
        picture = decoded(frame.get("url"))
        manner = manner_of(values, picture.size)
        if live is None or live.manner != manner:
            live = Live(manner, SteadyPainter(manner.weights, **manner.arguments(), device=settings.device))
        return {shown: {"url": encoded(live.painter.paint(picture))}, kept: live}

    options = {"concurrency_id": KIND, "concurrency_limit": settings.jobs}
    timing = {"time_limit": STREAM_SECONDS, "stream_every": FRAME_SECONDS}
    inputs = [camera, kept, *style.inputs()]
    listen(camera.stream, paint, inputs, [shown, kept], postprocess=False, **options, **timing)


def decoded(address: object) -> Image.Image:
    """The frame of a data address, no larger than what is painted; raises BadPicture for anything else."""
    if not isinstance(address, str) or not address.startswith("data:image/"):
        raise BadPicture("the webcam sent no picture; allow it in the browser and try again")
    try:
        data = b64decode(address.partition(",")[2], validate=True)
    except (NotBase64, ValueError) as error:
        raise BadPicture("the webcam's picture is damaged; start it again") from error
    picture = open_picture(data, max_pixels=FRAME_PIXELS).convert("RGB")
    picture.thumbnail((FRAME_SIDE, FRAME_SIDE))
    return picture


def encoded(picture: Image.Image) -> str:
    """A painted frame as a data address: nothing of a webcam is written to disk."""
    data = BytesIO()
    picture.convert("RGB").save(data, "JPEG", quality=85)
    return JPEG + b64encode(data.getvalue()).decode()
