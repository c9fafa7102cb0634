"""Super-resolution trained for a few steps: every way, and what does not go together."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file
from training_files import make_photos, published

from zoo.errors import BadInput
from zoo.nets.local_feature_upscaler import PUBLISHED as RLFN
from zoo.nets.local_feature_upscaler import LocalFeatureUpscaler
from zoo.nets.modulation_upscaler import PUBLISHED as SMFANET
from zoo.nets.modulation_upscaler import ModulationUpscaler
from zoo.train import adversary, degraded_pairs, superres

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def superres_arguments(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Photos, a pair to validate on, and a network too small to be any good."""
    folder = tmp_path_factory.mktemp("superres")
    photos, pairs = make_photos(folder / "photos", 2), make_photos(folder / "pairs", 1, (48, 48), ["one_HR"])
    Image.open(pairs / "one_HR.png").resize((12, 12), Image.Resampling.BICUBIC).save(pairs / "one_LR.png")
    return f"--photos {photos} --validation {pairs} --steps 2 --batch 2 --crop 12 --width 4 --blocks 1"


def test_superres_trains_and_scores_itself(tmp_path: Path, superres_arguments: str) -> None:
    where = f"--run {tmp_path / 'run'} --weights {tmp_path / 'out'}"
    superres.main(f"{superres_arguments} {where} --residual".split())
    assert published(tmp_path / "out", "sr.clean-x4")["set5_psnr_y"] > 20


def test_fidelity_goes_on_with_published_weights(tmp_path: Path, superres_arguments: str) -> None:
    begun, theirs = LocalFeatureUpscaler(4, 1), {ours: names for names, ours in RLFN.items()}
    published = {renamed(name.replace("body.0", "block_1"), theirs): x for name, x in begun.state_dict().items()}
    torch.save(published, tmp_path / "rlfn.pth")
    where = f"--run {tmp_path / 'run'} --weights {tmp_path / 'out'} --start {tmp_path / 'rlfn.pth'}"
    superres.main(f"{superres_arguments} {where} --rate 1e-6".split())
    weights = load_file(tmp_path / "out" / "sr.fidelity-x4.safetensors")
    assert all(torch.allclose(weights[name].float(), x, atol=1e-3) for name, x in begun.state_dict().items())
    where = where.replace("/run", "/other")
    superres.main(f"{superres_arguments} {where} --rate 0.1 --start-share 1".split())
    weights = load_file(tmp_path / "out" / "sr.fidelity-x4.safetensors")
    assert all(torch.allclose(weights[name].float(), x, atol=1e-3) for name, x in begun.state_dict().items())
    with pytest.raises(BadInput, match="does not hold an upscaler of width 5"):
        superres.main(f"{superres_arguments} {where} --width 5".split())


def test_what_is_drawn_is_the_same_in_both_sizes() -> None:
    stripes = 0
    for seed in range(40):
        small, large = torch.zeros(2, 3, 13, 13), torch.zeros(2, 3, 52, 52)
        superres.put_drawing(small, large, torch.Generator().manual_seed(seed))
        assert small[1].abs().max() == large[1].abs().max() == 0
        assert small[0].min() >= 0 and small[0].max() <= 1 and large[0].max() <= 1
        assert (large[0].mean((1, 2)) - small[0].mean((1, 2))).abs().max() < 0.02
        step = max(small[0].diff(dim=dim).abs().max() for dim in (1, 2))
        stripes += bool(len(small[0, 0].unique()) == 2)
        assert (F.avg_pool2d(large, 4) - small)[0].abs().max() <= step / 2 + 1e-6
    assert 5 < stripes < 35


def test_in_every_step_something_is_learnt_of_photos(
    tmp_path: Path, superres_arguments: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []
    monkeypatch.setattr(superres, "put_drawing", lambda small, *_: drawn.append(len(small)))
    superres.main(f"{superres_arguments} --steps 4 --run {tmp_path / 'run'} --weights {tmp_path / 'out'}".split())
    assert drawn and min(drawn) > 1


def test_superres_learns_from_a_teacher(tmp_path: Path, superres_arguments: str) -> None:
    teacher = ModulationUpscaler(8, 1)
    theirs = {ours: names for names, ours in SMFANET.items()}
    file = tmp_path / "teacher.pth"
    torch.save({"params_ema": {renamed(name, theirs): x for name, x in teacher.state_dict().items()}}, file)
    where = f"--run {tmp_path / 'run'} --weights {tmp_path / 'out'}"
    noisy, few = make_photos(tmp_path / "noisy", 1), make_photos(tmp_path / "few", 2, (16, 20))
    more = f"--noisy-photos {noisy} --small-photos {few}"
    superres.main(f"{superres_arguments} {where} --residual --teacher {file} {more}".split())
    answers = load_file(tmp_path / "run" / "targets.safetensors")
    assert len(answers) == 5 and answers["000004"].shape in ((3, 64, 80), (3, 80, 64))
    assert published(tmp_path / "out", "sr.clean-x4")["set5_psnr_y"] > 20


@pytest.mark.usefixtures("without_fork")
@pytest.mark.parametrize("workers", [0, 1])
def test_superres_goes_on_with_degraded_inputs(
    tmp_path: Path, superres_arguments: str, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(degraded_pairs, "FIRST", 6)
    superres.main(f"{superres_arguments} --run {tmp_path / 'run'} --weights {tmp_path / 'out'} --residual".split())
    go_on = f"--start {tmp_path / 'out' / 'sr.clean-x4.safetensors'} --degrade --workers {workers}"
    superres.main(f"{superres_arguments} --run {tmp_path / 'photo'} --weights {tmp_path / 'out'} {go_on}".split())
    assert published(tmp_path / "out", "sr.photo-x4")["set5_psnr_y"] > 20


@pytest.mark.parametrize(("flags", "key"), [("", "sr.sharp-x4"), ("--degrade --workers 0", "sr.photo-sharp-x4")])
def test_superres_trains_against_a_discriminator(
    tmp_path: Path, superres_arguments: str, vgg_file: Path, flags: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(degraded_pairs, "FIRST", 6)
    monkeypatch.setattr(adversary, "ALONE", 0)
    where = f"--run {tmp_path / 'run'} --weights {tmp_path / 'out'}"
    superres.main(f"{superres_arguments} {where} --adversarial --vgg {vgg_file} {flags} --steps 4".split())
    assert published(tmp_path / "out", key)["set5_psnr_y"] > 20
    saved = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    assert saved["parts"]["adversary"]["steps"] == 3
    superres.main(f"{superres_arguments} {where} --adversarial --vgg {vgg_file} {flags} --steps 6".split())
    saved = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    assert saved["step"] == 6 and saved["parts"]["adversary"]["steps"] == 5


def test_superres_is_refined_by_features_from_degraded_inputs(
    tmp_path: Path, superres_arguments: str, vgg_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(degraded_pairs, "FIRST", 6)
    where = f"--run {tmp_path / 'run'} --weights {tmp_path / 'out'} --degrade --saved 1 --workers 0"
    superres.main(f"{superres_arguments} {where} --perceptual --vgg {vgg_file}".split())
    assert published(tmp_path / "out", "sr.photo-sharp-x4")["set5_psnr_y"] > 20


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ("--adversarial", "--vgg FILE"),
        ("--perceptual", "--vgg FILE"),
        ("--degrade --teacher {here}", "leave --teacher out"),
        ("--degrade --residual", "leave --residual out"),
        ("--small-photos {folder}", "add --teacher FILE"),
        ("--start-share 0.5", "add --start FILE"),
    ],
)
def test_superres_says_what_does_not_go_together(
    superres_arguments: str, tmp_path: Path, flags: str, said: str
) -> None:
    arguments = f"{superres_arguments} --run {tmp_path / 'run'} {flags.format(here=__file__, folder=tmp_path)}"
    with pytest.raises(BadInput, match=said):
        superres.main(arguments.split())


def renamed(name: str, parts: dict[str, str]) -> str:
    """A tensor's name with the parts replaced, longest first."""
    for part in sorted(parts, key=len, reverse=True):
        name = name.replace(part, parts[part])
    return name
