"""Several pictures at once: the same work on each, a grid of what became of them, and one zip back."""

import csv
import zipfile
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import gradio as gr
from gradio.blocks import Block
from PIL import Image

from demo.settings import Settings
from demo.web.choices import Tile, grid_value, picture_grid, pressed_tile
from demo.web.downloads import ResultButtons, reduced, result_buttons, result_path, save_result
from demo.web.events import Updates, Values, on_event
from demo.web.job_panel import JobPanel, status_html
from demo.web.served_files import count_result, served_url
from demo.web.uploads import Payload, Upload, open_upload, uploaded_file
from demo.web.waiting import WaitingLine
from zoo.errors import BadInput
from zoo.progress import Progress

MOST = 50
LABEL = f"Up to {MOST} pictures; one zip comes back"
TILE_SIDE = 384  # pixels of a picture in the grid
TYPES = ["image", ".heic", ".heif", ".avif", ".tif", ".tiff"]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
TABLE = ("descriptions.csv", ("picture", "answer", "sureness", "kind", "also"))


@dataclass(frozen=True)
class Made:
    """What became of one picture: a small copy and words for the grid, and for the zip a file or a row of a table."""

    url: str
    title: str
    note: str = ""
    file: Path | None = None
    row: tuple[str, ...] = ()


Work = Callable[[Values, Upload], Iterator[Progress[Made]]]


@dataclass(frozen=True)
class SeveralResults:
    """Where several pictures appear, and the buttons for their zip."""

    grid: gr.HTML
    buttons: ResultButtons

    def cover(self) -> tuple[Block, ...]:
        """Clear what goes when a single picture is worked on again."""
        return self.grid, self.buttons.row


@dataclass
class _Batch:
    """What a job over several pictures has come to."""

    made: list[Made] = field(default_factory=list)
    tiles: list[Tile] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class SeveralPictures:
    """The field for several pictures, and what is done with each."""

    settings: Settings
    files: gr.File
    run: gr.Button
    results: SeveralResults
    work: Work

    def wire(self, job: JobPanel, picture: gr.Image, inputs: set[Block]) -> None:
        """Let the button work on every picture, and a press in the grid put that picture into the field."""
        line = WaitingLine(self.settings.jobs, self.settings.queue_size)
        grid, buttons = self.results.grid, self.results.buttons

        def run(values: Values) -> Iterator[Updates]:
            batch = _Batch()

            def result(made: list[Made]) -> Updates:
                words = " ".join((f"{len(made)} of {len(values[self.files])} are done.", *batch.failures))
                return {job.status: status_html(words)} | buttons.show(zipped(made), example=True)

            for updates in panel.follow(line.run(self._steps(values, batch)), result=result):
                yield updates | job.buttons.clear() | {grid: gr.update(visible=True, value=grid_value(batch.tiles))}

        panel = JobPanel(job.status, buttons, (grid,), job.stop, extra=tuple(job.buttons.outputs()))
        panel.wire([self.run.click], run, {self.files} | inputs)
        on_event(grid.select, self._taken, [grid, self.files], [picture, *self.results.cover()], queue=False)

    def _steps(self, values: Values, batch: _Batch) -> Generator[Progress[list[Made]]]:
        """Do the work on each picture, leaving out those that cannot be used."""
        payloads: Sequence[Payload] = values[self.files] or []
        if not 0 < len(payloads) <= MOST:
            raise BadInput(f"give from 1 to {MOST} pictures; here are {len(payloads)}")
        for number, payload in enumerate(payloads):
            _, name = uploaded_file(payload, self.settings)
            yield Progress(number, len(payloads), note=name)
            try:
                for step in self.work(values, open_upload(payload, self.settings)):
                    yield Progress(number, len(payloads), note=name)
                    if step.result:
                        batch.made.append(step.result)
                        batch.tiles.append(_tile(number, step.result))
            except BadInput as error:
                batch.failures.append(f"{name} is left out: {error}.")
        if not batch.made:
            raise BadInput(" ".join(batch.failures))
        yield Progress(len(payloads), len(payloads), result=batch.made)

    def _taken(self, value: object, files: Sequence[Payload] | None) -> tuple[object, ...]:
        number = pressed_tile(value) or ""
        if not number.isdecimal() or int(number) >= len(files or ()):
            raise BadInput("this picture is not here any more; give it anew")
        path, _ = uploaded_file((files or ())[int(number)], self.settings)
        return str(path), *(gr.update(visible=False) for _ in self.results.cover())


def saved_each(
    steps: Iterator[Progress[Image.Image]], upload: Upload, *named: str, ending: str = ""
) -> Generator[Progress[Made]]:
    """Give the steps of one picture's job, its result saved as `save_result` names it."""
    for step in steps:
        made = None
        if step.result:
            file = save_result(step.result, upload.name, *named, ending=ending)
            size = f"{step.result.width} x {step.result.height}"
            made = Made(tile_url(step.result, upload.name), Path(upload.name).stem, size, file)
        yield Progress(step.done, step.total, result=made)


def tile_url(picture: Image.Image, name: str) -> str:
    """Give the address of a small copy of a picture."""
    return served_url(save_result(reduced(picture, TILE_SIDE), name, "small"))


def several_field(label: str) -> tuple[gr.File, gr.Button]:
    """Lay out the field for several pictures and the button that works on them, folded away."""
    with gr.Accordion("Several pictures at once", open=False, elem_classes="iris-several"):
        files = gr.File(label=LABEL, file_count="multiple", file_types=TYPES, height=130)
        run = gr.Button(label, size="md", min_width=120)
    return files, run


def several_results() -> SeveralResults:
    """Lay out the place where several pictures appear, hidden until there are some."""
    return SeveralResults(picture_grid("Your pictures", visible=False), result_buttons(download="Save all as a zip"))


def zipped(made: Sequence[Made]) -> Path:
    """Write one zip of what was made: the files under names of their own, or a table of what was said."""
    path = result_path("iris", f"{len(made)}-pictures", ".zip")
    rows = [one.row for one in made if one.row]
    with zipfile.ZipFile(path, "x") as archive:
        for number, file in enumerate(one.file for one in made if one.file):
            taken = file.name in archive.namelist()
            archive.write(file, f"{file.stem}-{number + 1}{file.suffix}" if taken else file.name)
        if rows:
            archive.writestr(TABLE[0], _table(rows))
    count_result(path)
    return path


def _table(rows: Sequence[tuple[str, ...]]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows((TABLE[1], *(map(_as_text, row) for row in rows)))
    return text.getvalue().encode("utf-8-sig")  # by which spreadsheets tell UTF-8


def _as_text(cell: str) -> str:
    """Give the cell as a text, which spreadsheets would compute where it begins like a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _tile(number: int, made: Made) -> Tile:
    return Tile(str(number), made.title, made.url, made.note)
