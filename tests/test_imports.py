"""The import arrows of the design: app -> demo -> embeddings -> zoo, and inside each only downwards."""

from collections.abc import Callable
from graphlib import CycleError, TopologicalSorter

import pytest
from import_chains import MOST, chain
from import_reader import MODULES, imports, reached

GROUND = {"zoo"} | {
    f"zoo.{name}"
    for name in (
        "errors",
        "progress",
        "files",
        "listing",
        "bulk",
        "bulk.address",
        "bulk.buckets",
        "bulk.engine",
        "bulk.folders",
        "bulk.ray_cluster",
        "bulk.ray_engine",
        "bulk.ray_jobs",
        "hub",
        "catalog",
        "model_entry",
        "command_line",
        "stopwatch",
        "threads",
    )
}
LEVELS = {"evaluation": 1, "train": 1, "cli": 2, "__main__": 3}  # a module imports its own level or a lower one


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def offenders(of: Callable[[str], bool], forbidden: Callable[[str], bool]) -> list[str]:
    """Each import, as "module imports module", that a rule forbids."""
    return [f"{name} imports {found}" for name in MODULES if of(name) for found in imports(name) if forbidden(found)]


def level(name: str) -> int:
    """How far up in its package a module lies: 0 for what serves users."""
    return max((LEVELS.get(part, 0) for part in name.split(".")[1:]), default=0)


def test_there_is_something_to_hold() -> None:
    assert "zoo.images.tensors" in imports("zoo.style.fast")
    assert "torch" in imports("zoo.images.tiles")
    assert "zoo.loading" in reached("zoo.style.fast")


def test_zoo_knows_neither_pages_nor_words() -> None:
    upper = ("gradio", "demo", "app", "embeddings", "gensim", "faiss")
    assert offenders(lambda name: within(name, "zoo"), lambda found: within(found, *upper)) == []


def test_embeddings_know_neither_pages_nor_networks() -> None:
    others = ("gradio", "demo", "app", "torch", "torchvision")
    assert offenders(lambda name: within(name, "embeddings"), lambda found: within(found, *others)) == []


def test_embeddings_see_only_the_ground_of_zoo() -> None:
    def above(found: str) -> bool:
        return within(found, "zoo") and found not in GROUND

    assert offenders(lambda name: within(name, "embeddings") and level(name) < LEVELS["cli"], above) == []


def test_the_commands_of_embeddings_see_of_zoo_pictures_as_vectors_and_what_measures_them() -> None:
    sights = ("zoo.encoder", "zoo.evaluation", "zoo.precision")

    def other(found: str) -> bool:
        return within(found, "zoo") and found not in GROUND and not within(found, *sights)

    assert offenders(lambda name: within(name, "embeddings"), other) == []


def test_the_ground_imports_no_torch() -> None:
    heavy = ("torch", "torchvision", "gradio", "cv2", "av", "skimage", "spandrel", "numpy")
    found = {name: [each for each in reached(name) if within(each, *heavy)] for name in GROUND}
    assert not any(found.values()), found


def test_the_ground_imports_only_the_ground() -> None:
    assert offenders(GROUND.__contains__, lambda found: within(found, "zoo") and found not in GROUND) == []


def test_only_the_page_knows_gradio() -> None:
    assert offenders(lambda name: not within(name, "demo"), lambda found: within(found, "gradio")) == []


def test_only_vision_knows_torchvision() -> None:
    assert offenders(lambda name: name != "zoo.vision", lambda found: within(found, "torchvision")) == []


def test_nothing_imports_what_measures_or_trains_or_commands_upward() -> None:
    def upward(name: str) -> list[str]:
        above = (found for found in imports(name) if found in MODULES and found.split(".")[0] == name.split(".")[0])
        return [f"{name} imports {found}" for found in above if level(found) > level(name)]

    assert [line for name in MODULES for line in upward(name)] == []


def test_a_network_knows_nothing_but_other_networks() -> None:
    nets = [name for name in MODULES if within(name, "zoo.nets")]
    assert offenders(nets.__contains__, lambda found: within(found, "zoo") and not within(found, "zoo.nets")) == []


def test_the_page_goes_through_the_front_doors() -> None:
    inner = ("zoo.nets", "zoo.train", "zoo.cli", "zoo.__main__", "zoo.images.tiles")
    inner += ("embeddings.train", "embeddings.cli", "embeddings.__main__")
    assert offenders(lambda name: within(name, "demo", "app"), lambda found: within(found, *inner)) == []


def test_a_tab_knows_no_other_tab_and_what_they_share_knows_none() -> None:
    tabs = ("style", "upscale", "describe", "find")

    def of_another(name: str, found: str) -> bool:
        return within(found, *(f"demo.{tab}" for tab in tabs if not within(name, f"demo.{tab}")))

    above = ("demo.page", "demo.bundle")
    found = [name for name in MODULES if within(name, "demo") and name not in above]
    assert [f"{name} imports {each}" for name in found for each in imports(name) if of_another(name, each)] == []


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = {name: imports(name) & MODULES.keys() - {name} for name in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"imports go in a circle: {' -> '.join(error.args[1])}")


@pytest.mark.parametrize("start", MOST)
def test_no_chain_of_imports_grows_longer_than_it_may(start: str) -> None:
    assert len(chain(start)) <= MOST[start], " > ".join(chain(start))
