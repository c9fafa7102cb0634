"""Every model and every table of word vectors, as entries by key."""

import json
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from zoo.errors import UnknownModel
from zoo.model_entry import ModelEntry, WordVectors

WEIGHTS = Path(__file__).parent / "weights"
MANIFEST = WEIGHTS / "manifest.json"
SR_PHOTOS = "BSDS500 train and test, CLIC, CID22, Sun-Hays 80, photos of 1000 ImageNet classes"
RESEARCH = "research use"  # what the photos allow that the weights learnt from; the cards say which
EDSR, PERCEPTUAL = "https://arxiv.org/abs/1707.02921", "https://arxiv.org/abs/1603.08155"
REAL_ESRGAN, RLFN = "https://arxiv.org/abs/2107.10833", "https://arxiv.org/abs/2205.07514"
WORDS_PREPROCESSING = "words in lower case, phrases joined by _"
GLOVE, WORD2VEC = "https://nlp.stanford.edu/pubs/glove.pdf", "https://arxiv.org/abs/1310.4546"


def entry(key: str) -> ModelEntry:
    """Give the entry of a key; raises UnknownModel with the nearest key."""
    if key in CATALOG:
        return CATALOG[key]
    raise _unknown("model", key, list(CATALOG))


def word_vectors(key: str) -> WordVectors:
    """Give the entry of word vectors; raises UnknownModel with the nearest key."""
    known = CATALOG.get(key)
    if isinstance(known, WordVectors):
        return known
    raise _unknown("word vectors", key, vector_keys())


def vector_keys() -> list[str]:
    """List the keys of all word vectors."""
    return [key for key, known in CATALOG.items() if isinstance(known, WordVectors)]


def _unknown(kind: str, key: str, keys: list[str]) -> UnknownModel:
    near = get_close_matches(key, keys, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(keys)}"
    return UnknownModel(f"no {kind} {key[:80]!r}; {hint}")


def _bundled(key: str, network: str, **facts: str) -> ModelEntry:
    """Make the entry of a model trained here: size, hash and metrics are what `publish` wrote into the manifest."""
    lines = json.loads(MANIFEST.read_text()) if MANIFEST.exists() else {}
    known = lines.get(key, {"bytes": 0, "sha256": "", "metrics": {}})
    return ModelEntry(
        key=key, network=network, source="bundled", filename=f"{key}.safetensors", bytes=known["bytes"],
        sha256=known["sha256"], metrics=MappingProxyType(known["metrics"]), **facts,
    )  # fmt: skip


def _upscaler(
    key: str,
    title: str,
    paper: str,
    *,
    network: str = "ResidualUpscaler",
    training_data: str = SR_PHOTOS,
    **variants: str,
) -> ModelEntry:
    """Make the entry of a bundled super-resolution network; residual ones have one shape, for interpolation."""
    return _bundled(
        key,
        network,
        title=title,
        licence=RESEARCH,
        paper=paper,
        training_data=training_data,
        preprocessing="RGB 0..1",
        **variants,
    )


def _glove(dimension: int, revision: str = "main", sha256: str = "", matrix_sha256: str = "") -> WordVectors:
    """GloVe of a dimension, as the collection "fse" on the hub publishes what gensim downloads."""
    return WordVectors(
        key=f"words.glove-{dimension}",
        title=f"GloVe: 400,000 words as vectors of {dimension} numbers",
        repo=f"fse/glove-wiki-gigaword-{dimension}",
        filename=f"glove-wiki-gigaword-{dimension}.model",
        revision=revision,
        sha256=sha256,
        matrix_sha256=matrix_sha256,
        dimension=dimension,
        count=400_000,
        licence="PDDL 1.0",
        paper=GLOVE,
        training_data="Wikipedia 2014 and Gigaword 5, 6 G tokens",
        preprocessing=WORDS_PREPROCESSING,
    )


_ENTRIES = (
    _upscaler(
        "sr.fidelity-x4",
        "Four times larger, true to the small picture",
        RLFN,
        network="LocalFeatureUpscaler",
        training_data=f"{SR_PHOTOS}, small pictures of DIV2K; before that, the photos of RLFN's authors",
        sharper="sr.sharp-x4",
        interpolated="sr.clean-x4",
    ),
    _upscaler("sr.clean-x4", "Four times larger, where the way from true to sharp begins", EDSR),
    _upscaler("sr.sharp-x4", "Four times larger, as sharp as it may have been", PERCEPTUAL, sharper="sr.crisp-x4"),
    _upscaler("sr.crisp-x4", "Four times larger, crisper than it was", PERCEPTUAL),
    _upscaler("sr.photo-x4", "Four times larger, rid of JPEG blocks and noise", EDSR, sharper="sr.photo-sharp-x4"),
    _upscaler(
        "sr.photo-sharp-x4",
        "Four times larger, rid of blocks and noise, with crisp detail",
        REAL_ESRGAN,
        sharper="sr.photo-crisp-x4",
    ),
    _upscaler("sr.photo-crisp-x4", "Four times larger, rid of blocks and noise, crisper than it was", REAL_ESRGAN),
    ModelEntry(
        key="sr.edsr-base-x4",
        title="Four times larger, true to the small picture (EDSR baseline)",
        network="EDSR",
        repo="eugenesiow/edsr-base",
        filename="pytorch_model_4x.pt",
        revision="d44aba7ce88abb2caae927dff98a40b749ba5a71",
        sha256="9302a679cf3e656a8aefd4ae7cfae4dd86ca60b2e1c50fbe9e06dde9767d32ad",
        licence="Apache-2.0",
        paper=EDSR,
        training_data="DIV2K (by its author)",
        preprocessing="RGB 0..1",
    ),
    ModelEntry(
        key="sr.realesr-general-x4",
        title="Four times larger, small and quick, for JPEG and noise too (Real-ESRGAN general x4v3)",
        repo="clavidk/realesr-general-x4v3",
        filename="realesr-general-x4v3.pth",
        revision="6aecc46ba1fc8cfdfe8643f090782e2e62c044cd",
        bytes=4_885_111,
        sha256="8dc7edb9ac80ccdc30c3a5dca6616509367f05fbc184ad95b731f05bece96292",
        licence="BSD-3-Clause",
        paper=REAL_ESRGAN,
        training_data="not stated by its authors for this model",
        preprocessing="RGB 0..1",
    ),
    ModelEntry(
        key="sr.realesrgan-x4",
        title="Four times larger, inventing crisp detail (Real-ESRGAN x4plus)",
        repo="lllyasviel/Annotators",
        filename="RealESRGAN_x4plus.pth",
        revision="982e7edaec38759d914a963c48c4726685de7d96",
        bytes=67_040_989,
        sha256="4fa0d38905f75ac06eb49a7951b426670021be3018265fd191d2125df9d682f1",
        licence="BSD-3-Clause",
        paper=REAL_ESRGAN,
        training_data="DIV2K, Flickr2K, OutdoorSceneTraining (by its authors)",
        preprocessing="RGB 0..1",
    ),
    _bundled(
        "style.paintings",
        "PaintingsNetwork",
        title="Repaint in the manner of a painting",
        licence=RESEARCH,
        paper="https://arxiv.org/abs/1610.07629",
        training_data="everyday photos (Pascal VOC, photos of 1000 ImageNet classes, houses, BSDS500), "
        "twenty paintings in the public domain; VGG-19 as the judge",
        preprocessing="RGB 0..1, sides multiples of 4",
    ),
    _bundled(
        "style.any-artwork",
        "ArtworkNetwork",
        title="Repaint in the manner of any artwork, in one pass",
        licence=RESEARCH,
        paper="https://arxiv.org/abs/1705.06830",
        training_data="everyday photos (Pascal VOC, photos of 1000 ImageNet classes, houses, BSDS500), 5,000 paintings "
        "of WikiArt, the Art Institute of Chicago's, others in the public domain, textures; VGG-19 as the judge",
        preprocessing="RGB 0..1, sides multiples of 4; the artwork at 512 px",
    ),
    _bundled(
        "features.slim",
        "SlimFeatures",
        title="Features that tell style from content, distilled from VGG-19",
        licence=RESEARCH,
        paper="https://arxiv.org/abs/1505.06798",
        training_data="everyday photos, paintings and textures as of style.any-artwork, pictures "
        "optimised towards them; VGG-19 as the teacher",
        preprocessing="RGB 0..1",
    ),
    _bundled(
        "devise.nouns",
        "PictureEncoder",
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
        network="ResNet50",
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

# Nothing of the following could be fetched while this was written. The revision of google-news and of glove-100, the
# hashes of glove-100 and of glove-300 are those that public projects state which use these files.
_VECTORS = (
    WordVectors(
        repo="fse/word2vec-google-news-300",
        filename="word2vec-google-news-300.model",
        preprocessing=WORDS_PREPROCESSING,
        key="words.google-news-300",
        title="word2vec: 3,000,000 words and phrases as vectors of 300 numbers",
        dimension=300,
        count=3_000_000,
        licence="Apache-2.0",
        paper=WORD2VEC,
        training_data="Google News, about 100 G tokens",
        revision="528f381952a0b7d777bb4a611c4a43f588d48994",
    ),
    _glove(50),
    _glove(
        100,
        revision="3282d5e7c5e979c2411ba9703d63a46243a2047e",
        sha256="e21d1bd8eb25e315b64308187a44f813d6b59bbfbe9633ad6cd504753c20d791",
        matrix_sha256="58620c9e3f3f70214133cdc5899b9553443198a27d320c34a1b39341e1908c67",
    ),
    _glove(200),
    _glove(
        300,
        sha256="05e50b69f0722ca06b91edba82e043b0e35e1af81c6d94a2e6d90c4d674f2c9c",
        matrix_sha256="20dfb1f44719e2d934bfee5d39a6ffb4f248bae2a00a0d59f953ab7d0a39c879",
    ),
)
CATALOG: Mapping[str, ModelEntry] = MappingProxyType({known.key: known for known in (*_ENTRIES, *_VECTORS)})
