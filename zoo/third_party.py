"""Super-resolution networks of others, recognised by spandrel from their weights alone.

Of spandrel only the recognition of architectures is used: its own reader takes TorchScript, which is code.
"""

from typing import TYPE_CHECKING

from torch import Tensor, nn

from zoo.errors import BadInput
from zoo.nets.residual_upscaler import SCALE
from zoo.weight_files import WeightFile

if TYPE_CHECKING:
    from spandrel import ImageModelDescriptor

# A third more than the 10 px by which Real-ESRGAN's authors pad their tiles, and two 8 px windows of the attention
# networks. Deep networks depend on more (each 3x3 convolution adds a pixel), but hardly: their blocks are residual.
MARGIN = 16


class ThirdPartyUpscaler(nn.Module):
    """A network of others: image tensors (N, 3, H, W) in 0..1 to (N, 3, 4H, 4W), clamped, of any size.

    What the network wants of a size is met by padding; one for grey pictures gets each colour by itself.
    `receptive_field` is how many input pixels to each side tiles need to share; `wants_whole` is spandrel's advice to
    cut no tiles where the memory allows, because the network goes by the whole picture.
    """

    receptive_field = MARGIN

    def __init__(self, described: "ImageModelDescriptor") -> None:
        super().__init__()
        self.network = described.model
        self.metadata = {"architecture": described.architecture.name}
        self.wants_whole = described.tiling.name != "SUPPORTED"
        self._described = described  # no module: it runs the network above, with padding

    def forward(self, x: Tensor) -> Tensor:
        if self._described.input_channels == 3:
            return self._described(x)
        large = self._described(x.flatten(0, 1)[:, None])  # (3N, 1, 4H, 4W)
        return large.unflatten(0, (-1, 3)).squeeze(2)


def recognise(file: WeightFile) -> ThirdPartyUpscaler:
    """Build the network that a weight file is of and fill it; raises BadInput where it does not enlarge four times."""
    from spandrel import MAIN_REGISTRY, ImageModelDescriptor, UnsupportedModelError  # takes seconds to import

    try:
        described = MAIN_REGISTRY.load(dict(file.tensors))
    except UnsupportedModelError:
        raise BadInput(f"{file.name} holds no network that spandrel knows; see https://chainner.app/spandrel") from None
    seen = f"{file.name} is {described.architecture.name}"
    channels = described.input_channels, described.output_channels
    if described.purpose != "SR" or not isinstance(described, ImageModelDescriptor):
        raise BadInput(f"{seen} for {described.purpose}, not for enlarging; give a super-resolution network")
    if described.scale != SCALE:
        raise BadInput(f"{seen} and enlarges {described.scale} times; give one that enlarges {SCALE} times")
    if channels not in ((3, 3), (1, 1)):
        raise BadInput(f"{seen} from {channels[0]} to {channels[1]} channels; give one from RGB to RGB")
    return ThirdPartyUpscaler(described)
