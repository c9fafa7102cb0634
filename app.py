"""Iris, the web page: settings, page, queue, launch."""

import os
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from demo.server.cleaning import leave
from demo.server.memory import SESSIONS, bound_arenas
from demo.settings import Settings, check_mcp, check_port, from_command_line
from zoo.command_line import complain, write_line
from zoo.errors import IrisError
from zoo.files import temporary_folder

STARTED = time.perf_counter()
THREADS = 40  # beside those of the jobs that wait
PATIENT_THREADS = ("OMP_WAIT_POLICY", "PASSIVE")  # those that spin while they wait keep jobs beside them from the cores
KINDS = 12  # of jobs, each of which may wait in a thread


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the page and end the program, or check with --check that it could be served; gives the exit code."""
    try:
        settings = from_command_line(sys.argv[1:] if arguments is None else arguments)
        with temporary_folder() as served:  # uploads and results, gone when the server ends
            os.environ["GRADIO_TEMP_DIR"] = str(served)
            if settings.check:
                return check(settings)
            serve(settings)
    except IrisError as error:
        return complain(f"app.py: {error}", error.exit_code)
    leave(0)


def serve(settings: Settings) -> None:
    """Serve until interrupted or terminated."""
    os.environ.setdefault(*PATIENT_THREADS)  # read when torch is imported
    bound_arenas()
    check_mcp(settings)
    check_port(settings)
    from fastapi.exceptions import RequestValidationError  # only now: a wrong setting is told at once
    from starlette.middleware import Middleware

    from demo.page import KEPT_SECONDS, build, signatures_of
    from demo.server.failures import refuse_request
    from demo.server.run import Lifespan, run_until_stopped
    from demo.server.tool_calls import let_in, trust_own_calls
    from demo.theme import theme_options
    from demo.web.engine import engine_for
    from demo.web.request_guard import RequestGuard
    from zoo.visitor_files import prepare_for_visitors

    prepare_for_visitors(settings.precision)
    trust_own_calls()
    with engine_for(settings):
        page = build(settings)
        queue = page.use_fair_queue(settings.queue_size, settings.jobs)
        lifespan = Lifespan(page, queue, settings, Path(os.environ["GRADIO_TEMP_DIR"]), KEPT_SECONDS)
        largest_call = 2 * settings.max_bytes if settings.mcp else 0  # assistants send pictures as text
        guard = Middleware(RequestGuard, endpoints=signatures_of(page), largest_tool_call=largest_call)
        refusals = {RequestValidationError: refuse_request}
        launch = partial(
            page.launch, prevent_thread_lock=True,
            server_name=settings.host, server_port=settings.port, share=settings.share, auth=settings.auth,
            max_file_size=max(settings.max_bytes, settings.zip_bytes),
            max_threads=THREADS + KINDS * settings.queue_size, state_session_capacity=SESSIONS,
            _frontend=False,  # no look at the own page, which gives up after three seconds on a busy machine
            app_kwargs={"middleware": [guard], "lifespan": lifespan, "exception_handlers": refusals},
            run_history=False, pwa=False, ssr_mode=False, enable_monitoring=False, mcp_server=settings.mcp,
            **theme_options(),
        )  # fmt: skip

        def start() -> None:
            launch()
            if settings.mcp and settings.auth:
                let_in(page)

        run_until_stopped(start, page)


def check(settings: Settings) -> int:
    """Say what there is, and that it works."""
    from demo.check import findings
    from demo.web.engine import engine_for
    from zoo.precision import use_precision

    use_precision(settings.precision)
    with engine_for(settings):
        for line in findings(settings, STARTED):
            write_line(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
