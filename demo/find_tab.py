"""The Find tab: photos of a folder or of a visitor's zip, by words, by a picture, or by both together."""

import html
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from demo.downloads import Actions, actions
from demo.handlers import Count, Updates, listen, publish, queued
from demo.image_input import open_upload, optional_picture, picture_field, uploaded_file
from demo.jobs import bar, said
from demo.photos import OwnPhotos, Photos, as_json
from demo.settings import Settings
from embeddings.finding import Match, more_like

KIND, OWN_KIND = "find", "own photos"  # to index a visitor's zip takes long, and nobody else waits for it
TOP = 12
OWN_SECONDS = 4 * 3600  # a visitor's photos are forgotten after this, or when the page is closed
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
            picture = picture_field("Or find photos like this picture; with words, like both", height=220)
            zipped = _zip_field(settings)
        with gr.Column(scale=6, min_width=320):
            title = gr.HTML(_label(photos), padding=False)
            gallery = _gallery(photos.title)
            status = gr.HTML(said("Click a photo to find more like it."), elem_classes="iris-status", padding=False)
            copies = gr.Checkbox(label="Show near-copies one by one", container=False)
            under = actions("style", "upscale", "describe")
    listed = gr.State()  # the paths that the gallery shows, in its order
    own = gr.State(time_to_live=OWN_SECONDS, delete_callback=lambda given: given and given.forget())
    outputs = [gallery, status, listed, *under.outputs()]

    def find(text: str, photo: dict | None, mine: OwnPhotos | None, apart: bool) -> Iterator[Updates]:
        searched = mine or photos
        asked_for = searched.query(text, optional_picture(photo, settings))
        yield from ({status: bar(step)} for step in searched.index())
        found = searched.matching(asked_for, TOP, fold=not apart)
        offered = under.offer(photo["path"]) if photo else under.hold(None)
        yield _shown(searched, found) | {status: said(_told(searched, found, _what(text, photo)))} | offered

    def again(text: str, photo: dict | None, mine: OwnPhotos | None, apart: bool) -> Iterator[Updates]:
        if text.strip() or photo:
            yield from find(text, photo, mine, apart)

    def browse(shown: list[str] | None, mine: OwnPhotos | None) -> Updates:
        return gr.skip() if shown is not None else _looked_around(mine or photos)

    def take(given: dict, mine: OwnPhotos | None) -> Iterator[Updates]:
        path, name = uploaded_file(given, settings, kind="zip", max_bytes=settings.zip_bytes)
        taken = OwnPhotos(path, name, settings, mine)
        yield from ({status: bar(step)} for step in taken.index())
        if mine and mine.folder != taken.folder:
            mine.forget()
        yield {own: taken, title: _label(taken), status: said(_taken(taken))} | _looked_around(taken) | under.hold(None)

    def give_back(mine: OwnPhotos | None) -> Updates:
        if mine:
            mine.forget()
        told = {own: None, title: _label(photos), status: said("Your photos are forgotten.")}
        return told | _looked_around(photos) | under.hold(None)

    def _shown(searched: Photos, found: list[Match]) -> Updates:
        seen = searched.thumbnails([match.hit.id for match in found])
        captions = {match.hit.id: _caption(match) for match in found}
        return {gallery: [(seen[path], captions[path]) for path in seen], listed: list(seen)}

    def _looked_around(searched: Photos) -> Updates:
        seen = searched.thumbnails([str(path) for path in searched.first(2 * TOP)])
        return {gallery: [(seen[path], Path(path).stem) for path in seen], listed: list(seen)}

    def choose(shown: list[str], mine: OwnPhotos | None, event: gr.SelectData) -> Updates:
        searched, path = mine or photos, shown[event.index]
        return {picture: str(searched.served_copy(path)), query: "", status: said(searched.about(path))}

    queue, given = queued(KIND, settings.jobs, status), [query, picture, own, copies]
    for event in (search.click, query.submit):
        listen(event, find, given, outputs, **queue)
    for event in (picture.change, copies.input):
        listen(event, again, given, outputs, **queue)
    for word, button in zip(SUGGESTIONS, suggested, strict=True):
        button.click(partial(str, word), None, query, api_visibility="private", queue=False)
        listen(button.click, partial(find, word), given[1:], outputs, **queue)
    listen(tab.select, browse, [listed, own], outputs, **queue)
    listen(gallery.select, choose, [listed, own], [picture, query, status], queue=False)
    listen(zipped.upload, take, [zipped, own], [own, title, *outputs], **queued(OWN_KIND, settings.jobs, status))
    listen(zipped.clear, give_back, own, [own, title, *outputs], queue=False)
    for endpoint in _endpoints(settings, photos):
        publish(endpoint, kind=KIND, jobs=settings.jobs)
    return picture, under


def _zip_field(settings: Settings) -> gr.File:
    limits = f"up to {settings.zip_pictures:,} pictures, {settings.zip_bytes / 2**20:g} MiB"
    return gr.File(label=f"Search your own photos: a zip, {limits}", file_types=[".zip"], height=150)


def _gallery(title: str) -> gr.Gallery:
    return gr.Gallery(
        label=title, show_label=False, columns=3, height=520, object_fit="cover", allow_preview=False,
        interactive=False, buttons=[], fit_columns=False,
    )  # fmt: skip


def _label(photos: Photos) -> str:
    return f'<p class="iris-label">{html.escape(photos.title)}</p>'


def _caption(match: Match) -> str:
    return f"{match.hit.score:.2f}{more_like(match)}  {Path(match.hit.label).stem}"  # long names are cut


def _what(text: str, photo: dict | None) -> str:
    """What was asked for, in words."""
    words = f'"{text.strip()}"' if text.strip() else ""
    return " and ".join(filter(None, (words, "this picture" if photo else "")))


def _told(photos: Photos, found: list[Match], what: str) -> str:
    if not found:
        return f"Nothing matches {what} among {photos.count()} photos. Try a wider word."
    folded = sum(len(match.copies) for match in found)
    copies = f" {folded} near-copies are folded." if folded else ""
    return f"{len(found)} of {photos.count()} photos match {what}, the best first.{copies} Click one for more like it."


def _taken(photos: Photos) -> str:
    """What to say of a visitor's zip."""
    bad = [f"{name}: {reason}" for name, reason in photos.unreadable().items()]
    count = f"{photos.count()} photos of yours can be searched; only you see them, until you leave."
    return f"{count} {len(bad)} could not be read ({'; '.join(bad[:3])})." if bad else count


def _endpoints(settings: Settings, photos: Photos) -> tuple[Callable, Callable]:
    def find_images(query: str, top: Count = TOP) -> list[dict[str, Any]]:
        """Find photos of the server's folder by a word, a phrase, or words with + and -; best first."""
        return as_json(photos, photos.find(query, top))

    def similar_images(picture: gr.FileData, top: Count = TOP) -> list[dict[str, Any]]:
        """Find photos of the server's folder that are like a picture; best first."""
        given = open_upload(picture, settings).picture
        return as_json(photos, photos.like(given, top))

    return find_images, similar_images
