"""The Style tab: a photo after paintings or after any artwork, a clip, and the webcam."""

from dataclasses import dataclass
from functools import partial

import gradio as gr

from demo.settings import Settings
from demo.style import artwork as artwork_panel
from demo.style import paintings as paintings_panel
from demo.style import video as video_panel
from demo.style import webcam as webcam_panel
from demo.web.downloads import ResultButtons
from demo.web.events import IN_BROWSER, on_event
from demo.web.picture_fields import keep_over_reload
from demo.web.waiting import WaitingLine

CARRY_OVER = "(mine, others) => mine ?? others"  # a picture given in one panel is there in the other


@dataclass(frozen=True)
class StyleTab:
    """What other tabs need of this one: the field for a picture, its panels, and the buttons under each result."""

    picture: gr.Image
    panels: gr.Tabs
    buttons: tuple[ResultButtons, ...]


def build(settings: Settings, page: gr.Blocks) -> StyleTab:
    """Lay out and wire the tab; one pass, an optimisation and a clip each wait in a line of their own."""
    one_pass, optimisation, clips = (WaitingLine(settings.jobs, settings.queue_size) for _ in range(3))
    with gr.Tabs(elem_classes="iris-panels") as panels:
        with gr.Tab("Paintings", id="paintings") as paintings_tab:
            paintings = paintings_panel.build(settings, one_pass)
        with gr.Tab("Any artwork", id="artwork") as artwork_tab:
            artwork = artwork_panel.build(settings, optimisation, one_pass)
        with gr.Tab("Video", id="video") as video_tab:
            video = video_panel.build(settings, clips)
        with gr.Tab("Webcam", id="webcam"):
            webcam_panel.build(settings)
    picture, photo = paintings.picture, artwork.picture
    paintings_tab.select(None, [picture, photo], picture, js=CARRY_OVER, **IN_BROWSER)
    keep_over_reload(picture, "style", page, paintings.open, [picture, *paintings.job.outputs()])
    opened = partial(artwork.open, picture), artwork.opening_inputs() | {picture}, artwork.opening_outputs()
    on_event(artwork_tab.select, *opened, queue=False)
    on_event(video_tab.select, video.open, video.opening_inputs(), video.opening_outputs())
    return StyleTab(picture, panels, (paintings.job.buttons, artwork.job.buttons))
