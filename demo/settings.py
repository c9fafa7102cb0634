"""What the server is told: the command line first, then IRIS_* in the environment, then the defaults here."""

import argparse
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from zoo.bulk.engine import ENGINES
from zoo.command_line import PRECISIONS, OneLineParser, Precision
from zoo.errors import BadInput, Missing

DEVICES = ("cpu", "cuda", "mps")
LARGEST_LIMIT = 1e9


@dataclass(frozen=True)
class Settings:
    """Everything that may differ between one server and another."""

    host: str = "127.0.0.1"
    port: int | None = None  # None: the first free one from 7860 on
    share: bool = False
    hosts: tuple[str, ...] = ()  # names under which a proxy shows this server, besides its own
    auth: tuple[str, str] | None = None
    photos: Path | None = None  # a folder or a zip; None: the sample photos of the installed packages
    device: str = "cpu"
    precision: Precision = "auto"
    engine: str = ENGINES[0]  # where jobs run
    address: str | None = None  # of a Ray cluster that runs; None: one is started here
    check: bool = False
    allow_pull: bool = False  # whether visitors may have public models fetched
    mcp: bool = False  # whether assistants may use the endpoints as tools
    max_bytes: int = 25 * 2**20  # of one upload
    max_pixels: int = 24_000_000  # of one picture
    upscale_pixels: int = 4_000_000  # of a picture to upscale: the result has 16 times as many
    clip_seconds: float = 30.0  # of a video
    zip_bytes: int = 200 * 2**20  # of a visitor's own photos
    zip_pictures: int = 1000  # in them
    upload_bytes: int = 8 * 2**30  # of all uploads and results that are kept
    queue_size: int = 32  # jobs of one kind and visitor that wait before new ones are turned away
    jobs: int = 1  # of one kind at a time, and how many workers the engine ray has


def from_command_line(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Settings:
    """Read settings from `python app.py ...`; raises BadInput for a wrong one."""
    parser = _parser()
    parser.set_defaults(**_from_environment(environment, parser))
    given = parser.parse_args(arguments)
    if given.address and given.engine != "ray":
        raise BadInput("--address is for --engine ray; without it jobs run in this process")
    limits = {
        "max_bytes": round(given.max_mb * 2**20),
        "zip_bytes": round(given.zip_mb * 2**20),
        "upload_bytes": round(given.upload_gb * 2**30),
        "max_pixels": round(given.max_megapixels * 1e6),
        "upscale_pixels": round(given.upscale_megapixels * 1e6),
    }
    named = vars(given).items()
    return Settings(**{name: value for name, value in named if name in Settings.__match_args__}, **limits)


def check_mcp(settings: Settings) -> None:
    """Raise Missing where the server of tools is asked for and its package is not installed."""
    if settings.mcp and find_spec("mcp") is None:
        raise Missing("--mcp needs the package mcp, which is not installed; run: pip install 'mcp<2'")


def check_port(settings: Settings) -> None:
    """Raise BadInput where another program listens on the port."""
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port or 0))
        except OSError as error:
            place = f"port {settings.port} of {settings.host}" if settings.port else settings.host
            raise BadInput(f"cannot serve on {place} ({error.strerror}); choose another --port or --host") from error


class _Defaults(argparse.ArgumentDefaultsHelpFormatter):
    """Says what the default of an option is, but where it is nothing, or off."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return super()._get_help_string(action) if action.default else action.help


def _parser() -> argparse.ArgumentParser:
    defaults = Settings()
    parser = OneLineParser(
        prog="app.py",
        description="Iris: restyle, upscale, name and find pictures in a web page.",
        epilog="Each option can also be set as IRIS_HOST, IRIS_PORT, IRIS_MAX_MB ... in the environment.",
        formatter_class=_Defaults,
    )
    parser.add_argument("--host", default=defaults.host, help="address to serve on; 0.0.0.0 for every network")
    parser.add_argument("--port", type=_port, help="port to serve on (default: the first free one from 7860 on)")
    parser.add_argument("--share", action=argparse.BooleanOptionalAction, default=False, help="a public link as well")
    hosts_help = "names under which a proxy shows this server, joined by commas; *.example.org for all below"
    parser.add_argument("--hosts", type=_names, default=defaults.hosts, metavar="NAMES", help=hosts_help)
    parser.add_argument("--auth", type=_login, metavar="USER:PASSWORD", help="let only this user in")
    parser.add_argument("--photos", type=_folder, metavar="DIR|ZIP", help="photos of the Find tab (default: samples)")
    parser.add_argument("--device", choices=DEVICES, default=defaults.device, help="where the models run")
    parser.add_argument("--precision", choices=PRECISIONS, default=defaults.precision, help="of the arithmetic")
    parser.add_argument("--engine", choices=ENGINES, default=defaults.engine, help="where jobs run: here, or on Ray")
    address_help = "of a Ray cluster that runs (default: --jobs workers on this machine)"
    parser.add_argument("--address", metavar="A", help=address_help)
    pull_help = "let visitors choose public models that are fetched first"
    parser.add_argument("--allow-pull", action=argparse.BooleanOptionalAction, default=False, help=pull_help)
    mcp_help = "serve the endpoints as tools for assistants, too, by the Model Context Protocol"
    parser.add_argument("--mcp", action=argparse.BooleanOptionalAction, default=False, help=mcp_help)
    parser.add_argument("--check", action="store_true", help="build the page, load the models, report and exit")
    limits = parser.add_argument_group("limits")
    limits.add_argument("--max-mb", type=_positive, default=defaults.max_bytes / 2**20, help="MiB of one upload")
    limits.add_argument("--max-megapixels", type=_positive, default=defaults.max_pixels / 1e6, help="of one picture")
    limits.add_argument("--upscale-megapixels", type=_positive, default=defaults.upscale_pixels / 1e6, help="before 4x")
    limits.add_argument("--clip-seconds", type=_positive, default=defaults.clip_seconds, help="of a video")
    limits.add_argument("--zip-mb", type=_positive, default=defaults.zip_bytes / 2**20, help="MiB of one's own photos")
    limits.add_argument("--zip-pictures", type=_count, default=defaults.zip_pictures, help="how many of them")
    limits.add_argument(
        "--upload-gb", type=_positive, default=defaults.upload_bytes / 2**30, help="GiB of all that is kept"
    )
    limits.add_argument("--queue-size", type=_count, default=defaults.queue_size, help="jobs that may wait, a visitor")
    limits.add_argument(
        "--jobs", type=_count, default=defaults.jobs, help="jobs at once, of one kind here, of all on Ray"
    )
    return parser


def _from_environment(environment: Mapping[str, str], parser: argparse.ArgumentParser) -> dict[str, str | bool]:
    """Read IRIS_* variables as argparse defaults (argparse converts strings as if they had been typed)."""
    values: dict[str, str | bool] = {}
    if "SPACE_ID" in environment:  # a Hugging Face Space is reached from outside its container
        values["host"] = environment.get("GRADIO_SERVER_NAME", "0.0.0.0")
    for name in (
        "host",
        "hosts",
        "port",
        "auth",
        "address",
        "photos",
        "max_mb",
        "max_megapixels",
        "upscale_megapixels",
        "clip_seconds",
        "zip_mb",
        "zip_pictures",
        "upload_gb",
        "queue_size",
        "jobs",
    ):
        if value := environment.get(f"IRIS_{name.upper()}"):
            values[name] = value
    for name, known in (("device", DEVICES), ("precision", PRECISIONS), ("engine", ENGINES)):
        if value := environment.get(f"IRIS_{name.upper()}"):
            if value not in known:
                parser.error(f"IRIS_{name.upper()} is {value!r}; use one of {', '.join(known)}")
            values[name] = value
    for name in ("share", "allow_pull", "mcp"):
        if value := environment.get(f"IRIS_{name.upper()}"):
            values[name] = value.lower() in ("1", "true", "yes", "on")
    return values


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; use a number from 1 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no count; use a whole number from 1 on")
    return int(text)


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= LARGEST_LIMIT:
        raise argparse.ArgumentTypeError(f"{text!r} is no limit; use a number above 0, at most {LARGEST_LIMIT:,.0f}")
    return number


def _login(text: str) -> tuple[str, str]:
    user, _, password = text.partition(":")
    if not user or not password:
        raise argparse.ArgumentTypeError("a login is written USER:PASSWORD, both at least one character long")
    return user, password


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in text.split(",") if name.strip())


def _folder(text: str) -> Path:
    folder = Path(text).expanduser()
    if not folder.is_dir() and not (folder.is_file() and folder.suffix.lower() == ".zip"):
        raise argparse.ArgumentTypeError(f"there is no folder or zip {text}; name one with photos in it")
    return folder.resolve()
