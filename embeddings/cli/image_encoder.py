"""The image model that commands look at pictures with."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np

from embeddings.evaluation.timing_photos import Trial
from embeddings.library.encoder import Sight
from embeddings.results import Seen
from zoo.command_line import add_precision
from zoo.errors import BadPicture
from zoo.files import pictures_in

MODEL = "devise.nouns"


def add_model(made: ArgumentParser) -> None:
    """Add which model looks at pictures, and where it runs."""
    made.add_argument("--model", default=MODEL, metavar="KEY", help="default: %(default)s")
    made.add_argument("--device", default="cpu", help="default: %(default)s")
    add_precision(made)
    made.set_defaults(sight=sight)


def sight(options: Namespace) -> Sight:
    """The image model of the command line; here, and only here, networks and words meet."""
    from zoo.encoder import encode  # torch takes seconds to import, and words need none
    from zoo.precision import use_precision

    use_precision(options.precision)
    key = options.model
    return Sight(
        model=encode.model_version(key),
        encode=lambda path: encode.encode([encode.open_reduced(path)], key=key, device=options.device)[0],
        look=lambda sources: _seen(encode.encode_files(sources, key=key, device=options.device)),
        pictures_in=pictures_in,
        shares=lambda path: encode.class_probabilities([encode.open_reduced(path)], key=key, device=options.device)[0],
        features=lambda path: encode.extract_features([encode.open_reduced(path)], key=key, device=options.device)[0],
        classify=lambda features: encode.classify(features, key=key),
        classes=encode.classes(key),
        words_sha256=encode.words_sha256(key),
        unreadable=(BadPicture,),
    )


def worker_setup(options: Namespace) -> Callable[[], None] | None:
    """What each worker of an engine does first: all compute in one precision, whatever each would find the faster."""
    if options.engine == "local":
        return None
    from zoo.precision import precision_in_force, use_precision

    return partial(use_precision, precision_in_force(options.device))


def trial(options: Namespace) -> Trial:
    """What bench times of the image model, and open_clip beside it where that is installed."""
    from zoo.encoder import encode
    from zoo.evaluation.open_clip_baseline import open_clip_embedder
    from zoo.evaluation.sample_photos import make_sample_photos

    seen = sight(options)
    return Trial(
        model=seen.model,
        classes=seen.classes,
        look=seen.look,
        make_photos=make_sample_photos,
        open=encode.open_reduced,
        shares=lambda picture: encode.class_probabilities([picture], key=options.model, device=options.device)[0],
        rival=open_clip_embedder(options.device),
    )


def _seen(looked: Iterable[tuple[np.ndarray, int] | BadPicture]) -> Iterator[Seen | BadPicture]:
    return (found if isinstance(found, BadPicture) else Seen(*found) for found in looked)
