"""The import arrows of the design: which module may see which."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOUSES = ("app", "demo", "zoo", "embeddings")


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FILES = [path for house in HOUSES for path in (*ROOT.glob(f"{house}.py"), *ROOT.glob(f"{house}/**/*.py"))]
MODULES = {module_name(path): path for path in sorted(FILES)}


def imports(name: str) -> set[str]:
    """All modules that a module imports, at its top or inside its functions, by absolute name."""
    path = MODULES[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    return set(_imported(ast.parse(path.read_text()), package))


def _imported(tree: ast.AST, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = ".".join(package.split(".")[: len(package.split(".")) + 1 - node.level]) if node.level else ""
            base = ".".join(part for part in (parent, node.module) if part)
            names = [f"{base}.{alias.name}" for alias in node.names]
            yield from (found if found in MODULES else base for found in names)


def sees(name: str, *others: str) -> set[str]:
    """Which of these packages or modules a module imports."""
    return {other for other in others for found in imports(name) if found == other or found.startswith(other + ".")}


def test_there_is_something_to_hold() -> None:
    assert "zoo.pixels" in imports("zoo.stylize") and "torch" in imports("zoo.tiles")


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("zoo")])
def test_zoo_knows_neither_pages_nor_words(name: str) -> None:
    assert not sees(name, "gradio", "demo", "app", "embeddings", "gensim", "faiss")


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("embeddings")])
def test_embeddings_know_neither_pages_nor_networks(name: str) -> None:
    assert not sees(name, "gradio", "demo", "app", "torch", "torchvision")
    joined = {found for found in imports(name) if found.startswith("zoo")}
    assert not joined or name == "embeddings.__main__", "only embeddings/__main__.py may join pictures and words"


@pytest.mark.parametrize("name", MODULES)
def test_only_the_page_knows_gradio_and_only_vision_knows_torchvision(name: str) -> None:
    assert name.startswith("demo") or not sees(name, "gradio")
    assert name == "zoo.vision" or not sees(name, "torchvision")


@pytest.mark.parametrize("name", MODULES)
def test_nothing_that_serves_imports_training(name: str) -> None:
    runs_training = ".train" in name or name.endswith(".commands")  # a command line may start it
    assert runs_training or not sees(name, "zoo.train", "embeddings.train")


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("zoo.nets.")])
def test_a_network_knows_nothing_but_other_networks(name: str) -> None:
    assert all(found.startswith("zoo.nets") for found in imports(name) if found.startswith("zoo"))


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith(("demo", "app"))])
def test_the_page_goes_through_the_front_doors(name: str) -> None:
    assert not sees(name, "zoo.nets", "zoo.tiles", "zoo.commands", "zoo.__main__", "embeddings.build")
    assert name != "app" or not sees(name, "gradio")


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("demo") and not name.endswith("_tab")])
def test_only_the_page_knows_the_tabs(name: str) -> None:
    tabs = {found for found in imports(name) if found.startswith("demo.") and found.endswith("_tab")}
    assert name == "demo.page" or not tabs


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = {name: imports(name) & set(MODULES) - {name} for name in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"imports go in a circle: {' -> '.join(error.args[1])}")
