"""One photo in all paintings: a grid that grows, in which a press takes that painting."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import gradio as gr

from demo.settings import Settings
from demo.web.choices import Tile, grid_value, pressed_tile
from demo.web.downloads import reduced, save_result
from demo.web.engine import run_job
from demo.web.events import Updates, Values
from demo.web.job_panel import JobPanel, status_html
from demo.web.served_files import served_url
from demo.web.uploads import Upload, open_upload
from demo.web.waiting import WaitingLine
from zoo.errors import BadInput
from zoo.progress import Progress, run_to_end
from zoo.style.fast import styles, stylize
from zoo.style.titles import painting_of

SIDE = 384  # pixels of a picture in the grid


@dataclass(frozen=True, eq=False)
class AllPaintings:
    """The grid, and the choice of a painting that a press in it makes."""

    settings: Settings
    line: WaitingLine
    picture: gr.Image
    painting: gr.HTML
    grid: gr.HTML
    job: JobPanel

    def show(self, values: Values) -> Iterator[Updates]:
        """Paint a small copy of the picture in each style, showing each as it is done."""
        upload, tiles = open_upload(values[self.picture], self.settings), list[Tile]()

        def result(_: list[Tile]) -> Updates:
            words = "Your picture in all paintings. Press one to have it at full size."
            return {self.job.status: status_html(words)} | self.job.buttons.clear()

        for updates in self.job.follow(self.line.run(self._painted(upload, tiles)), result=result):
            yield updates | {self.grid: gr.update(visible=True, value=grid_value(tiles))}

    def take(self, value: object) -> Updates:
        """Choose the painting whose tile was pressed, and make room for the picture."""
        name = pressed_tile(value)
        if name not in styles():
            raise BadInput("there is no such painting in the grid; choose one above")
        return {self.painting: name, self.grid: gr.update(visible=False)}

    def _painted(self, upload: Upload, tiles: list[Tile]) -> Generator[Progress[list[Tile]]]:
        """Add a tile for each style to the list, a step for each."""
        small, names = reduced(upload.picture, SIDE), styles()
        for done, name in enumerate(names, 1):
            made = run_to_end(run_job(stylize, small, {name: 1.0}, device=self.settings.device))
            painting, url = painting_of(name), served_url(save_result(made, upload.name, name))
            tiles.append(Tile(name, painting.title, url, f"{painting.painter} {painting.year}".strip()))
            yield Progress(done, len(names))
        yield Progress(len(names), len(names), result=tiles)
