"""Files that users give: which of them are pictures, and the pictures of a folder."""

from pathlib import Path

from zoo.errors import BadInput

PICTURE_FORMATS = {
    ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".gif": "GIF", ".tif": "TIFF", ".tiff": "TIFF",
    ".bmp": "BMP",
}  # fmt: skip


def pictures_in(folder: str | Path) -> list[Path]:
    """The picture files of a folder by their endings, in order of name; raises BadInput where there are none."""
    folder = Path(folder)
    if not folder.is_dir():
        raise BadInput(f"there is no folder {folder}; check the name")
    found = sorted(
        path for path in folder.iterdir()
        if path.suffix.lower() in PICTURE_FORMATS and not path.name.startswith(".") and path.is_file()
    )  # fmt: skip
    if not found:
        raise BadInput(f"there is no picture in {folder}; their names end in {', '.join(PICTURE_FORMATS)}")
    return found
