"""The webcam, painted live: one steady painter a visitor, which goes when the visitor does."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from io import BytesIO

import gradio as gr
from PIL import Image

from demo.settings import Settings
from demo.style.previews import PREVIEWED
from demo.style.style_options import StyleOptions, choose_painting, painted_sample, style_widgets
from demo.web.engine import call
from demo.web.events import Updates, Values, on_event
from demo.web.job_panel import status_box
from demo.web.layout import column, work
from zoo.errors import BadPicture
from zoo.images.decode import open_picture
from zoo.style.video import SteadyPainter, paint_frame

STREAM_SECONDS = 120  # then the next visitor's turn comes
FRAME_SECONDS = 0.2
FRAME_SIDE, FRAME_PIXELS = 384, 4_000_000
JPEG = "data:image/jpeg;base64,"


@dataclass(frozen=True)
class LivePainter:
    """The painter of one visitor's stream, and the options that it was made for."""

    options: StyleOptions
    painter: SteadyPainter


def build(settings: Settings) -> None:
    """Lay out and wire the panel."""
    with work():
        with column("input"):
            camera = gr.Image(
                label="Your webcam", sources=["webcam"], streaming=True, height=220, alt_text="Your webcam",
                webcam_options=gr.WebcamOptions(mirror=True), elem_classes="iris-camera",
            )  # fmt: skip
            painting = choose_painting(settings.device)
        with column("result"):
            status_box(f"Allow the webcam and start it: {STREAM_SECONDS} seconds are painted, and nothing is kept.")
            shown = gr.Image(
                str(painted_sample(PREVIEWED, settings.device)), label="Painted", show_label=False, height=440,
                interactive=False, buttons=["download", "fullscreen"], alt_text="Painted", elem_classes="iris-picture",
            )  # fmt: skip
        with column("more"):
            style = style_widgets(painting)
    kept = gr.State(time_to_live=2 * STREAM_SECONDS)

    def paint(values: Values) -> Updates:
        frame, live = values[camera], values[kept]
        if not frame:
            return {shown: gr.skip(), kept: live}
        picture = decoded(frame.get("url"))
        options = style.read(values, picture.size)
        if live is None or live.options != options:
            painter = SteadyPainter(
                options.weights, strength=options.strength, keep_colors=options.keep_colors, size=options.size,
                device=settings.device,
            )  # fmt: skip
            live = LivePainter(options, painter)
        painted, painter = call(paint_frame, live.painter, picture)
        return {shown: {"url": encoded(painted)}, kept: LivePainter(options, painter)}

    timing = {"time_limit": STREAM_SECONDS, "stream_every": FRAME_SECONDS}
    turns = {"concurrency_id": "webcam", "concurrency_limit": settings.jobs}  # a stream holds its place until its end
    inputs = {camera, kept} | style.inputs()
    on_event(camera.stream, paint, inputs, [shown, kept], postprocess=False, **turns, **timing)


def decoded(address: object) -> Image.Image:
    """Decode the frame of a data address, no larger than what is painted; raises BadPicture for anything else."""
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
    """Encode a painted frame as a data address: nothing of a webcam is written to disk."""
    data = BytesIO()
    picture.convert("RGB").save(data, "JPEG", quality=85)
    return JPEG + b64encode(data.getvalue()).decode()
