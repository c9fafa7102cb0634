"""The page: title, four tabs, footer, and the way of a picture from one tab to another."""

from functools import partial
from inspect import Signature, signature
from typing import Any

import gradio as gr

from demo.describe import tab as describe_tab
from demo.find import tab as find_tab
from demo.find.photos import open_photos
from demo.samples import samples
from demo.server.blocks import Page
from demo.settings import Settings
from demo.style import tab as style_tab
from demo.theme import MARK
from demo.upscale import tab as upscale_tab
from demo.web.downloads import PLACES, ResultButtons, SavedResult
from demo.web.endpoints import register_endpoint
from demo.web.engine import engine_in_use
from demo.web.events import on_event
from zoo.catalog import CATALOG
from zoo.model_entry import ModelEntry, WordVectors
from zoo.style.fast import styles

FACTS = ("key", "task", "title", "source", "bytes", "licence", "paper", "training_data")
STYLES_MODEL = "style.paintings"
KEPT_SECONDS = 4 * 3600  # uploads and results are deleted after this
SUBTITLE = "Restyle, enlarge, name and find pictures."
TITLE = f'<header class="iris-title">{MARK.read_text()}<div><h1>Iris</h1><p>{SUBTITLE}</p></div></header>'
STRIP = "Results of this visit"
VISIT = f'<section class="iris-visit" aria-label="{STRIP}" hidden><p>{STRIP}</p><div></div></section>'


def build(settings: Settings) -> Page:
    """Build the whole page with its endpoints, ready for a queue and a launch."""
    photos = open_photos(settings)
    with Page(title="Iris", analytics_enabled=False) as page:
        gr.HTML(TITLE, padding=False)
        with gr.Tabs(elem_classes="iris-tabs") as tabs:
            with gr.Tab("Style", id="style"):
                style = style_tab.build(settings, page)
            with gr.Tab("Upscale", id="upscale"):
                upscale = upscale_tab.build(settings, page)
            with gr.Tab("Describe", id="describe"):
                describe = describe_tab.build(settings, page)
            with gr.Tab("Find", id="find"):
                find = find_tab.build(settings, photos, page)
        gr.HTML(VISIT, padding=False)
        gr.HTML(_footer(), padding=False)
        fields = {tab: one.picture for tab, one in zip(PLACES, (style, upscale, describe, find), strict=True)}
        _connect(
            fields, [*style.buttons, upscale.job.buttons, describe.job.buttons, find.job.buttons], tabs, style.panels
        )
        register_endpoint(models)
    return page


def signatures_of(page: gr.Blocks) -> dict[str, Signature]:
    """Give the signature of each public endpoint, by its name."""
    return {
        str(function.api_name): signature(function.fn)
        for function in page.fns.values()
        if function.fn is not None and function.api_visibility == "public"
    }


def models() -> list[dict[str, Any]]:
    """List the models of this server: key, task, size, licence, source, measured quality, and what runs them."""
    return [_facts(entry) for entry in CATALOG.values() if not isinstance(entry, WordVectors)]


def _connect(fields: dict[str, gr.Image], rows: list[ResultButtons], tabs: gr.Tabs, panels: gr.Tabs) -> None:
    """Let every "use it in" button put its picture into the field of that tab, and show the tab and its panel."""
    for buttons in rows:
        for place, button in buttons.send.items():
            handler = partial(_sent, place)
            on_event(button.click, handler, buttons.saved, [fields[place], tabs, panels], queue=False)


def _sent(place: str, saved: SavedResult) -> tuple[object, ...]:
    panel = gr.update(selected="paintings") if place == "style" else gr.skip()
    return saved.path, gr.update(selected=place), panel


def _footer() -> str:
    credits = "; ".join(f"{sample.title}: {sample.credit}" for sample in samples().values())
    return (
        f'<div class="iris-footer"><p>Everything runs on {engine_in_use().where}, on models that this project trained '
        f"unless you choose another. Uploads and results are deleted after {KEPT_SECONDS // 3600} hours.</p>"
        f"<details><summary>Whose the sample photos are</summary><p>{credits}.</p></details></div>"
    )


def _facts(entry: ModelEntry) -> dict[str, Any]:
    """Give what a caller wants to know of a model, as JSON."""
    facts = {name: getattr(entry, name) for name in FACTS} | {
        "metrics": dict(entry.metrics),
        "engine": engine_in_use().name,
    }
    return facts | ({"styles": styles()} if entry.key == STYLES_MODEL else {})
