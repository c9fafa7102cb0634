"""The Find tab: photos of a folder or of a visitor's zip, by words, by a picture, or by both together."""

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from demo.find.photos import OwnPhotos, Photos, as_json
from demo.settings import Settings
from demo.web.downloads import Actions, actions
from demo.web.events import Count, Updates, listen, publish, queued
from demo.web.job_panel import bar, said
from demo.web.uploads import open_upload, optional_picture, picture_field, uploaded_file
from embeddings.results import Match
from embeddings.retrieval.match import SearchResult, copies_suffix

KIND, OWN_KIND = "find", "own photos"  # to index a visitor's zip takes long, and nobody else waits for it
TOP = 12
OWN_SECONDS = 4 * 3600  # a visitor's photos are forgotten after this, or when the page is closed
SUGGESTIONS = ("big cat", "vehicle", "beverage", "palace", "tripod", "helmet")
HINT = "A word, a phrase, or words with + and -: dog, golden retriever, fruit\u00a0+\u00a0red, animal\u00a0-\u00a0dog"


@dataclass(frozen=True, eq=False)
class Panel:
    """The parts of the tab, and what happens to them; a visitor's own photos go from event to event."""

    settings: Settings
    photos: Photos
    query: gr.Textbox
    suggested: list[gr.Button]
    search: gr.Button
    picture: gr.Image
    zipped: gr.File
    title: gr.HTML
    gallery: gr.Gallery
    status: gr.HTML
    copies: gr.Checkbox
    under: Actions
    listed: gr.State  # the paths that the gallery shows, in its order
    own: gr.State

    def find(self, text: str, photo: dict | None, mine: OwnPhotos | None, apart: bool) -> Iterator[Updates]:
        """Search by words, a picture, or both."""
        searched = mine or self.photos
        asked_for = searched.query(text, optional_picture(photo, self.settings))
        yield from ({self.status: bar(step)} for step in searched.index())
        found = searched.matching(asked_for, TOP, fold=not apart)
        captions = {match.hit.id: _caption(match) for match in found.matches}
        offered = self.under.offer(photo["path"]) if photo else self.under.hold(None)
        yield self._show(searched, captions) | {self.status: said(told(searched, found, _what(text, photo)))} | offered

    def again(self, text: str, photo: dict | None, mine: OwnPhotos | None, apart: bool) -> Iterator[Updates]:
        """Search again where there was a search."""
        if text.strip() or photo:
            yield from self.find(text, photo, mine, apart)

    def browse(self, shown: list[str] | None, mine: OwnPhotos | None) -> Updates:
        """Show some photos where none are shown yet."""
        return gr.skip() if shown is not None else self._look_around(mine or self.photos)

    def choose(self, shown: list[str], mine: OwnPhotos | None, event: gr.SelectData) -> Updates:
        """Take the photo that was clicked as the picture to search by."""
        searched, path = mine or self.photos, shown[event.index]
        return {self.picture: str(searched.served_copy(path)), self.query: "", self.status: said(searched.about(path))}

    def take(self, given: dict, mine: OwnPhotos | None) -> Iterator[Updates]:
        """Index a visitor's zip and search that from now on."""
        limit = self.settings.zip_bytes
        path, name = uploaded_file(given, self.settings, kind="zip", max_bytes=limit)
        taken = OwnPhotos(path, name, self.settings, mine)
        yield from ({self.status: bar(step)} for step in taken.index())
        if mine and mine.folder != taken.folder:
            mine.forget()
        yield {self.own: taken, self.status: said(_taken(taken))} | self._begin(taken)

    def give_back(self, mine: OwnPhotos | None) -> Updates:
        """Forget a visitor's zip and search the server's photos again."""
        if mine:
            mine.forget()
        return {self.own: None, self.status: said("Your photos are forgotten.")} | self._begin(self.photos)

    def _begin(self, searched: Photos) -> Updates:
        return {self.title: _label(searched)} | self._look_around(searched) | self.under.hold(None)

    def _look_around(self, searched: Photos) -> Updates:
        return self._show(searched, {str(path): path.stem for path in searched.first(2 * TOP)})

    def _show(self, searched: Photos, captions: dict[str, str]) -> Updates:
        seen = searched.thumbnails(list(captions))
        return {self.gallery: [(seen[path], captions[path]) for path in seen], self.listed: list(seen)}


def build(settings: Settings, photos: Photos, tab: gr.Tab) -> tuple[gr.Image, Actions]:
    """Lay out and wire the tab; gives the field for a picture and the actions for a found photo."""
    panel = _laid_out(settings, photos)
    _wire(panel, tab)
    for endpoint in _endpoints(settings, photos):
        publish(endpoint, kind=KIND, jobs=settings.jobs)
    return panel.picture, panel.under


def _laid_out(settings: Settings, photos: Photos) -> Panel:
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
    listed = gr.State()
    own = gr.State(time_to_live=OWN_SECONDS, delete_callback=lambda given: given and given.forget())
    left, right = (query, suggested, search, picture, zipped), (title, gallery, status, copies, under)
    return Panel(settings, photos, *left, *right, listed, own)


def _wire(panel: Panel, tab: gr.Tab) -> None:
    jobs, given = panel.settings.jobs, [panel.query, panel.picture, panel.own, panel.copies]
    shown = [panel.gallery, panel.status, panel.listed, *panel.under.outputs()]
    queue, own_queue = (queued(kind, jobs, panel.status) for kind in (KIND, OWN_KIND))
    for event in (panel.search.click, panel.query.submit):
        listen(event, panel.find, given, shown, **queue)
    for event in (panel.picture.change, panel.copies.input):
        listen(event, panel.again, given, shown, **queue)
    for word, button in zip(SUGGESTIONS, panel.suggested, strict=True):
        button.click(partial(str, word), None, panel.query, api_visibility="private", queue=False)
        listen(button.click, partial(panel.find, word), given[1:], shown, **queue)
    listen(tab.select, panel.browse, [panel.listed, panel.own], shown, **queue)
    chosen = [panel.picture, panel.query, panel.status]
    listen(panel.gallery.select, panel.choose, [panel.listed, panel.own], chosen, queue=False)
    begun = [panel.own, panel.title, *shown]
    listen(panel.zipped.upload, panel.take, [panel.zipped, panel.own], begun, **own_queue)
    listen(panel.zipped.clear, panel.give_back, panel.own, begun, queue=False)


def _zip_field(settings: Settings) -> gr.File:
    limits = f"up to {settings.zip_pictures:,} pictures, {settings.zip_bytes / 2**20:g} MiB"
    return gr.File(label=f"Search your own photos: a zip, {limits}", file_types=[".zip"], height=180)


def _gallery(title: str) -> gr.Gallery:
    return gr.Gallery(
        label=title, show_label=False, columns=3, height=520, object_fit="cover", allow_preview=False,
        interactive=False, buttons=[], fit_columns=False, elem_classes="iris-found",
    )  # fmt: skip


def _label(photos: Photos) -> str:
    return f'<p class="iris-label">{html.escape(photos.title)}</p>'


def _caption(match: Match) -> str:
    return f"{match.hit.score:.2f}{copies_suffix(match)}  {Path(match.hit.label).stem}"  # long names are cut


def _what(text: str, photo: dict | None) -> str:
    """What was asked for, in words."""
    words = f'"{text.strip()}"' if text.strip() else ""
    return " and ".join(filter(None, (words, "this picture" if photo else "")))


def told(photos: Photos, result: SearchResult, what: str) -> str:
    """What to say of what was found."""
    return " ".join((_counted(photos, result.matches, what), *result.notes))


def _counted(photos: Photos, found: Sequence[Match], what: str) -> str:
    if not found:
        advice = " Try a wider word." if '"' in what else ""
        return f"Nothing matches {what} among {photos.count()} photos.{advice}"
    folded = sum(len(match.copies) for match in found)
    copies = f" Near-copies folded: {folded}." if folded else ""
    if len(found) == 1:
        return f"1 of {photos.count()} photos matches {what}.{copies} Click it for more like it."
    counted = f"{'At least ' if len(found) == TOP else ''}{len(found)} of {photos.count()} photos"
    return f"{counted} match {what}, the best first.{copies} Click one for more like it."


def _taken(photos: Photos) -> str:
    """What to say of a visitor's zip."""
    bad = [f"{name}: {reason}" for name, reason in photos.unreadable().items()]
    count = f"{photos.count()} photos of yours can be searched; only you see them, until you leave."
    return f"{count} {len(bad)} could not be read ({'; '.join(bad[:3])})." if bad else count


def _endpoints(settings: Settings, photos: Photos) -> tuple[Callable, Callable]:
    def find_images(query: str, top: Count = TOP) -> list[dict[str, Any]]:
        """Find photos of the server's folder that match a word, a phrase, or words with + and -; best first."""
        return as_json(photos, photos.matching(photos.query(query, None), top).matches)

    def similar_images(picture: gr.FileData, top: Count = TOP) -> list[dict[str, Any]]:
        """Find photos of the server's folder that are like a picture; best first."""
        given = open_upload(picture, settings).picture
        return as_json(photos, photos.matching(photos.query("", given), top).matches)

    return find_images, similar_images
