"""Pictures to choose from: a radio group with names, and a grid of buttons that the server fills."""

import html
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import gradio as gr
from PIL import Image, ImageOps

from demo.web.served_files import served_folder, served_url
from zoo.images.decode import open_picture

RADIO_SCRIPT = Path(__file__).with_name("choices.js").read_text()
GRID_SCRIPT = Path(__file__).with_name("grid.js").read_text()
SQUARE, WIDE = (128, 128), (192, 108)  # pixels of a choice's thumbnail


@dataclass(frozen=True)
class Choice:
    """A picture to choose: what it stands for, what it is called, how it looks, and its name in full."""

    value: str
    title: str
    picture: Image.Image
    name: str = ""  # where it is longer than the title


@dataclass(frozen=True)
class Tile:
    """A picture in a grid: what it stands for, what it is called, where the browser gets it, and more to read of it."""

    value: str
    title: str
    url: str
    note: str = ""


def picture_radio(
    label: str, choices: Sequence[Choice], chosen: str | None = None, *, classes: str = "", shown_titles: bool = True
) -> gr.HTML:
    """Lay out pictures as a radio group; its value is that of the chosen one, its event `input` a visitor's choice.

    Pictures over their titles are wide, those without are square. A gallery names its thumbnails by their numbers, and
    tells a screen reader of no choice.
    """
    items = "".join(_radio(choice, shown_titles) for choice in choices)
    fields = (
        f'<fieldset class="iris-choices {classes}"><legend>{html.escape(label)}</legend><div>{items}</div></fieldset>'
    )
    return gr.HTML(
        chosen, label=label, html_template=fields, js_on_load=RADIO_SCRIPT, padding=False, apply_default_css=False,
        elem_classes="iris-choices-box",
    )  # fmt: skip


def picture_grid(label: str, *, visible: bool = True) -> gr.HTML:
    """Lay out a grid of pictures to press; its value is for `grid_value` and `pressed_tile`, its event `select`."""
    frame = f'<div class="iris-grid" role="group" aria-label="{html.escape(label, quote=True)}"></div>'
    return gr.HTML(
        grid_value([]), label=label, html_template=frame, js_on_load=GRID_SCRIPT, padding=False, visible=visible,
        apply_default_css=False, elem_classes="iris-grid-box",
    )  # fmt: skip


def grid_value(tiles: Sequence[Tile]) -> dict[str, object]:
    """Give the value of a grid that shows these tiles."""
    return {"tiles": [asdict(tile) for tile in tiles], "chosen": None}


def pressed_tile(value: object) -> str | None:
    """Give what the tile stands for that a visitor pressed."""
    chosen = value.get("chosen") if isinstance(value, dict) else None
    return chosen if isinstance(chosen, str) else None


def served_thumbnail(picture: Image.Image, shape: tuple[int, int] = SQUARE) -> str:
    """Give the address of a small copy of a picture, cut to a shape; the same copy has one address on the page."""
    data = BytesIO()
    ImageOps.fit(picture.convert("RGB"), shape).save(data, "WEBP", quality=80)
    path = served_folder("thumbnails") / f"{sha256(data.getvalue()).hexdigest()[:20]}.webp"
    path.write_bytes(data.getvalue())
    return served_url(path)


def _radio(choice: Choice, shown_title: bool) -> str:
    value, title = html.escape(choice.value, quote=True), html.escape(choice.title)
    name = html.escape(choice.name or choice.title, quote=True)
    width, height = WIDE if shown_title else SQUARE
    picture = served_thumbnail(choice.picture, (width, height))
    hidden = "" if shown_title else ' class="iris-aside"'
    return (
        f'<label title="{name}"><input type="radio" value="{value}">'
        f'<img src="{picture}" alt="" loading="lazy" width="{width}" height="{height}">'
        f"<span{hidden}>{title}</span></label>"
    )


def thumbnail(source: Path | bytes, side: int) -> Image.Image:
    """Make a small upright copy of a picture file or of its bytes."""
    picture = open_picture(source)
    picture.thumbnail((side, side))
    return picture.convert("RGBA" if picture.mode in ("LA", "RGBA") else "RGB")
