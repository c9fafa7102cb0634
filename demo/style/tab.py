"""The Style tab: a photo after paintings or after any artwork, a clip, and the webcam."""

import gradio as gr

from demo.settings import Settings
from demo.style import (
    artwork as artwork_panel,
)
from demo.style import (
    paintings as paintings_panel,
)
from demo.style import (
    video as video_panel,
)
from demo.style import (
    webcam as webcam_panel,
)
from demo.web.downloads import Actions

CARRY_OVER = "(mine, others) => mine ?? others"  # a picture given in one panel is there in the other
SHOW = "() => ({selected: 'paintings', __type__: 'update'})"


def build(settings: Settings) -> tuple[gr.Image, list[Actions]]:
    """Lay out and wire the tab; gives the field for a picture and the actions under each result."""
    with gr.Tabs(elem_classes="iris-panels") as panels:
        with gr.Tab("Paintings", id="paintings") as paintings_tab:
            picture, painted = paintings_panel.build(settings)
        with gr.Tab("Any artwork", id="artwork") as artwork_tab:
            photo, optimised = artwork_panel.build(settings)
        with gr.Tab("Video", id="video"):
            video_panel.build(settings)
        with gr.Tab("Webcam", id="webcam"):
            webcam_panel.build(settings)
    private = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
    artwork_tab.select(None, [photo, picture], photo, js=CARRY_OVER, **private)
    paintings_tab.select(None, [picture, photo], picture, js=CARRY_OVER, **private)
    picture.change(None, None, panels, js=SHOW, **private)  # one that another tab sends is seen
    return picture, [painted, optimised]
