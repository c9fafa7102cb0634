"""The Find tab: photos of a folder or of a visitor's zip, by words, by a picture, or by both together."""

from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from types import FunctionType
from typing import Any

import gradio as gr
from gradio.blocks import Block

from demo.find.chips import chip_updates, word_chips
from demo.find.link import SearchLink, linked_search, search_link
from demo.find.messages import TOP, as_json, captions, label, result_message, taken_message, what
from demo.find.photos import OwnPhotos, Photos
from demo.settings import Settings
from demo.web.choices import grid_value, picture_grid, pressed_tile
from demo.web.downloads import result_buttons
from demo.web.endpoints import register_endpoint
from demo.web.events import Count, Updates, Values, on_event
from demo.web.job_panel import JobPanel, bright, status_box, status_html
from demo.web.layout import column, run_button, run_row, work
from demo.web.picture_fields import picture_field
from demo.web.uploads import open_upload, optional_picture, uploaded_file
from demo.web.waiting import WaitingLine
from embeddings.retrieval.match import SearchResult
from zoo.images.decode import open_picture
from zoo.progress import Progress

OWN_SECONDS = 4 * 3600  # a visitor's photos are forgotten after this, or when the page is closed
EXAMPLES = ("big cat", "vehicle\u00a0\u2212\u00a0motorcycle", "cat\u00a0+\u00a0red")
HINT = f"A word, a phrase, or words with + and \u2212: {', '.join(EXAMPLES)}"
PLACEHOLDER = "cat"
CLICK = "Press a photo to find more like it."


@dataclass(frozen=True, eq=False)
class FindTab:
    """The widgets of the tab, and what they do; a visitor's own photos go from event to event."""

    settings: Settings
    photos: Photos
    searches: WaitingLine
    indexing: WaitingLine  # to index a visitor's zip takes long, and nobody else waits for it
    query: gr.Textbox
    suggested: list[gr.Button]
    search: gr.Button
    picture: gr.Image
    zipped: gr.File
    title: gr.HTML
    liked: gr.Button  # the photo whose like is searched; a press takes it away
    liked_name: gr.State
    grid: gr.HTML
    copies: gr.Checkbox
    own: gr.State
    link: gr.HTML
    job: JobPanel

    def inputs(self) -> set[Block]:
        """List the components whose values make a search."""
        return {self.query, self.picture, self.own, self.copies, self.liked_name}

    def find(self, values: Values, *, text: str | None = None) -> Iterator[Updates]:
        """Search by words, a picture, a photo that was pressed, or several of them."""
        searched, words = values[self.own] or self.photos, values[self.query] if text is None else text
        given, liked = optional_picture(values[self.picture], self.settings), values[self.liked_name]
        path = searched.path_of(liked) if liked else None
        picture = open_picture(searched.served_copy(path)) if path and given is None else given
        query = searched.query(words, picture)

        def steps() -> Generator[Progress[SearchResult]]:
            yield from _unfinished(searched.index())
            found = searched.matching(query, TOP + 1, fold=not values[self.copies])
            others = [match for match in found.matches if path is None or match.hit.id != str(path)]
            yield Progress(1, 1, result=replace(found, matches=tuple(others[:TOP])))

        def result(found: SearchResult) -> Updates:
            photo = f"the photo {searched.title_of(liked)}" if liked else ""
            asked = what(words, photo if given is None else "this picture")
            said = {self.job.status: status_html(result_message(searched, found, asked))}
            buttons = self.job.buttons.show(searched.served_copy(path)) if path else self.job.buttons.clear()
            link = asdict(SearchLink(words, liked or "", values[self.copies])) if searched is self.photos else None
            shown = self._shown(searched, captions(searched, found)) if found.matches else self._browse(searched)
            return shown | said | buttons | {self.link: link}

        yield from self.job.follow(self.searches.run(steps()), result=result)

    def find_again(self, values: Values) -> Iterator[Updates]:
        """Search again where something is asked for, and show some photos where nothing is."""
        if values[self.query].strip() or values[self.picture] or values[self.liked_name]:
            yield from self.find(values)
        else:
            yield self._browse(values[self.own] or self.photos) | {self.job.status: status_html(CLICK)}

    def open(self, values: Values) -> Iterator[Updates]:
        """Search the sample photos for the first of the words that find something, or show some of other photos."""
        if values[self.job.buttons.saved] or values[self.query].strip() or values[self.own]:
            yield {self.job.status: gr.skip()}
        elif self.photos.are_samples:
            yield {self.query: self.photos.words[0]}
            yield from self.find(values, text=self.photos.words[0])
        else:
            yield self._browse(self.photos)

    def choose(self, values: Values) -> Updates:
        """Take the photo that was pressed as the one whose like is searched."""
        searched, name = values[self.own] or self.photos, pressed_tile(values[self.grid])
        return {self.query: "", self.picture: None} | self._like(searched, name)

    def follow_link(self, values: Values) -> Updates:
        """Fill in what a link asks for."""
        link = linked_search(values[self.link])
        liked = self._like(self.photos, link.like) if link.like else self.forget_liked()
        return {self.query: link.words, self.copies: link.copies, self.picture: None} | liked

    def _like(self, searched: Photos, name: str | None) -> Updates:
        chip = gr.update(visible=True, value=f"\u2715  Like {searched.title_of(searched.path_of(name))}")
        return {self.liked_name: name, self.liked: chip}

    def take(self, values: Values) -> Iterator[Updates]:
        """Index a visitor's zip and search that from now on."""
        before, limit = values[self.own], self.settings.zip_bytes
        path, name = uploaded_file(values[self.zipped], self.settings, kind="zip", max_bytes=limit)
        taken = OwnPhotos(path, name, self.settings, before)

        def steps() -> Generator[Progress[OwnPhotos]]:
            yield from _unfinished(taken.index())
            yield Progress(1, 1, result=taken)

        def result(taken: OwnPhotos) -> Updates:
            if before and before.folder != taken.folder:
                before.forget()
            return {self.own: taken} | self._begin(taken, taken_message(taken))

        yield from self.job.follow(self.indexing.run(steps()), result=result)

    def give_back(self, values: Values) -> Updates:
        """Forget a visitor's zip and search the server's photos again."""
        if values[self.own]:
            values[self.own].forget()
        return {self.own: None} | self._begin(self.photos, "Your photos are forgotten.")

    def forget_liked(self) -> Updates:
        """Search no more for what is like a photo."""
        return {self.liked_name: None, self.liked: gr.update(visible=False)}

    def _begin(self, searched: Photos, words: str) -> Updates:
        """Show some of the photos that are searched from now on."""
        fields = {self.title: label(searched), self.job.status: status_html(words), self.query: "", self.picture: None}
        return fields | self.forget_liked() | self._browse(searched) | self.job.buttons.clear()

    def _browse(self, searched: Photos) -> Updates:
        return self._shown(searched, {str(path): (searched.title_of(path), "") for path in searched.first(TOP)})

    def _shown(self, searched: Photos, captions: dict[str, tuple[str, str]]) -> Updates:
        chips = chip_updates(self.suggested, searched.words)
        return {self.grid: bright(self.grid, grid_value(searched.tiles(captions)))} | chips


def _unfinished(steps: Iterator[Progress]) -> Generator[Progress]:
    """Give the steps of a job that is the first part of another."""
    return (replace(step, result=None) for step in steps)


def build(settings: Settings, photos: Photos, page: gr.Blocks) -> FindTab:
    """Lay out and wire the tab."""
    tab = _laid_out(settings, photos)
    _wire(tab, page)
    for endpoint in _endpoints(settings, photos):
        register_endpoint(endpoint, limit=settings.jobs)
    return tab


def _laid_out(settings: Settings, photos: Photos) -> FindTab:
    searches, indexing = (WaitingLine(settings.jobs, settings.queue_size) for _ in range(2))
    with work():
        with column("input"):
            query = gr.Textbox(
                "", label="Find photos of", placeholder=PLACEHOLDER, info=HINT, max_lines=1, autofocus=False
            )
            suggested = word_chips(photos.words)
            with run_row():
                search = run_button("Search")
                liked = gr.Button(visible=False, min_width=120, elem_classes="iris-liked")
        with column("result"):
            title = gr.HTML(label(photos), padding=False)
            status = status_box(CLICK)
            grid = picture_grid("Photos")
            buttons = result_buttons("style", "upscale", "describe", download="Save the photo")
        with column("more"):
            picture = picture_field("Or find photos like this picture; with words, like both", height=180)
            copies = gr.Checkbox(label="Show near-copies one by one", container=False)
            zipped = _zip_field(settings)
    liked_name = gr.State()
    own = gr.State(time_to_live=OWN_SECONDS, delete_callback=lambda given: given and given.forget())
    link = search_link()
    more = (query, *suggested, picture, title, liked, liked_name, own, link, copies)
    job = JobPanel(status, buttons, (grid,), extra=more)
    return FindTab(
        settings, photos, searches, indexing, query, suggested, search, picture, zipped, title, liked, liked_name, grid,
        copies, own, link, job,
    )  # fmt: skip


def _wire(tab: FindTab, page: gr.Blocks) -> None:
    job, inputs, every = tab.job, tab.inputs(), tab.job.outputs()
    job.wire([tab.search.click, tab.query.submit], tab.find, inputs)
    job.wire([tab.picture.input, tab.copies.input], tab.find_again, inputs)
    for button in tab.suggested:
        filled = on_event(button.click, partial(_suggestion, tab, button), {button}, every, queue=False)
        job.wire([filled.then], tab.find, inputs)
    for trigger, handler in ((tab.grid.select, tab.choose), (tab.liked.click, lambda _: tab.forget_liked())):
        chosen = on_event(trigger, handler, {tab.grid, tab.own}, every, queue=False)
        job.wire([chosen.then], tab.find_again, inputs)
    followed = on_event(tab.link.input, tab.follow_link, {tab.link}, every, queue=False)
    job.wire([followed.then], tab.find_again, inputs)
    job.wire([page.load], tab.open, inputs)
    job.wire([tab.zipped.upload], tab.take, {tab.zipped, tab.own})
    on_event(tab.zipped.clear, tab.give_back, {tab.own}, every, queue=False)
    job.wire_refusals()


def _suggestion(tab: FindTab, pressed: gr.Button, values: Values) -> Updates:
    """Fill in the word of the chip that was pressed, in place of whatever was searched before."""
    return {tab.query: values[pressed], tab.picture: None} | tab.forget_liked()


def _zip_field(settings: Settings) -> gr.File:
    limits = f"up to {settings.zip_pictures:,}, {settings.zip_bytes / 2**20:g} MiB"
    return gr.File(label=f"Search your own photos: a zip of {limits}", file_types=[".zip"], height=140)


def _endpoints(settings: Settings, photos: Photos) -> tuple[FunctionType, FunctionType]:
    def find_images(query: str, top: Count = TOP) -> list[dict[str, Any]]:
        """Find photos of the server's folder that match a word, a phrase, or words with + and -; best first.

        Args:
            query: Such as "big cat", "cat + red" or "vehicle - motorcycle".
            top: How many photos at most.
        """
        return as_json(photos, photos.matching(photos.query(query, None), top).matches)

    def similar_images(picture: gr.FileData, top: Count = TOP) -> list[dict[str, Any]]:
        """Find photos of the server's folder that are like a picture; best first.

        Args:
            picture: an uploaded picture; with the Python client, handle_file("photo.jpg").
            top: How many photos at most.
        """
        given = open_upload(picture, settings).picture
        return as_json(photos, photos.matching(photos.query("", given), top).matches)

    return find_images, similar_images
