"""The command line as a whole: one sentence for what is wrong, help that costs nothing."""

import subprocess
import sys
from pathlib import Path

import pytest
from command_outcomes import BAD_FILES, refused, said

from zoo.__main__ import main


@pytest.mark.usefixtures("small_models")
@pytest.mark.parametrize("name", BAD_FILES)
@pytest.mark.parametrize("command", [["upscale"], ["stylize", "--style", "wave"]])
def test_a_bad_picture_is_one_line_exit_code_2_and_no_output(
    name: str, command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(BAD_FILES[name])
    (tmp_path / "old.png").write_bytes(b"old")
    before = sorted(tmp_path.rglob("*"))
    assert name in refused(capsys, 2, *command, tmp_path / name, tmp_path / "out.png")
    refused(capsys, 2, *command, tmp_path / name, tmp_path / "old.png")
    assert sorted(tmp_path.rglob("*")) == before and (tmp_path / "old.png").read_bytes() == b"old"


@pytest.mark.usefixtures("small_models")
def test_an_output_that_cannot_be_is_refused(photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ".png" in refused(capsys, 2, "upscale", photo, tmp_path / "out.xyz")
    assert "there is no folder" in refused(capsys, 2, "upscale", photo, tmp_path / "no" / "out.png")
    assert "did you mean sr.fidelity-x4" in refused(
        capsys, 2, "upscale", photo, tmp_path / "o.png", "--model", "sr.fidelity"
    )


def test_wrong_commands_are_one_line_with_help(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["paint"], ["upscale"], ["train", "everything"], ["upscale", "a", "b", "--tile", "x"]):
        assert "--help" in refused(capsys, 2, *arguments)


@pytest.mark.parametrize("name", ["style", "superres", "features", "devise"])
def test_train_hands_over_to_the_script_of_that_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["train", name, "--help"])
    assert stop.value.code == 0 and f"train {name}" in said(capsys)[0]


@pytest.mark.slow
def test_the_command_line_runs_as_a_module(tmp_path: Path) -> None:
    run = [sys.executable, "-m", "zoo", "upscale", str(tmp_path / "none.png"), str(tmp_path / "out.png")]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode in (1, 2) and done.stderr.count("\n") == 1 and not list(tmp_path.iterdir())


@pytest.mark.parametrize("program", ["zoo", "embeddings"])
def test_help_imports_no_torch_and_reads_nothing_heavy(program: str) -> None:
    heavy = ["torch", "cv2", "av", "skimage", "numpy", "PIL", "faiss", "gensim", "sklearn", "huggingface_hub"]
    code = f"""
import sys
from {program}.__main__ import main
try:
    main(["--help"])
except SystemExit:
    print([name for name in {heavy} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stderr.strip(), done.returncode) == ("[]", 0)
    assert "COMMAND" in done.stdout
