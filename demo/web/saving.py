"""How a result is saved: the format and its quality, chosen beside the Save button."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import gradio as gr
from pydantic import Field, TypeAdapter, ValidationError

from demo.web.served_files import check_room, count_result
from zoo.errors import BadInput
from zoo.files import PICTURE_FORMATS
from zoo.images.decode import LARGEST_RESULT, open_picture
from zoo.images.saving import save_picture

OFFERED = {"PNG": ".png", "JPEG": ".jpg", "WebP": ".webp", "AVIF": ".avif"}
FORMATS = {name: ending for name, ending in OFFERED.items() if ending in PICTURE_FORMATS}
LOSSY = ("JPEG", "WebP", "AVIF")
QUALITIES = (100, 95, 90, 80, 70, 50)
USUAL_QUALITY = 95
SCRIPT = Path(__file__).with_name("saving.js").read_text()


@dataclass(frozen=True)
class Form:
    """How to save a picture: the format's name, and how much of it to keep, 1 to 100, where the format loses some."""

    format: str
    quality: Annotated[int, Field(ge=1, le=100)] = USUAL_QUALITY


FORM = TypeAdapter(Form)


def form_choice() -> gr.HTML:
    """Lay out the choice of a format and a quality; its value is that of `form_of` and for `converted`."""
    formats = "".join(f"<option>{name}</option>" for name in FORMATS)
    qualities = "".join(f'<option value="{one}">{one} %</option>' for one in QUALITIES)
    frame = (
        f'<label><span class="iris-aside">Format</span><select name="format">{formats}</select></label>'
        f'<label><span>Quality</span><select name="quality">{qualities}</select></label>'
    )
    return gr.HTML(
        None, label="Format", html_template=frame, js_on_load=SCRIPT, padding=False, apply_default_css=False,
        elem_classes="iris-format",
    )  # fmt: skip


def form_of(path: Path | str) -> dict[str, object]:
    """Give the choice that a file was saved with, for `form_choice`."""
    names = [name for name, ending in FORMATS.items() if ending == Path(path).suffix]
    return asdict(Form(names[0] if names else "PNG"))


def converted(path: Path, value: object) -> Path:
    """Convert the picture at `path` to the form of a `form_choice`, beside it; raises BadInput for an unknown one."""
    try:
        form = FORM.validate_python(value)
        ending = FORMATS[form.format]
    except (ValidationError, KeyError) as error:
        raise BadInput(f"no such format; choose one of {', '.join(FORMATS)}, and a quality from 1 to 100") from error
    if value == form_of(path):
        return path
    lossy = form.format in LOSSY
    other = path.parent / (f"quality-{form.quality}" if lossy else "lossless") / path.with_suffix(ending).name
    if not other.exists():
        check_room()
        other.parent.mkdir(exist_ok=True)
        options = {"quality": form.quality} if lossy else {}
        save_picture(open_picture(path, max_pixels=LARGEST_RESULT), other, **options)
        count_result(other)
    return other
