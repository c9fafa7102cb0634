"""Perceptual losses have the invariances they are used for."""

import torch

from zoo.nets.perceptual import gram_matrix, relative_error, total_variation


def test_a_gram_matrix_forgets_where_things_are() -> None:
    features = torch.rand(1, 5, 4, 6)
    shuffled = features.flatten(2)[:, :, torch.randperm(24)].view_as(features)
    assert torch.allclose(gram_matrix(features), gram_matrix(shuffled), atol=1e-6)


def test_a_gram_matrix_does_not_grow_with_the_picture() -> None:
    features = torch.rand(1, 5, 4, 6)
    assert torch.allclose(gram_matrix(features.repeat(1, 1, 3, 2)), gram_matrix(features), atol=1e-6)


def test_relative_error_does_not_depend_on_scale() -> None:
    value, target = torch.rand(2, 3, 3), torch.rand(2, 3, 3)
    assert torch.allclose(relative_error(1000 * value, 1000 * target), relative_error(value, target))


def test_a_flat_image_has_no_variation() -> None:
    assert total_variation(torch.full((1, 3, 5, 5), 0.3)).item() == 0


def test_a_checkerboard_has_the_most_variation() -> None:
    board = (torch.arange(6)[:, None] + torch.arange(6)) % 2
    assert total_variation(board.float()[None, None]).item() == 2
