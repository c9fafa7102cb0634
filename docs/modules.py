"""Write the folders and modules of docs/architecture.md anew from the code's docstrings: python docs/modules.py."""

import argparse
import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "architecture.md"
HOUSES = ("demo", "embeddings", "zoo")
TOP = ("app.py", "iris.py")
FOLDERS, MODULES = "folders", "modules"  # the two parts of the page that are written here
INDENT = 4
COLUMN = 22  # where what a folder is for begins


def folders() -> str:
    """Draw the folders, one a line, with what each is for."""
    lines = [_drawn(name, ROOT / name, 0) for name in TOP]
    for house in HOUSES:
        packages = [ROOT / house, *(path.parent for path in sorted((ROOT / house).glob("*/__init__.py")))]
        lines += [
            _drawn(f"{package.name}/", package / "__init__.py", INDENT * (package.name != house))
            for package in packages
        ]
    return "\n".join(("```", *lines, "```"))


def modules() -> str:
    """List the modules, one a line, by folder."""
    parts = ["\n".join(_line(ROOT / name) for name in TOP)]
    for house in HOUSES:
        for package in (ROOT / house, *sorted(path.parent for path in (ROOT / house).rglob("*/__init__.py"))):
            files = [path for path in sorted(package.glob("*.py")) if path.name != "__init__.py"]
            heading = f"### {package.relative_to(ROOT).as_posix()}/\n\n{summary(package / '__init__.py')}"
            parts.append("\n\n".join(filter(None, (heading, "\n".join(map(_line, files))))))
    return "\n\n".join(parts)


def summary(path: Path) -> str:
    """Give the sentence with which a module opens, as Markdown."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    first = text.partition("\n\n")[0].replace("``", "`")
    return " ".join(first.split())


def written(page: str) -> str:
    """Give the page with both parts as they are now."""
    for part, text in ((FOLDERS, folders()), (MODULES, modules())):
        page = re.sub(rf"(<!-- {part} -->\n).*?(\n<!-- end -->)", lambda found, new=text: found[1] + new + found[2],
                      page, flags=re.DOTALL)  # fmt: skip
    return page


def listed(page: str) -> Iterator[str]:
    """Give the files that the page lists, as often as it does."""
    return (found[1] for found in re.finditer(r"^- \[`[^`]+`\]\(\.\./([\w/]+\.py)\): ", page, re.MULTILINE))


def _line(path: Path) -> str:
    return f"- [`{path.name}`](../{path.relative_to(ROOT).as_posix()}): {summary(path)}"


def _drawn(name: str, path: Path, indent: int) -> str:
    return f"{' ' * indent}{name}".ljust(COLUMN) + summary(path)


def main() -> None:
    """Write the page."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
