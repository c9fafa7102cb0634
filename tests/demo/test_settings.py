"""Settings: the command line, the environment, the defaults, and refusals in one line."""

from pathlib import Path

import pytest

from demo.settings import Settings, from_command_line
from zoo.errors import BadInput


def refusal(*arguments: str, **environment: str) -> str:
    """The one line that wrong settings end with."""
    with pytest.raises(BadInput) as end:
        from_command_line(arguments, environment)
    assert "\n" not in str(end.value)
    return str(end.value)


def test_without_arguments_the_defaults_of_settings_hold() -> None:
    assert from_command_line([], {}) == Settings()


def test_the_environment_is_read() -> None:
    given = {
        "IRIS_HOST": "0.0.0.0",
        "IRIS_PORT": "8000",
        "IRIS_AUTH": "me:secret",
        "IRIS_SHARE": "1",
        "IRIS_MAX_MB": "3",
    }
    settings = from_command_line([], given)
    assert (settings.host, settings.port, settings.auth) == ("0.0.0.0", 8000, ("me", "secret"))
    assert settings.share and settings.max_bytes == 3 * 2**20


def test_the_command_line_goes_before_the_environment() -> None:
    assert from_command_line(["--port", "9000"], {"IRIS_PORT": "8000"}).port == 9000
    assert not from_command_line(["--no-share"], {"IRIS_SHARE": "1"}).share


def test_a_space_is_served_to_the_outside() -> None:
    assert from_command_line([], {"SPACE_ID": "someone/iris"}).host == "0.0.0.0"


def test_limits_are_given_in_mega() -> None:
    settings = from_command_line(["--max-megapixels", "1.5", "--upscale-megapixels", "0.25", "--jobs", "2"], {})
    assert (settings.max_pixels, settings.upscale_pixels, settings.jobs) == (1_500_000, 250_000, 2)


def test_ones_own_photos_are_limited_in_mebibytes_and_number() -> None:
    settings = from_command_line(["--zip-mb", "3"], {"IRIS_ZIP_PICTURES": "7"})
    assert (settings.zip_bytes, settings.zip_pictures) == (3 * 2**20, 7)


def test_photos_may_lie_in_a_zip(tmp_path: Path) -> None:
    (tmp_path / "photos.zip").write_bytes(b"")
    assert from_command_line(["--photos", str(tmp_path / "photos.zip")], {}).photos == tmp_path / "photos.zip"


def test_a_photo_folder_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "photos").mkdir()
    monkeypatch.chdir(tmp_path)
    assert from_command_line(["--photos", "photos"], {}).photos == (tmp_path / "photos").resolve()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--port", "99999"], "99999"),
        (["--port", "http"], "http"),
        (["--auth", "nobody"], "USER:PASSWORD"),
        (["--photos", "/no/such/folder"], "/no/such/folder"),
        (["--device", "abacus"], "abacus"),
        (["--max-mb", "-1"], "-1"),
        (["--max-mb", "nan"], "nan"),
        (["--jobs", "0"], "0"),
        (["--colour"], "--colour"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_line(arguments: list[str], named: str) -> None:
    assert named in refusal(*arguments)


@pytest.mark.parametrize(
    ("name", "value"), [("IRIS_PORT", "high"), ("IRIS_DEVICE", "abacus"), ("IRIS_PHOTOS", "/nowhere")]
)
def test_a_wrong_environment_is_refused_in_one_line(name: str, value: str) -> None:
    assert value in refusal(**{name: value})


def test_a_precision_is_one_of_those_that_there_are() -> None:
    assert from_command_line(["--precision", "float32"], {}).precision == "float32"
    assert from_command_line([], {"IRIS_PRECISION": "bfloat16"}).precision == "bfloat16"
    assert "float32" in refusal(IRIS_PRECISION="half")


def test_an_address_is_only_for_a_cluster() -> None:
    assert "--engine ray" in refusal("--address", "10.0.0.1:6379")
    settings = from_command_line(["--engine", "ray", "--jobs", "4"], {"IRIS_ADDRESS": "auto"})
    assert (settings.engine, settings.address, settings.jobs) == ("ray", "auto", 4)


def test_an_engine_in_the_environment_must_be_one_that_is_known() -> None:
    assert from_command_line([], {"IRIS_ENGINE": "ray"}).engine == "ray"
    assert "local, ray" in refusal(IRIS_ENGINE="spark")
