"""What goes out: results as files with a good name, and the buttons under them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import gradio as gr
from gradio.blocks import Block
from gradio.utils import get_upload_folder
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from demo.web.events import Updates
from zoo.images.saving import save_picture
from zoo.images.tensors import alpha_of
from zoo.progress import Progress

SHOWN_SIDE = 1600  # pixels: larger results are shown reduced, and saved whole
PLACES = {"style": "Style", "upscale": "Upscale", "describe": "Describe", "find": "Find similar"}


@dataclass(frozen=True)
class Kept:
    """A picture that the buttons under a result are about; not whole where the job still runs or was stopped."""

    path: str  # empty where there is nothing yet
    whole: bool = True


@dataclass(frozen=True)
class Actions:
    """What can be done with a result: save it, or use it in another tab."""

    row: gr.Row
    download: gr.DownloadButton | None
    kept: gr.State  # Kept, or None where no job has run
    send: Mapping[str, gr.Button]

    def offer(self, path: Path | str) -> Updates:
        """The updates that put a finished picture behind the buttons, and show them."""
        return {**self.hold(path), self.row: gr.update(visible=True), self.kept: Kept(str(path))}

    def hold(self, path: Path | str | None) -> Updates:
        """The updates that put what a running job has so far behind the hidden buttons."""
        saved = {self.download: gr.update(value=path and str(path))} if self.download else {}
        return {self.row: gr.update(visible=False), self.kept: Kept(str(path or ""), whole=False)} | saved

    def outputs(self) -> list[Block]:
        """The components that `offer` and `hold` update."""
        return [part for part in (self.row, self.download, self.kept) if part is not None]


def actions(*places: str, download: str | None = None) -> Actions:
    """The row of buttons under a result, hidden until there is one; `places` are keys of PLACES."""
    kept = gr.State()
    with gr.Row(visible=False, elem_classes="iris-actions") as row:
        save = gr.DownloadButton(download, variant="primary", size="sm") if download else None
        if places:
            gr.HTML("<span>Use this picture in</span>", elem_classes="iris-hint", padding=False)
        send = {place: gr.Button(PLACES[place], size="sm") for place in places}
    return Actions(row, save, kept, send)


def save_result(picture: Image.Image, name: str, done: str, settings: str = "", *, ending: str = "") -> Path:
    """Save a result as `name-done.png`, or as JPEG where the upload was one; what made it is written inside."""
    jpeg = Path(name).suffix.lower() in (".jpg", ".jpeg") and alpha_of(picture) is None
    path = result_path(name, done, ending or (".jpg" if jpeg else ".png"))
    save_picture(picture, path, **_remark(settings, path.suffix))
    return path


def result_path(name: str, done: str, ending: str) -> Path:
    """Where the result of an upload of this name is saved.

    It lies in Gradio's folder of served files, alone in a folder of its own that nobody can guess.
    """
    stem = re.sub(r"[^\w.-]+", "-", Path(name).stem).strip("-.")[:60] or "picture"
    return Path(mkdtemp(dir=_served_folder())) / f"{stem}-{done}{ending}"


def reduced(picture: Image.Image, side: int = SHOWN_SIDE) -> Image.Image:
    """The picture as the page shows it, at most this large."""
    return picture if max(picture.size) <= side else picture.resize(shown_size(picture, side), Image.Resampling.BICUBIC)


def shown_size(picture: Image.Image, side: int = SHOWN_SIDE) -> tuple[int, int]:
    """The size at which the page shows a picture."""
    scale = min(1.0, side / max(picture.size))
    return max(1, round(picture.width * scale)), max(1, round(picture.height * scale))


def as_shown(picture: Image.Image, path: Path) -> str | Image.Image:
    """What the page shows of a saved result: the file itself, or a reduced copy where that is large."""
    return str(path) if max(picture.size) <= SHOWN_SIDE else reduced(picture)


def delivered(steps: Iterator[Progress], *named: str, ending: str = "") -> Iterator[gr.FileData | None]:
    """A job's result as a file for the web API; what comes before it is empty, and lets the job be cancelled."""
    for step in steps:
        yield _served(save_result(step.result, *named, ending=ending)) if step.result else None


def _served(path: Path) -> gr.FileData:
    return gr.FileData(path=str(path), orig_name=path.name, size=path.stat().st_size)


def _served_folder() -> Path:
    folder = Path(get_upload_folder())
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _remark(text: str, ending: str) -> dict[str, object]:
    if not text or ending != ".png":
        return {"comment": text.encode()} if text and ending == ".jpg" else {}
    remark = PngInfo()
    remark.add_itxt("Comment", text)
    return {"pnginfo": remark}
