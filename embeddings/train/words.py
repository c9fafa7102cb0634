"""Corpus -> word2vec (Mikolov et al. 2013), with WordNet's noun phrases as single tokens."""

import contextlib
import json
import logging
import multiprocessing
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gensim.models import Word2Vec
from tqdm import tqdm

from embeddings.text import FUNCTION_WORDS, Phrases, runs
from embeddings.train.readers import is_text, read_text
from embeddings.wordnet.graph import load_nouns
from zoo.errors import BadQuery
from zoo.files import written_beside

log = logging.getLogger(__name__)

PARTS = 16  # of the corpus; progress shows, and training resumes, between parts
SAVE_EVERY = 4
FIRST_RATE, LAST_RATE = 0.025, 0.0001
BATCH_BYTES = 2_000_000
MIN_WORDS = 4  # shorter paragraphs are headings and table cells


@dataclass(frozen=True)
class WordSettings:
    """How the vectors are trained."""

    dimension: int = 200
    epochs: int = 1
    window: int = 6
    negative: int = 5
    sample: float = 1e-5
    min_count: int = 5
    skip_gram: bool = True
    seed: int = 1


@dataclass(frozen=True)
class Source:
    """A folder of text, and how often each of its paragraphs counts."""

    folder: Path
    times: int = 1

    @classmethod
    def read(cls, text: str) -> "Source":
        """ "DIR" or "DIR=2"."""
        folder, separator, times = text.rpartition("=")
        return cls(Path(folder), int(times)) if separator and times.isdigit() else cls(Path(text))


def train_words(sources: Sequence[Source], out: Path, settings: WordSettings, *, workers: int = 2) -> Path:
    """Train word vectors on every text below the sources' folders; return the saved model.

    Stops and resumes: a prepared corpus and the last checkpoint found in `out` are used again.
    """
    out.mkdir(parents=True, exist_ok=True)
    if not (out / "counts.json").exists():
        prepare(sources, out, workers=workers)
    return fit(out, settings, workers=workers)


def prepare(sources: Sequence[Source], out: Path, *, workers: int = 2) -> None:
    """Write the text, one tokenised paragraph a line without duplicates, dealt to PARTS files, and its word counts.

    A paragraph belongs to the first source that has it.
    """
    batches = [(source.times, batch) for source in sources for batch in _batches(source.folder)]
    if not batches:
        raise BadQuery("the corpus folders hold no text that a reader knows (see embeddings/train/readers.py)")
    seen: set[int] = set()
    frequency: Counter[str] = Counter()
    written = 0
    with contextlib.ExitStack() as stack:
        parts = [stack.enter_context(path.open("w", encoding="utf-8")) for path in _parts(out)]
        for times, lines in tqdm(_tokenised(batches, workers), total=len(batches), desc="text", disable=None):
            for line in lines:
                if (key := hash(line)) not in seen:
                    seen.add(key)
                    for _ in range(times):
                        written += 1
                        frequency.update(line.split())
                        parts[written % PARTS].write(line + "\n")
    counts = {"paragraphs": written, "words": dict(frequency)}
    with written_beside(out / "counts.json") as part:  # last: it says that the parts are whole
        part.write_text(json.dumps(counts), encoding="utf-8")
    log.info("%d different paragraphs, %d tokens of %d kinds", len(seen), frequency.total(), len(frequency))


def fit(out: Path, settings: WordSettings, *, workers: int = 2) -> Path:
    """Train on the prepared parts in turn, the learning rate falling through all passes; return the saved model."""
    counts = json.loads((out / "counts.json").read_text(encoding="utf-8"))
    paragraphs, words = counts["paragraphs"] // PARTS + 1, sum(counts["words"].values()) // PARTS
    steps = settings.epochs * PARTS
    model, done = _last_checkpoint(out) or (_untrained(counts, settings, workers), 0)
    rates = np.linspace(FIRST_RATE, LAST_RATE, steps + 1)
    for step in tqdm(range(done, steps), initial=done, total=steps, desc="word2vec", unit="part", disable=None):
        model.train(
            corpus_file=str(_parts(out)[step % PARTS]), total_examples=paragraphs, total_words=words, epochs=1,
            start_alpha=rates[step], end_alpha=rates[step + 1],
        )  # fmt: skip
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == steps:
            _save_checkpoint(model, out, step + 1)
    return out / f"step{steps}.model"


def _untrained(counts: dict, settings: WordSettings, workers: int) -> Word2Vec:
    model = Word2Vec(
        vector_size=settings.dimension, window=settings.window, min_count=settings.min_count, sample=settings.sample,
        sg=int(settings.skip_gram), negative=settings.negative, seed=settings.seed, workers=workers,
    )  # fmt: skip
    if max(counts["words"].values()) < settings.min_count:
        raise BadQuery(f"no word occurs {settings.min_count} times in the corpus; give more text or lower --min-count")
    model.build_vocab_from_freq(counts["words"], corpus_count=counts["paragraphs"])
    return model


def _parts(out: Path) -> list[Path]:
    return [out / f"corpus{part:02}.txt" for part in range(PARTS)]


def _last_checkpoint(out: Path) -> tuple[Word2Vec, int] | None:
    saved = [(int(path.stem.removeprefix("step")), path) for path in out.glob("step*.model")]
    if not saved:
        return None
    done, path = max(saved)
    return Word2Vec.load(str(path)), done


def _save_checkpoint(model: Word2Vec, out: Path, done: int) -> None:
    """Save beside, give it the step's number, then drop the older checkpoints."""
    model.save(str(out / "saving.model"))
    for saved in sorted(out.glob("saving.model*"), reverse=True):  # the model itself last, its arrays before
        saved.replace(saved.with_name(saved.name.replace("saving", f"step{done}", 1)))
    for stale in out.glob("step*.model*"):  # gensim keeps large arrays beside the model
        if not stale.name.startswith(f"step{done}."):
            stale.unlink()


def _batches(folder: Path) -> Iterator[list[Path]]:
    """Readable files in sorted order, gathered into batches of about BATCH_BYTES."""
    if not folder.is_dir():
        raise BadQuery(f"no folder {folder}; --corpus takes folders of text")
    batch: list[Path] = []
    size = 0
    for path in sorted(folder.rglob("*")):
        if path.is_file() and is_text(path):
            batch.append(path)
            size += path.stat().st_size
            if size >= BATCH_BYTES:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def _tokenised(batches: list[tuple[int, list[Path]]], workers: int) -> Iterator[tuple[int, list[str]]]:
    if workers == 1:
        _start_worker()
        yield from map(_tokenise, batches)
        return
    with multiprocessing.get_context("spawn").Pool(workers, _start_worker) as pool:
        yield from pool.imap(_tokenise, batches)


_phrases: Phrases


def _start_worker() -> None:
    global _phrases
    _phrases = Phrases(phrase for phrase in load_nouns().tokens if not _ends_loosely(phrase))


def _ends_loosely(phrase: str) -> bool:
    """Tell whether it starts or ends with a function word: "a-line" would swallow every "a line"."""
    words = phrase.split("_")
    return words[0] in FUNCTION_WORDS or words[-1] in FUNCTION_WORDS


def _tokenise(batch: tuple[int, list[Path]]) -> tuple[int, list[str]]:
    """Give how often they count, and the paragraphs of some files as lines of tokens."""
    times, paths = batch
    lines = []
    for path in paths:
        for paragraph in read_text(path):
            words = [word for run in runs(paragraph) for word in _phrases.join(run)]
            if len(words) >= MIN_WORDS and _is_english(words):
                lines.append(" ".join(words))
    return times, lines


def _is_english(words: list[str]) -> bool:
    """Long paragraphs without function words are other languages, tables and lists."""
    return len(words) < 25 or 20 * sum(word in FUNCTION_WORDS for word in words) >= len(words)
