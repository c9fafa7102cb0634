"""The Describe tab: what is in a picture, how sure that is, and the nouns nearest to it."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import gradio as gr
from gradio.blocks import Block

from demo.describe.card import answer_card, row_of, words_of
from demo.describe.name import Description, as_json, describe_picture
from demo.samples import samples
from demo.settings import Settings
from demo.web.charts import bar_chart, word_map
from demo.web.downloads import fingerprint, result_buttons
from demo.web.endpoints import register_endpoint
from demo.web.events import Count, Share, Updates, Values, validate_arguments
from demo.web.job_panel import JobPanel, bright, status_box, status_html
from demo.web.layout import column, given_picture, run_button, run_row, work
from demo.web.picture_fields import keep_over_reload, own_picture, served_sample
from demo.web.several import Made, SeveralPictures, several_field, several_results, tile_url
from demo.web.uploads import Payload, Upload, frames_note, open_upload, uploaded_file
from demo.web.waiting import WaitingLine
from embeddings.naming.config import CONFIDENCE
from embeddings.naming.facts import worth_showing
from embeddings.wordnet.graph import load_nouns
from embeddings.words.table import load_noun_vectors
from zoo.images.decode import open_picture
from zoo.progress import Progress

TOP = 10
SAMPLES = ("cat", "lion", "coffee", "motorcycle", "rocket", "astronaut")
OPENING = SAMPLES[0]
INVITATION = "Choose a picture, and what it shows appears here."
EMPTY = '<div class="iris-answer iris-empty"><p>One of WordNet\'s 82,115 nouns.</p></div>'


@dataclass(frozen=True, eq=False)
class DescribeTab:
    """The widgets of the tab, and what they do."""

    settings: Settings
    line: WaitingLine
    picture: gr.Image
    sureness: gr.Slider
    unseen: gr.Checkbox
    answer: gr.HTML
    charts: gr.HTML
    job: JobPanel

    def inputs(self) -> set[Block]:
        """List the components whose values make a description."""
        return {self.picture, self.sureness, self.unseen}

    def describe(self, values: Values) -> Iterator[Updates]:
        """Describe the picture of the field."""
        photo = values[self.picture]
        sureness, unseen = read_options(values[self.sureness], values[self.unseen])
        upload = open_upload(photo, self.settings)

        def steps() -> Generator[Progress[Description]]:
            given = {"sureness": sureness, "top": TOP, "unseen_only": unseen}
            yield Progress(1, 1, result=describe_picture(upload.picture, self.settings.device, **given))

        def result(made: Description) -> Updates:
            said = {self.job.status: status_html(f"{frames_note(upload.picture)} What {upload.name} shows:".strip())}
            return self._shown(made, sureness) | said | self.job.buttons.show(photo["path"], self._source(values))

        yield from self.job.follow(self.line.run(steps()), result=result)

    def describe_each(self, values: Values, upload: Upload) -> Generator[Progress[Made]]:
        """Describe one of several pictures."""
        sureness, unseen = read_options(values[self.sureness], values[self.unseen])
        made = describe_picture(upload.picture, self.settings.device, sureness=sureness, top=1, unseen_only=unseen)
        title, *said = row_of(made.answer)
        url = tile_url(upload.picture, upload.name)
        yield Progress(1, 1, result=Made(url, title, upload.name, row=(upload.name, title, *said)))

    def describe_again(self, values: Values) -> Iterator[Updates]:
        """Describe where there is a picture that is not the one described."""
        if not values[self.picture] or self.job.shows(values, self._source(values)):
            yield {self.job.status: gr.skip()}
        else:
            yield from self.describe(values)

    def open(self, given: Payload) -> Updates:
        """Describe a sample, or the picture that was given before a reload."""
        own = own_picture(given, OPENING, self.settings)
        if own:
            return {self.picture: str(own)}
        photo = samples()[OPENING]
        made = describe_picture(
            open_picture(photo.path), self.settings.device, sureness=CONFIDENCE, top=TOP, unseen_only=False
        )
        said = {self.job.status: status_html("What a sample photo shows. Choose a picture of your own.")}
        sample = served_sample(OPENING)
        buttons = self.job.buttons.show(sample, fingerprint(sample, CONFIDENCE, False), example=True)
        return self._shown(made, CONFIDENCE) | said | buttons | {self.picture: str(sample)}

    def _source(self, values: Values) -> str:
        """Tell an answer for these values from others."""
        path, _ = uploaded_file(values[self.picture], self.settings)
        return fingerprint(path, values[self.sureness], values[self.unseen])

    def _shown(self, made: Description, sureness: float) -> Updates:
        card = answer_card(made.answer, made.likeliest, sureness)
        return {self.answer: bright(self.answer, card), self.charts: bright(self.charts, draw(made))}


@validate_arguments
def read_options(sureness: Share, unseen_only: bool) -> tuple[float, bool]:
    """Check how sure an answer must be, and whether nouns of the training are left out; raises BadInput otherwise."""
    return sureness, unseen_only


def build(settings: Settings, page: gr.Blocks) -> DescribeTab:
    """Lay out and wire the tab."""
    line = WaitingLine(settings.jobs, settings.queue_size)
    with work():
        with column("input"):
            picture = given_picture(SAMPLES, OPENING)
            with run_row():
                run = run_button("Name it")
        with column("result"):
            status, several = status_box(INVITATION), several_results()
            answer = gr.HTML(EMPTY, padding=False, elem_classes="iris-card")
            buttons = result_buttons("style", "upscale", "find")
            charts = gr.HTML(elem_classes="iris-charts", padding=False)
        with column("more"):
            sureness = gr.Slider(
                0.05, 0.95, CONFIDENCE, step=0.05, label="Sureness",
                info="How sure an exact word must be; where none is, a common word that is likely is the answer.",
            )  # fmt: skip
            unseen = gr.Checkbox(label="Only nouns that the network was never trained on")
            files, run_each = several_field("Name them all")
    job = JobPanel(status, buttons, (answer, charts), cover=several.cover())
    tab = DescribeTab(settings, line, picture, sureness, unseen, answer, charts, job)
    job.wire([run.click], tab.describe, tab.inputs())
    changes = [picture.change, sureness.release, unseen.input]
    job.wire(changes, tab.describe_again, tab.inputs(), newest_only=True)
    job.wire_removal([picture.clear], INVITATION, {answer: EMPTY, charts: ""})
    job.wire_refusals()
    SeveralPictures(settings, files, run_each, several, tab.describe_each).wire(job, picture, tab.inputs())
    keep_over_reload(picture, "describe", page, tab.open, [picture, *job.outputs()])
    register_endpoint(_endpoint(settings), limit=settings.jobs)
    return tab


def draw(made: Description) -> str:
    """Draw the nouns nearest to a picture, as bars and as a map."""
    hits = worth_showing(made.likeliest)
    words, rows = words_of(hits), [load_nouns().row(hit.id) for hit in hits]
    return bar_chart(words) + word_map(made.vector, words, load_noun_vectors()[rows])


def _endpoint(settings: Settings) -> FunctionType:
    def name_image(
        picture: gr.FileData, top: Count = TOP, sureness: Share = CONFIDENCE, unseen_only: bool = False
    ) -> dict[str, Any]:
        """Name what is in a picture, out of all nouns of WordNet.

        Args:
            picture: an uploaded picture; with the Python client, handle_file("photo.jpg").
            top: How many of the nearest nouns to list.
            sureness: How sure an answer must be; below it the wider kind is given, or known is false.
            unseen_only: Whether to leave out the nouns that the network was trained on.
        """
        upload = open_upload(picture, settings)
        given = {"sureness": sureness, "top": top, "unseen_only": unseen_only}
        made = describe_picture(upload.picture, settings.device, **given)
        return as_json(upload.name, made.answer, made.hits)

    return name_image
