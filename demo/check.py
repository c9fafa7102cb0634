"""What `python app.py --check` finds: that the page can be built and every bundled model be loaded."""

from collections.abc import Iterator
from time import perf_counter

from demo.page import build, models
from demo.settings import Settings
from demo.web.engine import engine_in_use
from zoo.loading import load
from zoo.stopwatch import peak_megabytes


def findings(settings: Settings, started: float) -> Iterator[str]:
    """Give a line for the page and for each bundled model; raises IrisError at the first thing that is not in order.

    ``started`` is when the program began, by ``time.perf_counter``.
    """
    functions = build(settings).fns.values()
    endpoints = sorted(f"/{function.api_name}" for function in functions if function.api_visibility == "public")
    yield f"page: built after {perf_counter() - started:.1f} s, {len(endpoints)} endpoints: {', '.join(endpoints)}"
    yield f"jobs: run on {engine_in_use().where}"
    for model in models():
        if model["source"] == "bundled" and model["bytes"]:  # one without bytes is not trained yet
            weights = sum(parameter.numel() for parameter in load(model["key"], settings.device).parameters())
            yield f"{model['key']}: loaded on {settings.device}, {weights / 1e6:.2f} M parameters"
    yield f"all loaded after {perf_counter() - started:.1f} s, {peak_megabytes():.0f} MB resident at most"
