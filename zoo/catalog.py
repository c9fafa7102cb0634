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
from zoo.nets.edge_encoder import EdgeEncoder
from zoo.nets.residual_upscaler import ResidualUpscaler
from zoo.nets.rrdb_upscaler import RRDBUpscaler
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

    `bytes` is 0 where a bundled model has not been trained yet. `repo` and `revision` (40 hex digits) say where on the
    hub a file lies.
    """

    key: str
    title: str
    builder: Builder
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


_ENTRIES = (
    _bundled(
        "sr.fidelity-x4",
        lambda metadata: ResidualUpscaler(int(metadata["width"]), int(metadata["blocks"])),
        title="Four times larger, true to the small picture",
        licence=RESEARCH,
        paper="https://arxiv.org/abs/1707.02921",
        training_data="BSDS500 train and test, T91, photos of 1000 ImageNet classes",
        preprocessing="RGB 0..1",
    ),
    ModelEntry(
        key="sr.realesrgan-x4",
        title="Four times larger, inventing crisp detail (Real-ESRGAN x4plus)",
        builder=lambda metadata: RRDBUpscaler(),
        source="hub",
        repo="Comfy-Org/Real-ESRGAN_repackaged",
        filename="RealESRGAN_x4plus.safetensors",
        revision="5fd49b7b278836f48af63ecd314d0f98ab336105",
        bytes=66_857_836,
        sha256="37f9a931c215f040aa6d50f711f2cb115f713c46df1d0d6469a8bd7bfe9a60bb",
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
        lambda metadata: EdgeEncoder(int(metadata["dimension"])),
        title="A picture as a vector among nouns",
        licence=RESEARCH,
        paper="https://papers.nips.cc/paper/5204-devise-a-deep-visual-semantic-embedding-model",
        training_data="Imagenette, Imagewoof, mini-ImageNet, photos of 1000 ImageNet classes, Pascal VOC, house photos",
        preprocessing="RGB 0..1, short side 224 px",
    ),
)
CATALOG: Mapping[str, ModelEntry] = MappingProxyType({known.key: known for known in _ENTRIES})
