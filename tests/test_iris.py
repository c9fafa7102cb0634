"""The command `iris`: every word of the two command lines, each handed to where it belongs."""

import subprocess
import sys
from argparse import ArgumentParser, _SubParsersAction
from pkgutil import resolve_name

import pytest
from import_reader import ROOT

import embeddings.__main__
import iris
import zoo.__main__
from zoo import __version__

HEAVY = ("torch", "numpy", "gradio", "faiss", "gensim")


def tasks(command: str) -> set[str]:
    """What a command of embeddings lets one choose from with its first argument."""
    [adder] = [each.adder for each in embeddings.__main__.COMMANDS if each.name == command]
    parser = ArgumentParser()
    resolve_name(adder)(parser)
    first = parser._get_positional_actions()[0]
    assert not isinstance(first, _SubParsersAction)
    return set(first.choices or ())


def test_every_word_of_both_command_lines_is_one_of_iris() -> None:
    both = {command.name for command in (*zoo.__main__.COMMANDS, *embeddings.__main__.COMMANDS)}
    assert {command.name for command in iris.commands([])} == both | {"serve"}
    assert len(iris.commands([])) == len(both) + 1


@pytest.mark.parametrize("command", iris.WORD_TASKS)
def test_the_next_word_says_whose_command_is_meant(command: str) -> None:
    assert set(iris.WORD_TASKS[command]) == tasks(command)
    for task in iris.WORD_TASKS[command]:
        [chosen] = [each for each in iris.commands([command, "--json", task]) if each.name == command]
        assert chosen in embeddings.__main__.COMMANDS


def test_a_command_both_have_tells_of_the_tasks_of_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        iris.main(["score", "--help"])
    assert {"superres", "zeroshot"} <= set(capsys.readouterr().out.replace(",", " ").replace(";", " ").split())


def test_commands_of_both_run_under_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert iris.main(["models", "--json"]) == 0
    assert '"sr.photo-x4"' in capsys.readouterr().out
    assert iris.main(["words", "pug", "--top", "1"]) == 0
    assert capsys.readouterr().out.startswith("pug")


@pytest.mark.parametrize("given", [["restyle"], [], ["upscale", "photo.jpg"], ["serve", "--port", "none"]])
def test_bad_input_is_one_line_and_exit_code_2(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert iris.main(given) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_it_tells_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert iris.main(["--version"]) == 0
    assert capsys.readouterr().out == f"iris {__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    see = f"import iris, sys\ntry: iris.main(['--help'])\nexcept SystemExit: print(set({HEAVY}) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", see], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "set()"
    assert all(command.name in done.stdout for command in iris.commands([]))
