from collections.abc import Iterable

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from zoo.errors import BadInput, IrisError
from zoo.images.tiles import FADE, SMALLEST, STRIDE, crop_to_core, expand, run_tiled, tile_grid

SIZES = [(1, 1), (5, 300), (64, 64), (65, 63), (97, 131), (200, 64), (17, 33)]


def whole(steps: Iterable[tuple[int, int, Tensor | None]]) -> Tensor:
    """All rows of a tiled job, one under the other."""
    return torch.cat([rows for _, _, rows in steps if rows is not None], dim=2)


def enlarged(image: Tensor, scale: int) -> Tensor:
    return image.repeat_interleave(scale, -1).repeat_interleave(scale, -2)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tile", [SMALLEST, 23, 32, 500])
def test_the_shares_of_all_tiles_sum_to_one_everywhere(size: tuple[int, int], tile: int) -> None:
    image = torch.rand(1, 3, *size)
    result = whole(run_tiled(lambda piece: enlarged(piece, 2), image, scale=2, tile=tile, margin=0))
    torch.testing.assert_close(result, enlarged(image, 2), atol=1e-6, rtol=0)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tile", [SMALLEST, 32, 41])
def test_tiled_equals_untiled_where_the_margin_covers_the_receptive_field(size: tuple[int, int], tile: int) -> None:
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(3, 8, 5, padding=2), nn.ReLU(), nn.Conv2d(8, 12, 3, padding=1), nn.PixelShuffle(2)
    )
    image = torch.rand(1, 3, *size)
    with torch.inference_mode():
        untiled = network(image)
    tiled = whole(run_tiled(network, image, scale=2, tile=tile, margin=3))
    torch.testing.assert_close(tiled, untiled, atol=1e-5, rtol=0)


@pytest.mark.parametrize("size", [(1, 1, 8, 300), (1, 1, 300, 8)])
def test_a_tile_seam_is_invisible(size: tuple[int, ...]) -> None:
    """Even a function that differs from tile to tile changes slowly across a seam."""
    levels = iter(range(100))
    result = whole(run_tiled(lambda piece: piece + next(levels) % 2, torch.zeros(size), scale=1, tile=64, margin=0))
    assert result.max() == 1 and result.min() == 0
    assert max(result.diff(dim=dim).abs().max() for dim in (2, 3) if size[dim] > 1) <= 1 / (2 * FADE) + 1e-6


def test_progress_counts_every_tile_and_rows_come_with_the_last_of_their_tiles() -> None:
    steps = list(run_tiled(lambda piece: piece, torch.rand(1, 3, 64, 96), scale=1, tile=32, margin=0))
    assert [step[0] for step in steps] == list(range(7)) and {step[1] for step in steps} == {6}
    assert [step[0] for step in steps if step[2] is not None] == [3, 6]


def test_no_more_than_a_row_of_tiles_is_ever_given_or_asked_for() -> None:
    asked = []

    def function(piece: Tensor) -> Tensor:
        asked.append(piece.shape[2:])
        return enlarged(piece, 4)

    for _, _, rows in run_tiled(function, torch.zeros(1, 1, 400, 90), scale=4, tile=40, margin=5):
        assert rows is None or rows.shape[2] <= 4 * (40 + FADE)
    assert max(max(size) for size in asked) <= 40 + 2 * (5 + FADE) + 2 * (STRIDE - 1)


@pytest.mark.parametrize("mirrored", [(), (2,), (3,), (2, 3)])
def test_what_lies_on_every_second_pixel_lies_there_in_every_tile(mirrored: tuple[int, ...]) -> None:
    def function(piece: Tensor) -> Tensor:
        height, width = piece.shape[2:]
        turned = piece.flip(mirrored)[..., ::STRIDE, ::STRIDE]
        return F.interpolate(turned, scale_factor=STRIDE)[..., :height, :width].flip(mirrored)

    image = torch.rand(1, 3, 75, 133)
    tiled = [rows for _, _, rows in run_tiled(function, image, scale=1, tile=21, margin=2) if rows is not None]
    assert torch.equal(torch.cat(tiled, 2), function(image))


def test_stopping_between_tiles_really_stops_the_work() -> None:
    worked = []
    steps = run_tiled(lambda piece: worked.append(1) or piece, torch.rand(1, 3, 64, 64), scale=1, tile=32, margin=0)
    next(steps), next(steps), steps.close()
    assert len(worked) == 1


def test_the_inference_mode_of_the_work_does_not_leak_into_the_caller() -> None:
    for _ in run_tiled(lambda piece: piece, torch.rand(1, 3, 40, 40), scale=1, tile=32, margin=4):
        assert not torch.is_inference_mode_enabled()


@pytest.mark.parametrize("tile", [SMALLEST - 1, 0, -5])
def test_tiles_too_small_to_be_blended_are_refused(tile: int) -> None:
    with pytest.raises(BadInput, match=f"choose {SMALLEST} or more"):
        next(run_tiled(lambda piece: piece, torch.rand(1, 3, 8, 8), scale=1, tile=tile, margin=0))


@pytest.mark.parametrize("size", [(4, 4), (64, 64), (68, 300), (96, 132)])
def test_parts_cover_every_pixel_once_and_are_no_larger_than_asked(size: tuple[int, int]) -> None:
    height, width = size
    covered = torch.zeros(height, width)
    for part in tile_grid(height, width, size=32, align=4):
        part.cut(covered).add_(1)
        assert max(part.height, part.width) <= 32
        assert all(edge % 4 == 0 for edge in (part.top, part.left, part.height, part.width))
    assert covered.min() == covered.max() == 1


def test_a_part_is_found_again_in_its_window_at_any_resolution() -> None:
    image = torch.arange(64 * 96).view(1, 1, 64, 96)
    for part in tile_grid(64, 96, size=32, align=4):
        window = expand(part, 12, 64, 96)
        assert 32 < max(window.height, window.width) <= 32 + 2 * 12
        for step in (1, 2, 4):
            small = window.cut(image)[..., ::step, ::step]
            assert torch.equal(crop_to_core(small, window, part), part.cut(image)[..., ::step, ::step])


@pytest.mark.parametrize("size", [(64, 96), (48, 48), (16, 200)])
@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_a_tile_that_does_not_fit_in_the_memory_is_halved_and_tried_again(
    size: tuple[int, int], error: Exception
) -> None:
    torch.manual_seed(0)
    network, seen = nn.Conv2d(3, 3, 3, padding=1), []

    def greedy(piece: Tensor) -> Tensor:
        seen.append(piece.shape[2] * piece.shape[3])
        if seen[-1] > 2500:
            raise error
        return network(piece)

    image = torch.rand(1, 3, *size)
    with torch.inference_mode():
        untiled = network(image)
    tiled = whole(run_tiled(greedy, image, scale=1, tile=64, margin=1))
    torch.testing.assert_close(tiled, untiled, atol=1e-5, rtol=0)
    assert max(seen) > 2500 or size[0] * size[1] <= 2500


def test_a_memory_that_holds_no_tile_at_all_is_told() -> None:
    def greedy(piece: Tensor) -> Tensor:
        raise MemoryError

    with pytest.raises(IrisError, match="the memory does not hold"):
        whole(run_tiled(greedy, torch.rand(1, 3, 64, 64), scale=1, tile=64, margin=1))


def test_a_narrow_image_is_cut_into_long_tiles() -> None:
    seen = []
    image = torch.rand(1, 1, 1, 100_000)
    steps = run_tiled(lambda piece: seen.append(piece.shape) or piece, image, scale=1, tile=192, margin=4)
    assert whole(steps).shape == (1, 1, 1, 100_000)
    assert len(seen) < 100 and max(shape[2] * shape[3] for shape in seen) <= 192**2


@settings(max_examples=100)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 12), st.sampled_from([1, 2, 4]))
def test_a_grid_covers_every_pixel_once_in_aligned_tiles_of_about_one_size(
    tall: int, wide: int, size: int, align: int
) -> None:
    height, width = tall * align, wide * align
    tiles = tile_grid(height, width, size=size * align, align=align)
    covered = torch.zeros(1, 1, height, width)
    for tile in tiles:
        tile.cut(covered).add_(1)
        assert 0 < tile.height <= size * align
        assert 0 < tile.width <= size * align
        assert tile.top % align == tile.left % align == 0
    assert covered.min() == covered.max() == 1
    for sides in ({tile.height for tile in tiles}, {tile.width for tile in tiles}):
        assert max(sides) - min(sides) <= align


@settings(max_examples=100)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 12), st.integers(0, 20))
def test_a_window_holds_its_tile_and_a_margin_as_far_as_the_image_goes(
    height: int, width: int, size: int, margin: int
) -> None:
    image = torch.arange(height * width).view(1, 1, height, width)
    for tile in tile_grid(height, width, size=size):
        window = expand(tile, margin, height, width)
        assert window.top == max(0, tile.top - margin)
        assert window.left + window.width == min(width, tile.left + tile.width + margin)
        assert torch.equal(crop_to_core(window.cut(image), window, tile), tile.cut(image))
