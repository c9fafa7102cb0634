"""The command line of words and search: ``python -m embeddings --help``."""

import argparse
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NoReturn

import numpy as np

from embeddings.cli import bench, evaluate, find, index, name, train, words
from embeddings.errors import BadQuery, EmbeddingsError
from embeddings.evaluation.answers import LABELS
from embeddings.evaluation.timing_photos import Trial
from embeddings.evaluation.timing_search import QUERIES
from embeddings.evaluation.words import SCORES
from embeddings.external.catalog import CATALOG
from embeddings.external.readers import LIMIT
from embeddings.library.encoder import Sight
from embeddings.naming.ranking import SURENESS
from embeddings.results import Seen
from embeddings.words.table import ANCESTOR_DECAY
from zoo.errors import BadPicture, IrisError

MODEL = "devise.nouns"
INTERRUPTED = 130  # as shells number Ctrl-C

Add = Callable[..., argparse.ArgumentParser]


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are one sentence, shown where all errors are."""

    def error(self, message: str) -> NoReturn:
        raise BadQuery(f"{message}; see {self.prog} --help")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; gives the exit code: 0, 1 for a failure, 2 for bad input."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        options = parser().parse_args(arguments)
        options.run(options)
    except (EmbeddingsError, IrisError) as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except OSError as error:
        sys.stderr.write(f"{error}; nothing half-written is left\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("stopped; nothing half-written is left\n")
        return INTERRUPTED
    return 0


def sight(options: argparse.Namespace) -> Sight:
    """The image model of the command line; here, and only here, zoo and embeddings meet."""
    from zoo.encoder import encode  # torch takes seconds to import, and words need none
    from zoo.files import pictures_in

    key = options.model
    return Sight(
        model=encode.stamp(key),
        encode=lambda path: encode.encode([encode.open_coarse(path)], key=key, device=options.device)[0],
        look=lambda sources: _seen(encode.look_at_files(sources, key=key, device=options.device)),
        pictures_in=pictures_in,
        shares=lambda path: encode.shares([encode.open_coarse(path)], key=key, device=options.device)[0],
        features=lambda path: encode.features([encode.open_coarse(path)], key=key, device=options.device)[0],
        classify=lambda features: encode.classify(features, key=key),
        classes=encode.classes(key),
        words_sha256=encode.words_sha256(key),
        unreadable=(BadPicture,),
    )


def trial(options: argparse.Namespace) -> Trial:
    """What bench times of the image model, and open_clip beside it where that is installed."""
    from zoo.encoder import encode
    from zoo.evaluation.open_clip_baseline import open_clip_embedder
    from zoo.evaluation.sample_photos import make_trial_photos

    seen = sight(options)
    return Trial(
        model=seen.model,
        classes=seen.classes,
        look=seen.look,
        make_photos=make_trial_photos,
        open=encode.open_coarse,
        shares=lambda picture: encode.shares([picture], key=options.model, device=options.device)[0],
        rival=open_clip_embedder(options.device),
    )


def _seen(looked: Iterable[tuple[np.ndarray, int] | BadPicture]) -> Iterator[Seen | BadPicture]:
    return (found if isinstance(found, BadPicture) else Seen(*found) for found in looked)


def parser() -> Parser:
    """All subcommands with their flags; defaults come from the functions that do the work."""
    whole = Parser(prog="python -m embeddings", description=__doc__)
    add = whole.add_subparsers(required=True, metavar="COMMAND").add_parser
    _add_name(add)
    _add_search(add)
    _add_words(add)
    _add_score(add)
    _add_bench(add)
    _add_train(add)
    return whole


def _command(add: Add, name: str, run: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
    made = add(name, help=(run.__doc__ or "").partition(".")[0].lower(), description=run.__doc__)
    made.set_defaults(run=run)
    return made


def _add_output(made: argparse.ArgumentParser, top: int) -> None:
    made.add_argument("--top", type=int, default=top, metavar="K", help="default: %(default)s")
    made.add_argument("--json", action="store_true")


def _add_vectors(made: argparse.ArgumentParser) -> None:
    made.add_argument("--vectors", metavar="KEY|FILE", help=f"more words: a file, or {', '.join(CATALOG)}")
    made.add_argument("--limit", type=int, default=LIMIT, metavar="N", help="most frequent words, default: %(default)s")


def _add_model(made: argparse.ArgumentParser) -> None:
    made.add_argument("--model", default=MODEL, metavar="KEY", help="default: %(default)s")
    made.add_argument("--device", default="cpu", help="default: %(default)s")
    made.set_defaults(sight=sight)


def _add_name(add: Add) -> None:
    made = _command(add, "name", name.name_pictures)
    made.add_argument("pictures", nargs="+", type=Path, metavar="PICTURE", help="pictures or folders")
    made.add_argument("--candidates", type=Path, metavar="FILE", help="synset ids, one a line, that limit the nouns")
    made.add_argument("--unseen-only", action="store_true", help="leave out the classes that the model was trained on")
    made.add_argument("--sureness", type=float, default=SURENESS, metavar="0..1", help="default: %(default)s")
    _add_vectors(made)
    _add_output(made, 5)
    _add_model(made)


def _add_search(add: Add) -> None:
    query = _command(add, "find", find.find_pictures)
    query.add_argument("query", metavar="QUERY", help='words, "phrases", + and -, quoted pictures')
    _add_vectors(query)
    similar = _command(add, "similar", find.similar_pictures)
    similar.add_argument("picture", type=Path, metavar="PICTURE", help="a picture or a folder of them")
    for made in (query, similar):
        made.add_argument("--photos", type=Path, metavar="DIR|ZIP", help="search only this folder or zip")
        made.add_argument("--all", action="store_true", help="the closest, whether or not they match, and every copy")
        _add_output(made, 12)
        _add_model(made)
    folder = _command(add, "index", index.index_pictures)
    folder.add_argument("folder", type=Path, metavar="DIR|ZIP")
    folder.add_argument("--watch", action="store_true", help="go on, and follow what changes in the folder")
    _add_model(folder)


def _add_words(add: Add) -> None:
    word = _command(add, "words", words.show_words)
    word.add_argument("word", metavar="WORD", help='a word, a phrase, or a sum like "king - man + woman"')
    _add_vectors(word)
    _add_output(word, 10)
    pull = _command(add, "pull", words.pull_vectors)
    pull.add_argument("keys", nargs="+", metavar="KEY", help=", ".join(CATALOG))


def _add_score(add: Add) -> None:
    score = _command(add, "score", evaluate.score)
    score.add_argument("what", choices=sorted(SCORES))
    score.add_argument("--data", type=Path, nargs="+", metavar="DIR", help="public sets, or photos in folders by class")
    score.add_argument(
        "--train", type=Path, nargs="+", default=[], metavar="DIR", help="zeroshot: photos to fit ways on"
    )
    score.add_argument("--hold-out", type=int, default=0, metavar="N", help="zeroshot: so many classes count as unseen")
    score.add_argument("--labels", type=Path, default=LABELS, metavar="FILE", help="answers: what the photos show")
    score.add_argument(
        "--figures", type=Path, metavar="DIR", help="answers, zeroshot: draw how sure and how right answers are"
    )
    score.add_argument("--limit", type=int, default=50, metavar="N", help="photos a class, default: %(default)s")
    score.add_argument("--decay", type=float, default=ANCESTOR_DECAY, metavar="X", help="default: %(default)s")
    score.add_argument("--compare", type=Path, metavar="MODEL", help="words, nouns: ways to make them of this model")
    score.add_argument("--json", action="store_true")
    _add_model(score)


def _add_bench(add: Add) -> None:
    made = _command(add, "bench", bench.bench)
    made.add_argument("part", nargs="?", choices=bench.PARTS, metavar="PART", help=f"{', '.join(bench.PARTS)}; or all")
    made.add_argument("--queries", type=int, default=QUERIES, metavar="N", help="default: %(default)s")
    made.add_argument("--json", action="store_true")
    _add_model(made)
    made.set_defaults(trial=trial)


def _add_train(add: Add) -> None:
    training = _command(add, "train", train.train)
    training.add_argument("what", choices=["words"])
    training.add_argument(
        "--corpus", nargs="+", required=True, metavar="DIR[=N]", help="folders of text; N: count N times"
    )
    training.add_argument("--out", type=Path, default=Path("runs/words"), metavar="DIR", help="default: %(default)s")
    training.add_argument("--workers", type=int, default=2, metavar="N", help="default: %(default)s")
    train.add_word_settings(training)
    build = _command(add, "build", train.build_data)
    build.add_argument("model", type=Path, help="what train words made")
    build.add_argument("--corpora", nargs="+", default=[], metavar="NAME", help="for the manifest: what the text was")
    build.add_argument("--into", type=Path, metavar="DIR", help="default: the bundled data")
    export = _command(add, "export", train.export_nouns)
    export.add_argument(
        "file", type=Path, help="an .npz of ids, vectors, edges, sha256 to train an image model towards"
    )


if __name__ == "__main__":
    sys.exit(main())
