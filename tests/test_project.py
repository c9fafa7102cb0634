"""The project as a package: one version, one list of what it needs, and nothing that is used but not listed."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from import_reader import HOUSES, MODULES, ROOT, imports

from zoo import __version__
from zoo.files import cache_folder

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DIRECT = PROJECT["project"]["dependencies"]
DEVELOPMENT = PROJECT["dependency-groups"]["dev"]
ONLY_FOR_DEVELOPMENT = {"matplotlib", "open_clip"}  # a training or a measurement asks for them by name
PIN = re.compile(r"^([\w.-]+)==([^\s;]+)", re.MULTILINE)


def pins(text: str) -> dict[str, str]:
    """Versions by the package's normalised name."""
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in PIN.findall(text)}


def test_requirements_are_what_the_project_lists() -> None:
    listed = pins("\n".join(DIRECT))
    assert len(listed) == len(DIRECT), "a dependency has no exact version"
    assert pins((ROOT / "requirements.txt").read_text()) == listed, "run: make lock"
    listed |= pins("\n".join(DEVELOPMENT))
    assert pins((ROOT / "requirements-dev.txt").read_text()) == listed, "run: make lock"


def test_what_a_cluster_needs_is_listed_twice_alike() -> None:
    lines = (line.partition("  #")[0] for line in (ROOT / "requirements-cluster.txt").read_text().splitlines()[1:])
    assert sorted(lines) == PROJECT["project"]["optional-dependencies"]["cluster"]


def test_the_lock_has_every_requirement_with_a_hash_and_names_no_server() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    listed = pins("\n".join([*DIRECT, *DEVELOPMENT])).items()
    assert listed <= pins(lock).items(), "run: make lock"
    entries = re.split(r"\n(?=\w)", lock.partition("\n#    make lock\n")[2])
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in lock
    assert "--index" not in lock


def test_what_is_imported_is_listed() -> None:
    packages = packages_distributions()
    found = {name.partition(".")[0] for module in MODULES for name in imports(module)}
    foreign = found - sys.stdlib_module_names - set(HOUSES) - ONLY_FOR_DEVELOPMENT
    listed = pins("\n".join(DIRECT)).keys()
    missing = {name for name in foreign if not pins_of(packages.get(name, [name])) & listed}
    assert missing == set()


def pins_of(distributions: list[str]) -> set[str]:
    return set(pins("\n".join(f"{name}==0" for name in distributions)))


def test_the_readme_says_what_each_dependency_is_for() -> None:
    table = (ROOT / "README.md").read_text().partition("## What is used")[2].partition("\n## ")[0]
    assert [name for name in PIN.findall("\n".join(DIRECT)) if name[0] not in table] == []


def test_the_version_is_the_newest_of_the_changelog() -> None:
    told = re.search(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert told
    assert told[1] == __version__


def test_the_package_holds_every_house_and_says_that_it_is_typed() -> None:
    packed = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    assert {Path(name).stem for name in packed} == set(HOUSES)
    folders = [ROOT / house for house in HOUSES if (ROOT / house).is_dir()]
    assert [folder.name for folder in folders if not (folder / "py.typed").exists()] == []


def test_the_tests_keep_out_of_the_cache_of_whoever_runs_them() -> None:
    assert Path.home() / ".cache" not in cache_folder().parents
