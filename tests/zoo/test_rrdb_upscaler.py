import torch

from zoo.nets.rrdb_upscaler import RRDBUpscaler


def test_the_output_is_four_times_the_input() -> None:
    network = RRDBUpscaler(width=4, blocks=2, growth=2)
    with torch.inference_mode():
        assert network(torch.rand(2, 3, 5, 7)).shape == (2, 3, 20, 28)


def test_with_silent_convolutions_the_trunk_passes_the_picture_on() -> None:
    """Every residual adds to its input, so blocks whose last convolutions give nothing change nothing."""
    network, image = RRDBUpscaler(width=4, blocks=3, growth=2), torch.rand(1, 4, 6, 6)
    for name, weight in network.body.named_parameters():
        if "conv5" in name:
            torch.nn.init.zeros_(weight)
    with torch.inference_mode():
        scaled = image
        for _ in range(3):
            scaled = scaled + 0.2 * scaled
        torch.testing.assert_close(network.body(image), scaled)
