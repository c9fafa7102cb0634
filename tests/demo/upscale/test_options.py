"""What may be asked of the Upscale tab."""

from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest
from gradio.blocks import Block
from PIL import Image

from demo.settings import Settings
from demo.upscale import options as module
from demo.upscale import tab
from demo.upscale.options import UpscaleWidgets, has_detail, offered, read_options
from demo.web.downloads import ResultButtons
from demo.web.job_panel import JobPanel
from demo.web.waiting import WaitingLine
from zoo.catalog import CATALOG
from zoo.errors import BadInput, Missing, UnknownModel
from zoo.progress import run_to_end
from zoo.superres import upscale as upscale_module
from zoo.superres.input_quality import CLEAN
from zoo.superres.networks import AUTOMATIC, FIDELITY, PHOTO, PHOTO_CRISP, SHARP
from zoo.superres.upscale import upscale

HUB = "sr.realesrgan-x4"
PULLING = Settings(allow_pull=True)
SMALL = Image.effect_noise((12, 8), 60).convert("RGB")


def test_every_model_that_enlarges_is_offered_once_it_is_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {PHOTO: CATALOG[PHOTO], HUB: CATALOG[HUB], SHARP: replace(CATALOG[SHARP], bytes=1000)}
    monkeypatch.setattr(module, "CATALOG", known)
    assert [key for _, key in offered(PULLING)] == [AUTOMATIC, *known]
    monkeypatch.setitem(known, SHARP, replace(CATALOG[SHARP], bytes=0))
    assert [key for _, key in offered(PULLING)] == [AUTOMATIC, PHOTO, HUB]


def test_there_is_a_slider_only_where_all_that_it_goes_through_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    assert has_detail(FIDELITY) and has_detail(PHOTO) and not has_detail(HUB)
    for missing, without in ((SHARP, FIDELITY), (CATALOG[FIDELITY].interpolated, FIDELITY), (PHOTO_CRISP, PHOTO)):
        monkeypatch.setattr(module, "is_here", lambda model, missing=missing: model.key != missing)
        assert [key for key in (FIDELITY, PHOTO) if not has_detail(key)] == [without] and not has_detail(AUTOMATIC)


def test_a_public_model_is_offered_only_where_visitors_may_have_it_fetched(hub_cache: Path) -> None:
    sentences = {key: sentence for sentence, key in offered(PULLING)}
    assert sentences[HUB].startswith("Real-ESRGAN x4plus: ") and "fetched first" in sentences[HUB]
    assert "fetched" not in sentences[PHOTO]
    assert HUB not in [key for _, key in offered(Settings())] and len(offered(Settings())) >= 2


@pytest.mark.parametrize("key", ["sr.fidelity", "style.paintings", "", "zoo/weights/sr.fidelity-x4.safetensors"])
def test_only_keys_of_models_that_enlarge_are_taken(key: str) -> None:
    with pytest.raises(UnknownModel, match="enlarges; choose one of automatic, sr"):
        read_options(key, None, None)


@pytest.mark.parametrize(
    ("model", "detail", "width", "named"),
    [
        ({"path": "x"}, None, None, "model"), (SHARP, 2.5, None, "detail"), (SHARP, "much", None, "detail"),
        (SHARP, float("nan"), None, "detail"), (SHARP, None, 0, "width"), (SHARP, None, "1e9", "width"),
        (SHARP, None, 10**9, "width"), (SHARP, None, [], "width"),
    ],
)  # fmt: skip
def test_what_is_out_of_range_is_refused_by_name(model: object, detail: object, width: object, named: str) -> None:
    with pytest.raises(BadInput, match=f"^{named} cannot be used"):
        read_options(model, detail, width)


def test_a_result_may_not_be_larger_than_the_largest_picture_four_times_as_large() -> None:
    most = Settings(upscale_pixels=SMALL.width * SMALL.height)
    assert run_to_end(read_options(PHOTO, None, 48).steps(SMALL, most)).size == (48, 32)
    with pytest.raises(BadInput, match="million; ask"):
        run_to_end(read_options(PHOTO, None, 60).steps(SMALL, most))


def test_an_enlargement_is_that_of_its_model_at_its_width() -> None:
    made = run_to_end(read_options(FIDELITY, None, "30").steps(SMALL, Settings()))
    assert made == run_to_end(upscale(SMALL, key=FIDELITY, width=30)) and made.size == (30, 20)


def test_without_a_model_the_picture_decides() -> None:
    options = read_options(None, None, None, 2)
    assert options == read_options(AUTOMATIC, None, None, 2)
    assert run_to_end(options.steps(SMALL, Settings())) == run_to_end(upscale(SMALL, scale=2))


def test_a_self_ensemble_may_be_asked_for() -> None:
    plain, mean = (read_options(FIDELITY, None, None, self_ensemble=asked) for asked in (False, True))
    results = [run_to_end(options.steps(SMALL, Settings())) for options in (plain, mean)]
    assert results[1] == run_to_end(upscale(SMALL, key=FIDELITY, self_ensemble=True)) != results[0]


def test_a_model_that_cannot_be_fetched_is_refused_after_saying_so(
    hub_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    steps = read_options(HUB, None, None).steps(SMALL, PULLING)
    assert "Real-ESRGAN x4plus" in next(steps).note
    with pytest.raises(Missing, match="cannot fetch"):
        next(steps)


def test_a_file_says_how_it_was_made() -> None:
    assert (read_options(FIDELITY, None, None).name, read_options(FIDELITY, None, 700).name) == ("x4", "700px")
    assert str(read_options(SHARP, 0.4, None)) == "Iris sr.sharp-x4, detail 0.4"
    assert str(read_options(FIDELITY, None, None)) == "Iris sr.fidelity-x4"
    assert str(read_options(None, 0.5, None, self_ensemble=True)) == "Iris automatic, detail 0.5, self-ensemble"


def test_a_model_that_is_not_here_is_refused_where_nothing_may_be_fetched(hub_cache: Path) -> None:
    with pytest.raises(Missing, match="not on this server"):
        next(read_options(HUB, None, None).steps(SMALL, Settings()))


def test_the_size_of_the_result_is_known_before() -> None:
    assert read_options(FIDELITY, None, None).size_of(SMALL) == (48, 32)
    assert read_options(FIDELITY, None, 30).size_of(SMALL) == (30, 20)


def test_how_clean_a_picture_is_is_measured_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    measured = []
    for place in (tab, upscale_module):
        monkeypatch.setattr(place, "measure_quality", lambda picture: measured.append(picture) or CLEAN)
    widgets = UpscaleWidgets(gr.Radio(), gr.Radio(), gr.Number(), gr.Slider(0, 1), gr.Checkbox())
    buttons = ResultButtons(gr.Row(), None, None, gr.HTML(), gr.State(), {})
    compared = gr.HTML()
    job = JobPanel(gr.HTML(), buttons, (compared,))
    panel = tab.UpscaleTab(Settings(), WaitingLine(1, 1), gr.Image(), widgets, compared, job)
    SMALL.save(tmp_path / "a.png")
    given: dict[Block, object] = dict.fromkeys(panel.inputs())
    given |= {panel.picture: {"path": str(tmp_path / "a.png")}, widgets.model: AUTOMATIC, widgets.size: 2}
    *_, last = panel.enlarge(given | {widgets.self_ensemble: False})
    assert "24 x 16 pixels" in str(last[panel.job.status]) and len(measured) == 1
