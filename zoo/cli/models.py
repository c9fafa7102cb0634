"""``python -m zoo models``, ``pull`` and ``push``."""

import json
from argparse import ArgumentParser, Namespace

from zoo import catalog
from zoo.catalog import entry
from zoo.command_line import write_line
from zoo.errors import BadInput
from zoo.hub import is_here, pull, push
from zoo.model_entry import ModelEntry, WordVectors


def show_models(options: Namespace) -> None:
    """List the catalog."""
    if options.json:
        write_line(json.dumps([_facts(model) for model in catalog.CATALOG.values()], indent=2))
        return
    width = max(map(len, catalog.CATALOG))
    for model in catalog.CATALOG.values():
        size = f"{model.bytes / 1e6:.1f} MB" if model.bytes else ""
        write_line(f"{model.key:{width}} {size:>8}  {_where(model)}\n{'':{width + 10}} {model.title}; {model.licence}")


def pull_models(options: Namespace) -> None:
    """Fetch hub models, or check that bundled ones are whole."""
    if bool(options.keys) == options.all:
        raise BadInput("name the models to pull, or --all; python -m zoo models lists them")
    networks = [model for model in catalog.CATALOG.values() if not isinstance(model, WordVectors)]
    for model in [entry(key) for key in options.keys] or networks:
        write_line(f"{model.key}  {pull(model)}")


def push_models(options: Namespace) -> None:
    """Publish bundled models with their cards."""
    write_line(push([entry(key) for key in options.keys], options.to))


def _facts(model: ModelEntry) -> dict[str, object]:
    names = ("key", "task", "title", "source", "repo", "revision", "bytes", "sha256", "licence", "paper")
    facts = {name: getattr(model, name) for name in (*names, "training_data", "preprocessing")}
    return facts | {"here": is_here(model), "where": _where(model), "metrics": dict(model.metrics)}


def _where(model: ModelEntry) -> str:
    if is_here(model):
        return "bundled" if model.source == "bundled" else "in the hub's cache"
    return f"python -m zoo pull {model.key}" if model.source == "hub" else "not trained yet"


def add_models(made: ArgumentParser) -> None:
    """Add the arguments of `models`."""
    made.description = show_models.__doc__
    made.add_argument("--json", action="store_true")
    made.set_defaults(run=show_models)


def add_pull(made: ArgumentParser) -> None:
    """Add the arguments of `pull`."""
    made.description = pull_models.__doc__
    made.add_argument("keys", nargs="*", metavar="KEY")
    made.add_argument("--all", action="store_true", help="every network")
    made.set_defaults(run=pull_models)


def add_push(made: ArgumentParser) -> None:
    """Add the arguments of `push`."""
    made.description = push_models.__doc__
    made.add_argument("keys", nargs="+", metavar="KEY")
    made.add_argument("--to", required=True, metavar="OWNER/REPO")
    made.set_defaults(run=push_models)
