"""What goes out: results as files with a good name, and the buttons under them."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from gradio.blocks import Block
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from demo.web.events import Updates, on_event
from demo.web.saving import converted, form_choice, form_of
from demo.web.served_files import check_room, count_result, new_served_folder, served_url
from zoo.errors import BadInput
from zoo.images.saving import save_picture
from zoo.images.tensors import alpha_of
from zoo.progress import Progress

SHOWN_SIDE = 1600  # pixels: larger results are shown reduced, and saved complete
PLACES = {"style": "Style", "upscale": "Upscale", "describe": "Describe", "find": "Find similar"}
COPY, OPEN = "iris.copyPicture", "iris.openLarge"  # functions of page.js, given the file behind Save
KEEP = "const keep = () => props.value && iris.keep(props.value); watch('value', keep); keep();"


@dataclass(frozen=True)
class SavedResult:
    """A picture that the buttons under a result are about; not complete where the job still runs or was stopped."""

    path: str  # empty where there is nothing yet
    complete: bool = True
    source: str = ""  # what it was made of, as `fingerprint` tells it


@dataclass(frozen=True)
class ResultButtons:
    """What can be done with a result: save or copy it, see it large, or use it in another tab."""

    row: gr.Row
    download: gr.DownloadButton | None
    form: gr.HTML | None  # how it is saved
    kept: gr.HTML  # puts a new result into the strip of this visit's results
    saved: gr.State  # SavedResult, or None where no job has run
    send: Mapping[str, gr.Button]

    def show(self, path: Path | str, source: str = "", *, example: bool = False) -> Updates:
        """Put a finished picture behind the buttons, and show them; an example is no visitor's own."""
        saved = SavedResult(str(path), source=source)
        form = {self.form: form_of(path)} if self.form else {}
        kept = {"url": served_url(path), "name": Path(path).name, "source": source or str(path)}
        return {
            **self.hide(path),
            self.row: gr.update(visible=True),
            self.saved: saved,
            self.kept: None if example or not self.download else kept,
        } | form

    def hide(self, path: Path | str | None) -> Updates:
        """Put what a running job has so far behind the hidden buttons."""
        download = {self.download: gr.update(value=path and str(path))} if self.download else {}
        return {self.row: gr.update(visible=False), self.saved: SavedResult(str(path or ""), complete=False)} | download

    def clear(self) -> Updates:
        """Give the updates after which there is no result."""
        return self.hide(None) | {self.saved: SavedResult("")}

    def outputs(self) -> list[Block]:
        """List the components that `show` and `hide` update."""
        parts = (self.row, self.download, self.form, self.kept, self.saved)
        return [part for part in parts if part is not None]


def result_buttons(*places: str, download: str | None = None, formats: bool = False) -> ResultButtons:
    """Lay out the row of buttons under a result, hidden until there is one; `places` are keys of PLACES."""
    saved = gr.State()
    with gr.Row(visible=False, elem_classes=["iris-actions", *(() if places else ["iris-alone"])]) as row:
        save = gr.DownloadButton(download, variant="primary", size="sm") if download else None
        form = form_choice() if save and formats else None
        if save and places:
            for label, script in (("Copy", COPY), ("Open", OPEN)):
                shown = gr.Button(label, size="sm")
                shown.click(None, save, None, js=script, api_visibility="private", queue=False)
        with gr.Row(visible=bool(places), elem_classes="iris-send"):
            gr.HTML("<span>Use it in</span>", elem_classes="iris-hint", padding=False)
            send = {place: gr.Button(PLACES[place], size="sm") for place in places}
        kept = gr.HTML(js_on_load=KEEP, html_template="", padding=False, elem_classes="iris-kept")
    if save and form:
        on_event(form.input, _saved_as, [saved, form], save, queue=False)
    return ResultButtons(row, save, form, kept, saved, send)


def _saved_as(saved: SavedResult | None, form: object) -> str:
    if saved is None or not saved.path:
        raise BadInput("there is no result to save yet; make one first")
    return str(converted(Path(saved.path), form))


def save_result(picture: Image.Image, name: str, done: str, settings: str = "", *, ending: str = "") -> Path:
    """Save a result as `name-done.png`, or as JPEG where the upload was one; what made it is written inside."""
    jpeg = Path(name).suffix.lower() in (".jpg", ".jpeg") and alpha_of(picture) is None
    path = result_path(name, done, ending or (".jpg" if jpeg else ".png"))
    save_picture(picture, path, **_remark(settings, path.suffix))
    count_result(path)
    return path


def fingerprint(file: Path | str, *settings: object) -> str:
    """Give what tells whether a result is of this file and of these settings."""
    digest = hashlib.sha256(Path(file).read_bytes())
    digest.update(repr(settings).encode())
    return digest.hexdigest()


def result_path(name: str, done: str, ending: str) -> Path:
    """Tell where the result of an upload of this name is saved.

    It lies in Gradio's folder of served files, alone in a folder of its own that nobody can guess.
    """
    check_room()
    stem = re.sub(r"[^\w.-]+", "-", Path(name).stem).strip("-.")[:60] or "picture"
    return new_served_folder() / f"{stem}-{done}{ending}"


def reduced(picture: Image.Image, side: int = SHOWN_SIDE) -> Image.Image:
    """Reduce a picture to what the page shows, at most this large."""
    return picture if max(picture.size) <= side else picture.resize(shown_size(picture, side), Image.Resampling.BICUBIC)


def shown_size(picture: Image.Image, side: int = SHOWN_SIDE) -> tuple[int, int]:
    """Give the size at which the page shows a picture."""
    scale = min(1.0, side / max(picture.size))
    return max(1, round(picture.width * scale)), max(1, round(picture.height * scale))


def as_shown(picture: Image.Image, path: Path) -> str:
    """Give what the page shows of a saved result: the file itself, or a reduced copy beside it where that is large."""
    if max(picture.size) <= SHOWN_SIDE:
        return str(path)
    copy = path.parent / "shown" / f"{path.stem}.webp"  # not by Gradio, which rewrites a file that others may read
    copy.parent.mkdir(exist_ok=True)
    save_picture(reduced(picture), copy)
    return str(copy)


def deliver(steps: Iterator[Progress], *named: str, ending: str = "") -> Iterator[gr.FileData | None]:
    """Give a job's result as a file for the web API; what comes before it is empty, and lets the job be cancelled."""
    for step in steps:
        yield _served(save_result(step.result, *named, ending=ending)) if step.result else None


def _served(path: Path) -> gr.FileData:
    return gr.FileData(path=str(path), orig_name=path.name, size=path.stat().st_size)


def _remark(text: str, ending: str) -> dict[str, object]:
    if not text or ending != ".png":
        return {"comment": text.encode()} if text and ending == ".jpg" else {}
    remark = PngInfo()
    remark.add_itxt("Comment", text)
    return {"pnginfo": remark}
