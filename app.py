"""Iris, the web page: settings, page, queue, launch."""

import os
import signal
import sys
import time
from collections.abc import Sequence
from tempfile import TemporaryDirectory

from demo.settings import Settings, check_port, from_command_line
from zoo.command_line import complain, write_line
from zoo.errors import IrisError

STARTED = time.perf_counter()
THREADS = 40  # beside those of the jobs that wait


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the page, or check with --check that it could be served; gives the exit code."""
    try:
        settings = from_command_line(sys.argv[1:] if arguments is None else arguments)
        with TemporaryDirectory(prefix="iris-") as served:  # uploads and results, gone when the server ends
            os.environ["GRADIO_TEMP_DIR"] = served
            return check(settings) if settings.check else serve(settings)
    except IrisError as error:
        return complain(f"app.py: {error}", error.exit_code)


def serve(settings: Settings) -> int:
    """Serve until interrupted or terminated."""
    check_port(settings)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what was served is deleted then, too
    from starlette.middleware import Middleware  # only now: a wrong setting is told at once

    from demo.page import build, signatures_of
    from demo.theme import theme_options
    from demo.web.request_guard import RequestGuard
    from zoo.precision import use_precision

    use_precision(settings.precision)
    page = build(settings)
    guard = Middleware(RequestGuard, endpoints=signatures_of(page))
    page.queue(max_size=settings.queue_size, default_concurrency_limit=settings.jobs, api_open=False)
    page.launch(
        server_name=settings.host, server_port=settings.port, share=settings.share, auth=settings.auth,
        max_file_size=max(settings.max_bytes, settings.zip_bytes), max_threads=THREADS + settings.queue_size,
        _frontend=False,  # no look at the own page, which gives up after three seconds on a busy machine
        app_kwargs={"middleware": [guard]}, run_history=False, pwa=False, mcp_server=False, ssr_mode=False,
        enable_monitoring=False, **theme_options(),
    )  # fmt: skip
    return 0


def check(settings: Settings) -> int:
    """Say what there is, and that it works."""
    from demo.check import findings
    from zoo.precision import use_precision

    use_precision(settings.precision)
    for line in findings(settings, STARTED):
        write_line(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
