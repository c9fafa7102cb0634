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
from demo.web.served_files import new_served_folder
from zoo.errors import BadInput
from zoo.files import PICTURE_FORMATS
from zoo.images.decode import LARGEST_RESULT, open_picture
from zoo.images.saving import save_picture
from zoo.images.tensors import alpha_of
from zoo.progress import Progress

SHOWN_SIDE = 1600  # pixels: larger results are shown reduced, and saved complete
PLACES = {"style": "Style", "upscale": "Upscale", "describe": "Describe", "find": "Find similar"}
OFFERED = {"PNG": ".png", "JPEG": ".jpg", "WebP": ".webp", "AVIF": ".avif"}
FORMATS = {name: ending for name, ending in OFFERED.items() if ending in PICTURE_FORMATS}
AS_MADE = "As made"
COPY = """async (file) => {
  const picture = await createImageBitmap(await (await fetch(file.url)).blob());
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  canvas.getContext("2d").drawImage(picture, 0, 0);
  await navigator.clipboard.write([new ClipboardItem({"image/png": await canvas.convertToBlob()})]);
}"""


@dataclass(frozen=True)
class SavedResult:
    """A picture that the buttons under a result are about; not complete where the job still runs or was stopped."""

    path: str  # empty where there is nothing yet
    complete: bool = True
    source: str = ""  # what it was made of, as `fingerprint` tells it


@dataclass(frozen=True)
class ResultButtons:
    """What can be done with a result: save or copy it, or use it in another tab."""

    row: gr.Row
    download: gr.DownloadButton | None
    saved: gr.State  # SavedResult, or None where no job has run
    send: Mapping[str, gr.Button]

    def show(self, path: Path | str, source: str = "") -> Updates:
        """The updates that put a finished picture behind the buttons, and show them."""
        saved = SavedResult(str(path), source=source)
        return {**self.hide(path), self.row: gr.update(visible=True), self.saved: saved}

    def hide(self, path: Path | str | None) -> Updates:
        """The updates that put what a running job has so far behind the hidden buttons."""
        download = {self.download: gr.update(value=path and str(path))} if self.download else {}
        return {self.row: gr.update(visible=False), self.saved: SavedResult(str(path or ""), complete=False)} | download

    def clear(self) -> Updates:
        """The updates after which there is no result."""
        return self.hide(None) | {self.saved: SavedResult("")}

    def outputs(self) -> list[Block]:
        """The components that `show` and `hide` update."""
        return [part for part in (self.row, self.download, self.saved) if part is not None]


def result_buttons(*places: str, download: str | None = None, formats: bool = False) -> ResultButtons:
    """Lay out the row of buttons under a result, hidden until there is one; `places` are keys of PLACES."""
    saved = gr.State()
    with gr.Row(visible=False, elem_classes="iris-actions") as row:
        save = gr.DownloadButton(download, variant="primary", size="sm") if download else None
        if save and formats:
            _offer_formats(save, saved)
        if places:
            gr.HTML("<span>Use it in</span>", elem_classes="iris-hint", padding=False)
        send = {place: gr.Button(PLACES[place], size="sm") for place in places}
    return ResultButtons(row, save, saved, send)


def converted(saved: SavedResult | None, form: str) -> Path:
    """The saved result in another format, beside it and under its name; raises BadInput for a format unknown here."""
    if saved is None or not saved.path:
        raise BadInput("there is no result to save yet; make one first")
    path = Path(saved.path)
    if form == AS_MADE:
        return path
    if form not in FORMATS:
        raise BadInput(f"no format {str(form)[:40]!r}; choose one of {', '.join(FORMATS)}")
    other = path.with_suffix(FORMATS[form])
    if not other.exists():
        save_picture(open_picture(path, max_pixels=LARGEST_RESULT), other)
    return other


def _offer_formats(save: gr.DownloadButton, saved: gr.State) -> None:
    """A choice of the format that Save gives, and a button that copies the result."""
    form = gr.Dropdown(
        [AS_MADE, *FORMATS], value=AS_MADE, show_label=False, label="Format", container=False, filterable=False,
        elem_classes="iris-format",
    )  # fmt: skip
    copy = gr.Button("Copy", size="sm")
    on_event(form.input, lambda kept, chosen: str(converted(kept, chosen)), [saved, form], save, queue=False)
    on_event(saved.change, lambda: AS_MADE, None, form, queue=False)
    copy.click(None, save, None, js=COPY, api_visibility="private", queue=False)


def save_result(picture: Image.Image, name: str, done: str, settings: str = "", *, ending: str = "") -> Path:
    """Save a result as `name-done.png`, or as JPEG where the upload was one; what made it is written inside."""
    jpeg = Path(name).suffix.lower() in (".jpg", ".jpeg") and alpha_of(picture) is None
    path = result_path(name, done, ending or (".jpg" if jpeg else ".png"))
    save_picture(picture, path, **_remark(settings, path.suffix))
    return path


def fingerprint(file: Path | str, *settings: object) -> str:
    """What tells whether a result is of this file and of these settings."""
    digest = hashlib.sha256(Path(file).read_bytes())
    digest.update(repr(settings).encode())
    return digest.hexdigest()


def result_path(name: str, done: str, ending: str) -> Path:
    """Where the result of an upload of this name is saved.

    It lies in Gradio's folder of served files, alone in a folder of its own that nobody can guess.
    """
    stem = re.sub(r"[^\w.-]+", "-", Path(name).stem).strip("-.")[:60] or "picture"
    return new_served_folder() / f"{stem}-{done}{ending}"


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


def deliver(steps: Iterator[Progress], *named: str, ending: str = "") -> Iterator[gr.FileData | None]:
    """A job's result as a file for the web API; what comes before it is empty, and lets the job be cancelled."""
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
