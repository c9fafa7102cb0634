"""The documents are true: what they name exists, what they quote stands in the code, every module is listed once."""

import ast
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from import_reader import HOUSES, MODULES, ROOT

from docs import modules as module_list
from embeddings.__main__ import COMMANDS as WORD_COMMANDS
from zoo.__main__ import COMMANDS as MODEL_COMMANDS
from zoo.catalog import CATALOG

PAGES = {path.name: path for path in (*sorted(ROOT.glob("docs/*.md")), ROOT / "CONTRIBUTING.md")}
OTHERS = (ROOT / "README.md", ROOT / "embeddings" / "data" / "README.md", *sorted(ROOT.glob("zoo/cards/*.md")))
PAGES_WITH_PATHS = PAGES | {path.relative_to(ROOT).as_posix(): path for path in OTHERS}
ARCHITECTURE = PAGES["architecture.md"]
REPOSITORIES = {entry.repo for entry in CATALOG.values()}  # of the hub, which look like paths
SCRIPTS = sorted(ROOT.glob("docs/*.py"))
COMMANDS = {"zoo": MODEL_COMMANDS, "embeddings": WORD_COMMANDS}
QUOTED = re.compile(r"^`([\w./-]+)`(?:, [\w ]+)?:\n+```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def spans(page: str) -> list[str]:
    """All that a page has in backticks within its text, blocks of code left out."""
    text = re.sub(r"^```.*?^```", "", PAGES_WITH_PATHS[page].read_text(), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", text)


@cache
def members(path: Path) -> dict[str, set[str]]:
    """The names that a module defines, and those within each of its classes."""
    return {name: _names(node.body) if isinstance(node, ast.ClassDef) else set()
            for node in ast.parse(path.read_text()).body for name in _bound(node)}  # fmt: skip


def _names(body: list[ast.stmt]) -> set[str]:
    return {name for node in body for name in _bound(node)}


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    flat = [name for target in targets for name in (target.elts if isinstance(target, ast.Tuple) else [target])]
    return [name.id for name in flat if isinstance(name, ast.Name)]


def exists(name: str) -> bool:
    """Whether there is a module, or a function, class, constant, method or field of one, of this full name."""
    parts = name.split(".")
    length = max((length for length in range(1, len(parts) + 1) if ".".join(parts[:length]) in MODULES), default=0)
    rest = parts[length:]
    if not length or not rest:
        return bool(length)
    known = members(MODULES[".".join(parts[:length])])
    return rest[0] in known and (len(rest) == 1 or (len(rest) == 2 and rest[1] in known[rest[0]]))


def test_the_look_up_of_names_can_fail() -> None:
    assert exists("zoo.progress.Progress.preview") and exists("zoo.style.fast") and exists("zoo.catalog.CATALOG")
    assert not exists("zoo.decoding") and not exists("zoo.progress.Progress.nothing") and not exists("zoo.hub.fetch")


@pytest.mark.parametrize("page", PAGES)
def test_a_name_of_the_code_in_a_page_exists(page: str) -> None:
    named = [name for name in spans(page) if re.fullmatch(rf"(?:{'|'.join(HOUSES)})(?:\.\w+)+", name)]
    paths = [name for name in named if name.endswith((".py", ".js", ".css", ".md"))]
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [name for name in named if name not in paths and not exists(name)] == []


@pytest.mark.parametrize("page", PAGES_WITH_PATHS)
def test_a_path_in_a_page_is_there(page: str) -> None:
    paths = [name for name in spans(page) if re.fullmatch(r"\w[\w.-]*(?:/[\w.-]*)+|\w+\.(?:py|js|css|md|toml)", name)]
    assert [path for path in paths if path not in REPOSITORIES and "KEY" not in path and not is_there(path)] == []


def is_there(path: str) -> bool:
    """Whether there is a file or folder of this path, a folder of that name in a package, or a module's file."""
    if path.count("/") == 1 and path.endswith("/"):
        return any(ROOT.glob(path)) or any(ROOT.glob(f"*/{path}"))
    return (ROOT / path).exists() or path in {known.name for known in MODULES.values()}


@pytest.mark.parametrize("page", PAGES_WITH_PATHS)
def test_a_link_in_a_page_leads_somewhere(page: str) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", PAGES_WITH_PATHS[page].read_text())
    assert [target for target in targets if not (PAGES_WITH_PATHS[page].parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_command_in_a_page_is_one(page: str) -> None:
    text = PAGES[page].read_text()
    for package, command in re.findall(r"python -m (zoo|embeddings) (\w+)", text):
        assert command in [known.name for known in COMMANDS[package]]
    verbs = re.findall(r"`make (\w+)", text)
    assert [verb for verb in verbs if not re.search(rf"^{verb}:", (ROOT / "Makefile").read_text(), re.MULTILINE)] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_test_that_a_page_names_is_one(page: str) -> None:
    code = "\n".join(path.read_text() for path in ROOT.glob("tests/**/test_*.py"))
    named = [name for name in spans(page) if re.fullmatch(r"test_\w+", name)]
    assert [name for name in named if f"def {name}(" not in code] == []


@pytest.mark.parametrize("page", PAGES)
def test_code_that_a_page_quotes_stands_in_its_file(page: str) -> None:
    for path, block in QUOTED.findall(PAGES[page].read_text()):
        assert missing_piece(block, (ROOT / path).read_text()) == "", f"{path} has it no more, or elsewhere"


def missing_piece(block: str, code: str) -> str:
    """The first piece of a quote that does not follow the one before in the code; lines of dots part pieces."""
    rest = "\n".join(line.strip() for line in code.splitlines()) + "\n"
    for piece in re.split(
        r"^\.\.\.\n", "".join(f"{line.strip()}\n" for line in block.splitlines()), flags=re.MULTILINE
    ):
        before, found, rest = rest.partition(piece.strip("\n") + "\n")
        if piece.strip() and not (found and (not before or before.endswith("\n"))):
            return piece
    return ""


def test_a_quote_that_is_not_in_the_code_is_found() -> None:
    code = "def one():\n    a\n    b\n\ndef two():\n    c\n"
    assert missing_piece("def one():\n    ...\ndef two():\n    c\n", code) == ""
    assert missing_piece("def one():\n    b\n", code) == "def one():\nb\n"
    assert missing_piece("def two():\n...\ndef one():\n", code) == "def one():\n"


@pytest.mark.parametrize("page", PAGES)
def test_all_code_in_a_page_says_which_file_it_is_from(page: str) -> None:
    text = PAGES[page].read_text()
    assert len(QUOTED.findall(text)) == text.count("```python")


def test_the_list_of_modules_is_what_the_code_says() -> None:
    page = ARCHITECTURE.read_text()
    assert page == module_list.written(page), "run: python docs/modules.py"


def test_every_module_is_listed_once() -> None:
    files = [path.relative_to(ROOT).as_posix() for path in MODULES.values() if path.name != "__init__.py"]
    assert Counter(module_list.listed(ARCHITECTURE.read_text())) == Counter(files)


def test_every_module_opens_with_a_sentence() -> None:
    assert [name for name, path in MODULES.items() if not module_list.summary(path).endswith(".")] == []


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_of_the_documents_says_what_it_does(script: Path) -> None:
    done = subprocess.run([sys.executable, script, "--help"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0 and "usage:" in done.stdout, done.stderr
