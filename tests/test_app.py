"""The program itself: the check, and ends with one line."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from page_server import free_port

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The program, run to its end."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "app.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


def test_the_check_builds_the_page_and_loads_every_bundled_model() -> None:
    check = run("--check")
    assert check.returncode == 0, check.stderr
    for word in ("/name_image", "style.paintings", "sr.fidelity-x4", "devise.nouns"):
        assert word in check.stdout


def test_a_wrong_setting_ends_it_at_once_with_one_line() -> None:
    refused = run("--photos", "/no/such/folder")
    assert refused.returncode == 2 and len(refused.stderr.splitlines()) == 1


def test_a_port_that_is_taken_ends_it_with_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = run("--port", str(taken.getsockname()[1]))
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1 and "--port" in refused.stderr


def test_threads_are_told_not_to_spin_before_torch_is_there_to_read_it() -> None:
    nowhere = "app.main(['--host', '203.0.113.1'])"
    code = f"import app, os, sys; {nowhere}; print(os.environ['OMP_WAIT_POLICY'], 'torch' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert told.stdout == "PASSIVE False\n"
    assert "choose another --port or --host" in told.stderr


def test_only_the_last_pages_that_were_opened_are_kept_in_memory() -> None:
    code = (
        "import app, sys, gradio; from demo.server.memory import SESSIONS\n"
        "told = lambda page, **given: print(given['state_session_capacity'] == SESSIONS) or sys.exit(3)\n"
        f"gradio.Blocks.launch = told; app.main(['--port', '{free_port()}'])"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (told.stdout.splitlines()[-1], told.returncode) == ("True", 3), told.stderr
