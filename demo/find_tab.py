"""The Find tab: photos of a folder by word, phrase, plus and minus, or by a picture like them."""

import html
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from demo.downloads import Actions, actions
from demo.handlers import Count, Updates, listen, publish, queued
from demo.image_input import open_upload, picture_field
from demo.jobs import bar, said
from demo.photos import Photos, as_json, photo_thumbnail
from demo.settings import Settings
from embeddings.search import Hit

KIND = "find"
TOP = 12
FLOOR, NEAR = 0.3, 0.85  # a match scores this, and this share of the best: "democracy" reached 0.11, "coffee" 0.76
SUGGESTIONS = ("big cat", "vehicle", "beverage", "palace", "tripod", "spacecraft")
HINT = "A word, a phrase, or words with + and -: dog, golden retriever, cat + snow, car - wheel"


def build(settings: Settings, photos: Photos, tab: gr.Tab) -> tuple[gr.Image, Actions]:
    """Lay out and wire the tab; gives the field for a picture and the actions for a found photo."""
    with gr.Row(elem_classes="iris-work"):
        with gr.Column(scale=5, min_width=320):
            query = gr.Textbox(label="Find photos of", placeholder="cat", info=HINT, max_lines=1, autofocus=False)
            with gr.Row(elem_classes="iris-chips"):
                suggested = [gr.Button(word, size="sm", min_width=60) for word in SUGGESTIONS]
            search = gr.Button("Search", variant="primary")
            picture = picture_field("Or find photos like this picture", height=240)
        with gr.Column(scale=6, min_width=320):
            gr.HTML(f'<p class="iris-label">{html.escape(photos.title)}</p>', padding=False)
            gallery = _gallery(photos.title)
            status = gr.HTML(said("Click a photo to use it."), elem_classes="iris-status", padding=False)
            under = actions("style", "upscale", "describe", "find")
    listed = gr.State()  # the paths that the gallery shows, in its order
    outputs = [gallery, status, listed, under.row]

    def show(found: list[Hit], what: str) -> Updates:
        hits = [hit for hit in found if hit.score >= max(FLOOR, NEAR * found[0].score)]
        count = f"Like {what}: {len(hits)} of {photos.count()} photos, the closest first. Click one to use it."
        words = count if hits else f"Nothing matches {what}."
        pictures = [(photo_thumbnail(hit.id), f"{hit.score:.2f}  {Path(hit.label).stem}") for hit in hits]
        paths = [hit.id for hit in hits]
        return {gallery: pictures, status: said(words), listed: paths, under.row: gr.update(visible=False)}

    def by_words(text: str) -> Iterator[Updates]:
        yield from ({status: bar(step)} for step in photos.index())
        yield show(photos.find(text, TOP), f'"{text.strip()}"')

    def by_picture(photo: dict | None) -> Iterator[Updates]:
        if photo is None:
            return
        given = open_upload(photo, settings).picture
        yield from ({status: bar(step)} for step in photos.index())
        yield show(photos.like(given, TOP), "this picture")

    def browse(shown: list[str] | None) -> Updates:
        if shown is not None:
            return gr.skip()
        first = [str(path) for path in photos.first(2 * TOP)]
        return {gallery: [(photo_thumbnail(path), Path(path).stem) for path in first], listed: first}

    def choose(shown: list[str], event: gr.SelectData) -> Updates:
        path = shown[event.index]
        return {status: said(photos.about(path))} | under.offer(photos.served_copy(path))

    queue = queued(KIND, settings.jobs, status)
    listen(search.click, by_words, query, outputs, **queue)
    listen(query.submit, by_words, query, outputs, **queue)
    for word, button in zip(SUGGESTIONS, suggested, strict=True):
        button.click(partial(str, word), None, query, api_visibility="private", queue=False)
        listen(button.click, partial(by_words, word), None, outputs, **queue)
    listen(picture.change, by_picture, picture, outputs, **queue)
    listen(tab.select, browse, listed, outputs, **queue)
    listen(gallery.select, choose, listed, [status, *under.outputs()], queue=False)
    for endpoint in _endpoints(settings, photos):
        publish(endpoint, kind=KIND, jobs=settings.jobs)
    return picture, under


def _gallery(title: str) -> gr.Gallery:
    return gr.Gallery(
        label=title, show_label=False, columns=3, height=520, object_fit="cover", allow_preview=False,
        interactive=False, buttons=[], fit_columns=False,
    )  # fmt: skip


def _endpoints(settings: Settings, photos: Photos) -> tuple[Callable, Callable]:
    def find_images(query: str, top: Count = TOP) -> list[dict[str, Any]]:
        """Find photos of the server's folder by a word, a phrase, or words with + and -; best first."""
        return as_json(photos, photos.find(query, top))

    def similar_images(picture: gr.FileData, top: Count = TOP) -> list[dict[str, Any]]:
        """Find photos of the server's folder that are like a picture; best first."""
        given = open_upload(picture, settings).picture
        return as_json(photos, photos.like(given, top))

    return find_images, similar_images
