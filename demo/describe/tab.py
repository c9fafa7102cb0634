"""The Describe tab: what is in a picture, how sure that is, and the nouns nearest to it."""

from collections.abc import Callable
from typing import Any

import gradio as gr
import numpy as np

from demo.describe.card import answer_card, words_of
from demo.describe.name import as_json, class_probabilities, name
from demo.settings import Settings
from demo.web.charts import bar_chart, word_map
from demo.web.downloads import Actions, actions
from demo.web.events import Count, Share, Updates, checked, listen, publish, queued
from demo.web.noun_space import encode_picture
from demo.web.uploads import open_upload, picture_field, sample_strip
from embeddings.naming.config import CONFIDENCE
from embeddings.results import Hit
from embeddings.wordnet.graph import load_nouns
from embeddings.words.table import load_noun_vectors

KIND = "describe"
TOP = 10
INVITATION = "Choose a picture, and what it shows appears here: one of WordNet's 82,115 nouns."
EMPTY = f'<div class="iris-answer iris-empty"><p>{INVITATION}</p></div>'


def build(settings: Settings) -> tuple[gr.Image, Actions]:
    """Lay out and wire the tab; gives the field for a picture and the actions for that picture."""
    with gr.Row(elem_classes="iris-work"):
        with gr.Column(scale=5, min_width=320):
            picture = picture_field("Your picture")
            sample_strip(picture, "cat", "lion", "coffee", "motorcycle", "rocket", "astronaut")
            sureness = gr.Slider(
                0.05, 0.95, CONFIDENCE, step=0.05, label="Sureness",
                info="How sure an answer must be. Ask for more, and it names the wider kind, or says it does not know.",
            )  # fmt: skip
            unseen = gr.Checkbox(label="Only nouns that the network was never trained on")
            run = gr.Button("Name it", variant="primary")
            under = actions("style", "upscale", "find")
        with gr.Column(scale=6, min_width=320):
            answer = gr.HTML(EMPTY, elem_classes="iris-status", padding=False)
            charts = gr.HTML(elem_classes="iris-charts", padding=False)

    @checked
    def start(photo: dict | None, sure: Share, only_unseen: bool) -> Updates:
        upload = open_upload(photo, settings)
        vector = encode_picture(upload.picture, settings.device)
        said, hits = name(
            class_probabilities(upload.picture, settings.device), sureness=sure, top=TOP, unseen_only=only_unseen
        )
        return {answer: answer_card(said, hits, sure), charts: drawn(vector, hits)} | under.offer(photo["path"])

    def again(photo: dict | None, sure: Share, only_unseen: bool) -> Updates:
        return start(photo, sure, only_unseen) if photo else {answer: EMPTY, charts: ""}

    inputs, outputs = [picture, sureness, unseen], [answer, charts, *under.outputs()]
    queue = queued(KIND, settings.jobs, answer)
    listen(run.click, start, inputs, outputs, **queue)
    for change in (picture.change, sureness.release, unseen.change):
        listen(change, again, inputs, outputs, **queue)
    publish(_endpoint(settings), kind=KIND, jobs=settings.jobs)
    return picture, under


def drawn(vector: np.ndarray, hits: list[Hit]) -> str:
    """The nouns nearest to a picture, as bars and as a map."""
    words, rows = words_of(hits), [load_nouns().row(hit.id) for hit in hits]
    return bar_chart(words) + word_map(vector, words, load_noun_vectors()[rows])


def _endpoint(settings: Settings) -> Callable:
    def name_image(
        picture: gr.FileData, top: Count = TOP, sureness: Share = CONFIDENCE, unseen_only: bool = False
    ) -> dict[str, Any]:
        """Name what is in a picture, out of all nouns of WordNet.

        sureness: how sure an answer must be, 0 to 1; below it the wider kind is given, or known is false.
        top: how many of the nearest nouns to list. unseen_only: leave out the nouns the network was trained on.
        """
        upload = open_upload(picture, settings)
        probabilities = class_probabilities(upload.picture, settings.device)
        answer, hits = name(probabilities, sureness=sureness, top=top, unseen_only=unseen_only)
        return as_json(upload.name, answer, hits)

    return name_image
