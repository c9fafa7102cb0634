"""Weight files of others: what is recognised, what it then does, and what is refused."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import safetensors.torch
import torch
from safetensors.torch import save_file
from spandrel.architectures.DnCNN import DnCNN
from spandrel.architectures.SAFMN import SAFMN
from spandrel.architectures.SwinIR import SwinIR
from torch import nn
from weight_files import Trap, compact, esrgan, pickled, published

from zoo import weight_files as reading
from zoo.catalog import WEIGHTS
from zoo.errors import BadInput, IrisError, Refused
from zoo.loading import load, load_file
from zoo.third_party import ThirdPartyUpscaler

IMAGE = torch.rand(2, 3, 9, 7, generator=torch.Generator().manual_seed(0))


def written(folder: Path, data: bytes, name: str = "some.pth") -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def refused(path: Path, error: type[IrisError]) -> str:
    with pytest.raises(error) as refusal:
        load_file(path)
    sentence = str(refusal.value)
    assert path.name in sentence and "\n" not in sentence and len(sentence) < 250
    return sentence


@pytest.mark.parametrize("source", [compact(), esrgan()], ids=["realesr-general", "realesrgan"])
def test_a_published_file_gives_what_its_network_gives(source: nn.Module, tmp_path: Path) -> None:
    network = load_file(written(tmp_path, pickled(published(source))))
    assert isinstance(network, nn.Module)
    with torch.inference_mode():
        large = network(IMAGE)
        torch.testing.assert_close(large, source.eval()(IMAGE).clamp(0, 1))
    assert large.shape == (2, 3, 36, 28)
    assert isinstance(network.receptive_field, int) and network.receptive_field >= 10
    assert not network.training and not any(weight.requires_grad for weight in network.parameters())
    assert sum(weight.numel() for weight in network.parameters()) == sum(w.numel() for w in source.parameters())


def test_safetensors_are_read_as_well_and_half_precision_is_made_whole(tmp_path: Path) -> None:
    source = compact()
    save_file({name: tensor.half() for name, tensor in source.state_dict().items()}, tmp_path / "half.safetensors")
    network = load_file(tmp_path / "half.safetensors")
    assert isinstance(network, nn.Module)
    assert {weight.dtype for weight in network.parameters()} == {torch.float32}
    torch.testing.assert_close(network(IMAGE), source(IMAGE).clamp(0, 1), atol=1e-3, rtol=0)


def test_a_network_that_wants_multiples_takes_any_size(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = load_file(written(tmp_path, pickled(SAFMN(dim=8, n_blocks=1, upscaling_factor=4).state_dict())))
    for height, width in ((1, 1), (8, 16), (9, 7)):
        large = network(torch.rand(1, 3, height, width))
        assert large.shape == (1, 3, 4 * height, 4 * width) and 0 <= large.min() <= large.max() <= 1


def test_a_grey_network_gets_each_colour_by_itself(tmp_path: Path) -> None:
    source = compact(num_in_ch=1, num_out_ch=1)
    large = load_file(written(tmp_path, pickled(published(source))))(IMAGE)
    for colour in range(3):
        torch.testing.assert_close(large[:, colour], source(IMAGE[:, colour, None]).clamp(0, 1)[:, 0])


def test_what_lies_beyond_its_reach_hardly_counts(tmp_path: Path) -> None:
    network = load_file(written(tmp_path, pickled(published(compact(num_conv=32)))))
    image = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    part = network(image[..., 32 - network.receptive_field :])[..., 4 * network.receptive_field :]
    assert (network(image)[..., 4 * 32 :] - part).abs().max() < 1 / 255


@pytest.mark.filterwarnings("ignore:torch.meshgrid")  # of SwinIR
def test_spandrels_advice_on_tiles_is_kept(tmp_path: Path) -> None:
    networks = [
        load_file(written(tmp_path, pickled(table))) for table in (small_swinir().state_dict(), published(compact()))
    ]
    assert [isinstance(one, ThirdPartyUpscaler) and one.wants_whole for one in networks] == [True, False]


def small_swinir() -> nn.Module:
    torch.manual_seed(0)
    return SwinIR(
        depths=[1], num_heads=[1], embed_dim=6, window_size=4, mlp_ratio=2, upsampler="pixelshuffledirect", upscale=4
    )


@pytest.mark.parametrize("key", ["sr.fidelity-x4", "sr.clean-x4"])
def test_this_projects_own_files_are_known_by_path_also_without_their_metadata(key: str, tmp_path: Path) -> None:
    save_file(safetensors.torch.load_file(WEIGHTS / f"{key}.safetensors"), tmp_path / "bare.safetensors")
    expected = load(key)(IMAGE)
    for file in (WEIGHTS / f"{key}.safetensors", tmp_path / "bare.safetensors"):
        assert torch.equal(load_file(file)(IMAGE), expected)


@pytest.mark.parametrize("write", [pickled, lambda table: pickle.dumps(table, protocol=2)], ids=["zip", "bare"])
def test_a_pickle_with_code_is_refused_and_does_not_run(write: Callable[[object], bytes], tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    table = {"params": {**compact().state_dict(), "trap": Trap(trap)}}
    said = refused(written(tmp_path, write(table)), Refused)
    assert "it asks for" in said and "code" in said and not trap.exists()


def test_a_whole_network_pickled_is_refused_because_it_is_code(tmp_path: Path) -> None:
    assert "Compact" in refused(written(tmp_path, pickled(compact())), Refused)


@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
def test_a_file_cut_short_or_of_text_is_refused(ending: str, tmp_path: Path) -> None:
    save_file(compact().state_dict(), tmp_path / "whole.safetensors")
    whole = {".pth": pickled(published(compact())), ".safetensors": (tmp_path / "whole.safetensors").read_bytes()}
    for data in (whole[ending][: len(whole[ending]) // 2], b"Dear reader,\nthese are no weights.\n", b""):
        assert "cut short or something else" in refused(written(tmp_path, data, f"bad{ending}"), Refused)


@pytest.mark.parametrize(
    ("saved", "error", "reason"),
    [
        (published(compact(upscale=2)), BadInput, "enlarges 2 times; give one that enlarges 4"),
        (published(esrgan(out_nc=1)), BadInput, "from 3 to 1 channels"),
        (DnCNN(nc=8, nb=4).state_dict(), BadInput, "not for enlarging"),
        ({"weight": torch.zeros(2, 2)}, BadInput, "no network that spandrel knows"),
        ({"body.0.weight": torch.zeros(4, 3, 3, 3), "body.1.weight": torch.zeros(4)}, Refused, "looks like"),
        ([torch.zeros(2)], Refused, "no weights by name"),
        ({"params": {"x": torch.tensor([1.0, float("nan")])}}, Refused, "no numbers"),
        (
            {"body.0.first.weight": torch.zeros(8, 8, 3, 3), "head.weight": torch.zeros(4, 3, 3, 3)},
            Refused,
            "looks like",
        ),
        ({"params": {"x": torch.zeros(1).expand(10**9)}}, Refused, "larger than what it holds"),
    ],
    ids=[
        "twice",
        "colour to grey",
        "restoration",
        "unknown",
        "incomplete",
        "list",
        "not a number",
        "other shapes",
        "one number repeated",
    ],
)
def test_what_is_no_fourfold_network_for_colour_is_said_so(
    saved: object, error: type[IrisError], reason: str, tmp_path: Path
) -> None:
    assert reason in refused(written(tmp_path, pickled(saved)), error)


def test_a_file_that_cannot_be_one_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "check the name" in refused(tmp_path / "none.pth", BadInput)
    assert ".safetensors" in refused(written(tmp_path, b"x", "model.ckpt"), BadInput)
    monkeypatch.setattr(reading, "MAX_BYTES", 2**20)
    assert "1 MB" in refused(written(tmp_path, bytes(2**20 + 1)), BadInput)


def test_a_device_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot use device 'nonsense'"):
        load_file(written(tmp_path, pickled(published(compact()))), "nonsense")
