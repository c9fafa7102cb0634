"""The image model that commands look at pictures with; here, and only here, networks and words meet."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np

from embeddings.library.encoder import ImageEncoder
from embeddings.results import EncodedPicture
from zoo.command_line import add_precision
from zoo.errors import BadPicture

MODEL = "devise.nouns"


def add_model(made: ArgumentParser) -> None:
    """Add which model looks at pictures, and where it runs."""
    made.add_argument("--model", default=MODEL, metavar="KEY", help="default: %(default)s")
    made.add_argument("--device", default="cpu", help="default: %(default)s")
    add_precision(made)


def load(options: Namespace) -> ImageEncoder:
    """Load the image model that the command line names."""
    from zoo.encoder import encode  # torch takes seconds to import, and words need none
    from zoo.precision import use_precision

    use_precision(options.precision)
    key, device = options.model, options.device
    return ImageEncoder(
        model=encode.model_version(key),
        classes=encode.classes(key),
        words_sha256=encode.words_sha256(key),
        encode=lambda path: encode.encode([encode.open_reduced(path)], key=key, device=device)[0],
        encode_files=lambda sources: _seen(encode.encode_files(sources, key=key, device=device)),
        class_probabilities=lambda path: encode.class_probabilities(
            [encode.open_reduced(path)], key=key, device=device
        )[0],
        features=lambda path: encode.extract_features([encode.open_reduced(path)], key=key, device=device)[0],
        classify=lambda features: encode.classify(features, key=key),
    )


def worker_setup(options: Namespace) -> Callable[[], None] | None:
    """Give what each worker of an engine does first: compute in one precision, whatever it would find the faster."""
    if options.engine == "local":
        return None
    from zoo.encoder.encode import check_eight_bit, is_eight_bit
    from zoo.precision import precision_in_force, use_precision

    if is_eight_bit(options.model, options.device):
        return partial(check_eight_bit, options.model, options.device)
    return partial(use_precision, precision_in_force(options.device))


def _seen(encoded: Iterable[tuple[np.ndarray, int] | BadPicture]) -> Iterator[EncodedPicture | BadPicture]:
    return (found if isinstance(found, BadPicture) else EncodedPicture(*found) for found in encoded)
