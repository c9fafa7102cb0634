from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from zoo.errors import BadInput
from zoo.tiles import grown, inner, parts, run_tiled, tiles

SIZES = [(1, 1), (5, 300), (64, 64), (65, 63), (97, 131), (200, 64)]


def last(steps: object) -> Tensor:
    *_, (done, total, result) = steps
    assert done == total
    return result


def enlarged(image: Tensor, scale: int) -> Tensor:
    return image.repeat_interleave(scale, -1).repeat_interleave(scale, -2)


@pytest.mark.parametrize("size", SIZES)
def test_tiles_cover_the_image_and_stay_inside(size: tuple[int, int]) -> None:
    height, width = size
    covered = torch.zeros(height, width)
    for tile in tiles(height, width, tile=32, overlap=9):
        assert tile.height == min(32, height) and tile.width == min(32, width)
        covered[tile.top : tile.top + tile.height, tile.left : tile.left + tile.width] += 1
        assert tile.top >= 0 and tile.top + tile.height <= height and tile.left + tile.width <= width
    assert covered.min() >= 1


def test_neighbouring_tiles_overlap_by_what_was_asked() -> None:
    for length in range(33, 200):
        starts = [tile.left for tile in tiles(1, length, tile=32, overlap=9)]
        gaps = [after - before for before, after in pairwise(starts)]
        assert all(0 < gap <= 32 - 9 for gap in gaps) and starts[-1] == length - 32


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("overlap", [0, 1, 8, 16, 25])
def test_the_shares_of_all_tiles_sum_to_one_everywhere(size: tuple[int, int], overlap: int) -> None:
    image = torch.rand(1, 3, *size)
    result = last(run_tiled(lambda piece: enlarged(piece, 2), image, scale=2, tile=32, overlap=overlap))
    torch.testing.assert_close(result, enlarged(image, 2), atol=1e-6, rtol=0)


@pytest.mark.parametrize("size", SIZES)
def test_tiled_equals_untiled_where_the_overlap_covers_the_receptive_field(size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(3, 8, 5, padding=2), nn.ReLU(), nn.Conv2d(8, 12, 3, padding=1), nn.PixelShuffle(2)
    )
    image = torch.rand(1, 3, *size)
    with torch.inference_mode():
        whole = network(image)
    tiled = last(run_tiled(network, image, scale=2, tile=32, overlap=9))  # a radius of 3 pixels, a third of 9
    torch.testing.assert_close(tiled, whole, atol=1e-5, rtol=0)


def test_a_tile_seam_is_invisible() -> None:
    """Even a function that differs from tile to tile changes slowly across a seam."""
    levels = iter(range(100))
    image = torch.zeros(1, 1, 8, 300)
    result = last(run_tiled(lambda piece: piece + next(levels) % 2, image, scale=1, tile=64, overlap=30))
    assert result.max() == 1 and result.min() == 0
    assert result.diff(dim=-1).abs().max() <= 0.11


def test_progress_counts_every_tile_and_the_result_comes_once() -> None:
    steps = list(run_tiled(lambda piece: piece, torch.rand(1, 3, 64, 96), scale=1, tile=32, overlap=0))
    assert [step[0] for step in steps] == list(range(7)) and {step[1] for step in steps} == {6}
    assert all(step[2] is None for step in steps[:-1]) and steps[-1][2] is not None


def test_stopping_between_tiles_really_stops_the_work() -> None:
    worked = []
    steps = run_tiled(lambda piece: worked.append(1) or piece, torch.rand(1, 3, 64, 64), scale=1, tile=32, overlap=0)
    next(steps), next(steps), steps.close()
    assert len(worked) == 1


def test_the_inference_mode_of_the_work_does_not_leak_into_the_caller() -> None:
    for _ in run_tiled(lambda piece: piece, torch.rand(1, 3, 40, 40), scale=1, tile=32, overlap=4):
        assert not torch.is_inference_mode_enabled()


@pytest.mark.parametrize(("tile", "overlap"), [(16, 16), (0, 0), (-5, 0), (8, -1)])
def test_tiles_smaller_than_their_overlap_are_refused(tile: int, overlap: int) -> None:
    with pytest.raises(BadInput, match="choose a tile above"):
        tiles(10, 10, tile=tile, overlap=overlap)


@pytest.mark.parametrize("size", [(4, 4), (64, 64), (68, 300), (96, 132)])
def test_parts_cover_every_pixel_once_and_are_no_larger_than_asked(size: tuple[int, int]) -> None:
    height, width = size
    covered = torch.zeros(height, width)
    for part in parts(height, width, size=32, align=4):
        part.cut(covered).add_(1)
        assert max(part.height, part.width) <= 32
        assert all(edge % 4 == 0 for edge in (part.top, part.left, part.height, part.width))
    assert covered.min() == covered.max() == 1


def test_a_part_is_found_again_in_its_window_at_any_resolution() -> None:
    image = torch.arange(64 * 96).view(1, 1, 64, 96)
    for part in parts(64, 96, size=32, align=4):
        window = grown(part, 12, 64, 96)
        assert 32 < max(window.height, window.width) <= 32 + 2 * 12
        for step in (1, 2, 4):
            small = window.cut(image)[..., ::step, ::step]
            assert torch.equal(inner(small, window, part), part.cut(image)[..., ::step, ::step])
