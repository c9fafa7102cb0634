"""Perceptual losses have the invariances they are used for."""

import torch

from zoo.nets.perceptual import Texture, region_textures, relative_error, texture, texture_error, total_variation


def close(one: Texture, other: Texture) -> bool:
    return all(torch.allclose(a, b, atol=1e-6) for a, b in zip(one, other, strict=True))


def test_a_texture_forgets_where_things_are() -> None:
    features = torch.rand(1, 5, 4, 6)
    shuffled = features.flatten(2)[:, :, torch.randperm(24)].view_as(features)
    assert close(texture(features), texture(shuffled))


def test_a_texture_does_not_grow_with_the_picture() -> None:
    features = torch.rand(1, 5, 4, 6)
    assert close(texture(features.repeat(1, 1, 3, 2)), texture(features))


def test_mean_and_covariance_make_the_gram_matrix() -> None:
    features = torch.rand(1, 5, 4, 6)
    flat = features.flatten(2)
    mean, covariance = texture(features)
    assert torch.allclose(covariance + mean[:, :, None] * mean[:, None], flat @ flat.mT / 24, atol=1e-6)


def test_a_region_has_the_texture_that_it_would_have_alone() -> None:
    features = torch.rand(1, 5, 4, 6)
    left, all_of_it = torch.zeros(4, 6), torch.ones(4, 6)
    left[:, :2] = 0.5  # how much a mask has of it everywhere makes no difference
    found = region_textures(features, torch.stack([left, all_of_it]))
    assert close(Texture(*(part[:1] for part in found)), texture(features[..., :2]))
    assert close(Texture(*(part[1:] for part in found)), texture(features))


def test_a_texture_is_no_error_to_itself_and_one_to_a_flat_grey() -> None:
    found = texture(torch.rand(2, 5, 4, 6))
    assert torch.allclose(texture_error(found, found), torch.zeros(2))
    nothing = texture(torch.zeros(2, 5, 4, 6))
    assert torch.allclose(texture_error(nothing, found), torch.full((2,), 2.0))


def test_relative_error_does_not_depend_on_scale() -> None:
    value, target = torch.rand(2, 3, 3), torch.rand(2, 3, 3)
    assert torch.allclose(relative_error(1000 * value, 1000 * target), relative_error(value, target))


def test_a_flat_image_has_no_variation() -> None:
    assert total_variation(torch.full((1, 3, 5, 5), 0.3)).item() == 0


def test_a_checkerboard_has_the_most_variation() -> None:
    board = (torch.arange(6)[:, None] + torch.arange(6)) % 2
    assert total_variation(board.float()[None, None]).item() == 2
