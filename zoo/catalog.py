"""Every model as one frozen entry: what it is for, where its weights lie and what is known about them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from torch import nn

from zoo.errors import UnknownModel
from zoo.nets.backbones import DEFAULT_BACKBONE, ImageNetClassifier
from zoo.nets.edsr import EDSR
from zoo.nets.picture_encoder import PictureEncoder
from zoo.nets.residual_upscaler import ResidualUpscaler
from zoo.nets.slim_features import SlimFeatures
from zoo.nets.style_network import StyleNetwork

WEIGHTS = Path(__file__).parent / "weights"
CARDS = Path(__file__).parent / "cards"
MANIFEST = WEIGHTS / "manifest.json"
RESEARCH = "research use"  # what the photos allow that the weights learnt from; the cards say which

Builder = Callable[[Mapping[str, str]], nn.Module]


@dataclass(frozen=True)
class ModelEntry:
    """One model; `builder` makes its network from the metadata of the weight file.

    There is no builder where the weights themselves say which network they are of (`zoo.third_party`). `bytes` is 0
    where a bundled model has not been trained yet, or where nobody says exactly how long a file of the hub is: its hash
    pins it. `repo` and `revision` (40 hex digits) say where on the hub a file lies.
    """

    key: str
    title: str
    builder: Builder | None
    source: Literal["bundled", "hub"]
    filename: str
    bytes: int
    sha256: str
    licence: str
    paper: str
    training_data: str
    preprocessing: str
    repo: str = ""
    revision: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)

    @property
    def task(self) -> str:
        return self.key.partition(".")[0]

    @property
    def card(self) -> Path:
        return CARDS / f"{self.key}.md"


def entry(key: str) -> ModelEntry:
    """The entry of a model key; raises UnknownModel with the nearest key."""
    if key in CATALOG:
        return CATALOG[key]
    near = get_close_matches(key, CATALOG, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(CATALOG)}"
    raise UnknownModel(f"no model {key[:80]!r}; {hint}")


def _bundled(key: str, builder: Builder, **facts: str) -> ModelEntry:
    """A model that this project trained: size, hash and metrics are what `publish` wrote into the manifest."""
    lines = json.loads(MANIFEST.read_text()) if MANIFEST.exists() else {}
    known = lines.get(key, {"bytes": 0, "sha256": "", "metrics": {}})
    return ModelEntry(
        key=key, builder=builder, source="bundled", filename=f"{key}.safetensors", bytes=known["bytes"],
        sha256=known["sha256"], metrics=MappingProxyType(known["metrics"]), **facts,
    )  # fmt: skip


def _upscaler(key: str, title: str, paper: str) -> ModelEntry:
    """One of the bundled super-resolution networks, which are of one shape so that their weights can be blended."""
    return _bundled(
        key,
        lambda metadata: ResidualUpscaler(int(metadata["width"]), int(metadata["blocks"])),
        title=title,
        licence=RESEARCH,
        paper=paper,
        training_data="BSDS500 train and test, T91, photos of 1000 ImageNet classes",
        preprocessing="RGB 0..1",
    )


_ENTRIES = (
    _upscaler("sr.fidelity-x4", "Four times larger, true to the small picture", "https://arxiv.org/abs/1707.02921"),
    _upscaler("sr.sharp-x4", "Four times larger, as sharp as it may have been", "https://arxiv.org/abs/1603.08155"),
    _upscaler("sr.photo-x4", "Four times larger, rid of JPEG blocks and noise", "https://arxiv.org/abs/1707.02921"),
    ModelEntry(
        key="sr.edsr-base-x4",
        title="Four times larger, true to the small picture (EDSR baseline)",
        builder=lambda metadata: EDSR(),
        source="hub",
        repo="eugenesiow/edsr-base",
        filename="pytorch_model_4x.pt",
        revision="d44aba7ce88abb2caae927dff98a40b749ba5a71",
        bytes=0,
        sha256="9302a679cf3e656a8aefd4ae7cfae4dd86ca60b2e1c50fbe9e06dde9767d32ad",
        licence="Apache-2.0",
        paper="https://arxiv.org/abs/1707.02921",
        training_data="DIV2K (by its author)",
        preprocessing="RGB 0..1",
    ),
    ModelEntry(
        key="sr.realesr-general-x4",
        title="Four times larger, small and quick, for JPEG and noise too (Real-ESRGAN general x4v3)",
        builder=None,
        source="hub",
        repo="clavidk/realesr-general-x4v3",
        filename="realesr-general-x4v3.pth",
        revision="6aecc46ba1fc8cfdfe8643f090782e2e62c044cd",
        bytes=4_885_111,
        sha256="8dc7edb9ac80ccdc30c3a5dca6616509367f05fbc184ad95b731f05bece96292",
        licence="BSD-3-Clause",
        paper="https://arxiv.org/abs/2107.10833",
        training_data="not stated by its authors for this model",
        preprocessing="RGB 0..1",
    ),
    ModelEntry(
        key="sr.realesrgan-x4",
        title="Four times larger, inventing crisp detail (Real-ESRGAN x4plus)",
        builder=None,
        source="hub",
        repo="lllyasviel/Annotators",
        filename="RealESRGAN_x4plus.pth",
        revision="982e7edaec38759d914a963c48c4726685de7d96",
        bytes=67_040_989,
        sha256="4fa0d38905f75ac06eb49a7951b426670021be3018265fd191d2125df9d682f1",
        licence="BSD-3-Clause",
        paper="https://arxiv.org/abs/2107.10833",
        training_data="DIV2K, Flickr2K, OutdoorSceneTraining (by its authors)",
        preprocessing="RGB 0..1",
    ),
    _bundled(
        "style.paintings",
        lambda metadata: StyleNetwork(metadata["styles"].split(",")),
        title="Repaint in the manner of a painting",
        licence=RESEARCH,
        paper="https://arxiv.org/abs/1610.07629",
        training_data="everyday photos (Pascal VOC), paintings in the public domain",
        preprocessing="RGB 0..1, sides multiples of 4",
    ),
    _bundled(
        "features.slim",
        lambda metadata: SlimFeatures(),
        title="Features that tell style from content, distilled from VGG-19",
        licence=RESEARCH,
        paper="https://arxiv.org/abs/2003.08436",
        training_data="everyday photos (Pascal VOC), paintings in the public domain; VGG-19 as the teacher",
        preprocessing="RGB 0..1",
    ),
    _bundled(
        "devise.nouns",
        lambda metadata: PictureEncoder(
            int(metadata["dimension"]),
            len(metadata["classes"].split(",")),
            backbone=metadata.get("backbone", DEFAULT_BACKBONE),
        ),
        title="A picture as a vector among nouns",
        licence=RESEARCH,
        paper="https://papers.nips.cc/paper/5204-devise-a-deep-visual-semantic-embedding-model",
        training_data="Imagenette, Imagewoof, mini-ImageNet, Tiny ImageNet, photos of 1000 ImageNet classes, "
        "Pascal VOC, house photos, BSDS500, Sun-Hays 80",
        preprocessing="RGB 0..1, short side 224 px",
    ),
    ModelEntry(
        key="backbone.resnet50",
        title="ResNet-50, an ImageNet network to train a picture encoder from",
        builder=lambda metadata: ImageNetClassifier("backbone.resnet50"),
        source="hub",
        repo="timm/resnet50.tv_in1k",
        filename="model.safetensors",
        revision="78f3ecfdb38e06d9b8397f662e7ab8fee96026fa",
        bytes=102_469_840,
        sha256="5d061a3c593d795bfe682d9b152bafbcf550579873492def3515b46db1189888",
        licence="BSD-3-Clause",
        paper="https://arxiv.org/abs/1512.03385",
        training_data="ImageNet-1k (by its authors)",
        preprocessing="RGB 0..1, short side 224 px",
    ),
)
CATALOG: Mapping[str, ModelEntry] = MappingProxyType({known.key: known for known in _ENTRIES})
