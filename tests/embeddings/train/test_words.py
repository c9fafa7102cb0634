"""From text to bundled vectors, on a corpus that the test writes."""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from gensim.models import Word2Vec

from embeddings.train import words as training
from embeddings.train.build import all_but_the_top, build, quantise
from embeddings.train.readers import is_text, read_text
from embeddings.train.words import Source, WordSettings, train_words
from embeddings.wordnet import database
from embeddings.wordnet.graph import Nouns
from embeddings.words.linalg import unit
from embeddings.words.table import ANCESTOR_DECAY, Words, lemma_vectors, noun_vectors
from zoo.errors import BadQuery

OBJECTS = "the entity , the object and the animal ate the entity , the object and the animal"
TINY = WordSettings(dimension=8, epochs=1, window=2, min_count=2, sample=1e-1)


def paragraphs_of(path: Path) -> list[str]:
    assert is_text(path)
    return [" ".join(paragraph.split()) for paragraph in read_text(path)]


def test_wiki_markup_and_document_tags_are_left_out(write: Callable[[str, str], Path]) -> None:
    path = write("wiki_07", '<doc id="1" title="Dog">\nA dog <br> barks.\n</doc>\n')
    assert paragraphs_of(path) == ["A dog barks."]


def test_a_recipe_is_one_paragraph_without_its_address(write: Callable[[str, str], Path]) -> None:
    path = write("pie.json", json.dumps({"title": "Pie", "ingredients": ["apples"], "url": "http://x/y"}))
    assert paragraphs_of(path) == ["Pie , apples"]


def test_captions_lose_their_pictures(write: Callable[[str, str], Path]) -> None:
    assert paragraphs_of(write("F.token.txt", "1.jpg#0\tA dog runs .\n")) == ["A dog runs ."]
    assert paragraphs_of(write("V.tsv", "a dog runs\thttp://x/1.jpg\n")) == ["a dog runs"]
    coco = {"info": {"description": "x"}, "annotations": [{"caption": "A dog."}]}
    assert paragraphs_of(write("captions.json", json.dumps(coco))) == ["A dog."]


def test_wordnet_gives_the_words_with_their_definition(wordnet_folder: Path, wordnet_ids: dict[str, str]) -> None:
    assert wordnet_ids and "dog , domestic_dog , an animal that barks" in paragraphs_of(wordnet_folder / "data.noun")


def test_a_dictionary_entry_is_one_paragraph(tmp_path: Path) -> None:
    path = tmp_path / "words.dict.dz"
    entries = "Dog \\D[o^]g\\, n. [OE.]\n   A {barking} animal.\n   [1913]\n\nDoge, n.\n   A ruler.\n"
    path.write_bytes(gzip.compress(entries.encode()))
    assert paragraphs_of(path) == ["Dog , n. A barking animal.", "Doge, n. A ruler."]


def test_other_files_have_no_reader() -> None:
    assert not is_text(Path("photo.jpg"))


@pytest.fixture(scope="module")
def trained(
    tmp_path_factory: pytest.TempPathFactory, wordnet_folder: Path, wordnet_ids: dict[str, str]
) -> tuple[Path, Path]:
    """The folder of a training run on a tiny corpus, and the data built from it."""
    corpus, run, data = (tmp_path_factory.mktemp(name) for name in ("corpus", "run", "data"))
    sentences = [f"the dog number {n} and the golden retriever saw a crane , a machine or a bird" for n in range(200)]
    (corpus / "wiki_00").write_text("\n".join([*sentences, sentences[0], "ein Hund"]))
    (corpus / "other.txt").write_text("\n\n".join([sentences[1], OBJECTS]))
    model = train_words([Source(corpus)], run, TINY, workers=1)
    build(model, ["tiny"], source=wordnet_folder, target=data)
    return run, data


def test_duplicate_paragraphs_and_headings_are_dropped(trained: tuple[Path, Path]) -> None:
    counts = json.loads((trained[0] / "counts.json").read_text())
    assert counts["paragraphs"] == 201
    assert counts["words"]["crane"] == 200
    assert "hund" not in counts["words"]


def test_a_stopped_training_goes_on_from_its_checkpoint(
    trained: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in [trained[0] / "counts.json", *trained[0].glob("corpus*.txt")]:
        shutil.copy(path, tmp_path)
    rates = []
    train = Word2Vec.train

    def counted(model: Word2Vec, stop_after: int, **options: object) -> None:
        if len(rates) == stop_after:
            raise KeyboardInterrupt
        rates.append(options["start_alpha"])
        train(model, **options)

    monkeypatch.setattr(Word2Vec, "train", lambda model, **options: counted(model, 6, **options))
    with pytest.raises(KeyboardInterrupt):
        train_words([Source(tmp_path)], tmp_path, TINY, workers=1)
    monkeypatch.setattr(Word2Vec, "train", lambda model, **options: counted(model, 99, **options))
    finished = train_words([Source(tmp_path)], tmp_path, TINY, workers=1)
    assert [path.name for path in tmp_path.glob("step*.model")] == [finished.name] == [f"step{training.PARTS}.model"]
    assert rates[6:] == rates[4:6] + sorted(rates[8:], reverse=True)  # from the checkpoint after four parts
    assert len(rates) == 6 + training.PARTS - 4


def test_long_paragraphs_of_another_language_are_left_out() -> None:
    assert not training._is_english(["wort"] * 30)
    assert training._is_english(["wort"] * 10)


def test_a_corpus_without_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadQuery, match="no text"):
        train_words([Source(tmp_path)], tmp_path / "run", TINY)
    with pytest.raises(BadQuery, match="no folder"):
        train_words([Source(tmp_path / "absent")], tmp_path / "run", TINY)


@pytest.fixture(scope="module")
def tiny_words(trained: tuple[Path, Path]) -> Words:
    data = trained[1]
    return Words.read(data, Nouns(data / "nouns.txt.gz"))


def test_the_manifest_counts_the_nouns_by_rule(trained: tuple[Path, Path]) -> None:
    manifest = json.loads((trained[1] / "manifest.json").read_text())
    assert manifest["synsets"] == 11
    assert manifest["synsets_by_rule"] == {"lemma": 9, "phrase": 1, "ancestors": 1}
    assert manifest["corpora"] == ["tiny"]


def test_a_phrase_of_the_corpus_is_a_word_of_the_table(tiny_words: Words) -> None:
    assert "golden_retriever" in tiny_words


def test_a_noun_without_text_takes_its_place_from_its_ancestors(tiny_words: Words, wordnet_ids: dict[str, str]) -> None:
    vectors = noun_vectors(tiny_words)
    row = tiny_words.nouns.row
    dog, unknown = vectors[row(wordnet_ids["dog"])], vectors[row(wordnet_ids["qualux"])]
    assert 0.95 < unknown @ dog < 0.9999


def test_every_noun_has_a_unit_vector(tiny_words: Words) -> None:
    assert np.linalg.norm(noun_vectors(tiny_words), axis=1) == pytest.approx(np.ones(11), abs=1e-5)


def test_a_noun_is_its_words_and_less_and_less_of_its_ancestors(tiny_words: Words, wordnet_ids: dict[str, str]) -> None:
    chain = [tiny_words[word] for word in ("dog", "animal", "object", "entity")]
    expected = unit(np.sum([ANCESTOR_DECAY**depth * vector for depth, vector in enumerate(chain)], axis=0))
    assert noun_vectors(tiny_words)[tiny_words.nouns.row(wordnet_ids["dog"])] == pytest.approx(expected, abs=1e-5)


def test_a_later_sense_of_a_word_has_less_of_it(tiny_words: Words, wordnet_ids: dict[str, str]) -> None:
    lengths = np.linalg.norm(lemma_vectors(tiny_words), axis=1)
    first, second, wordless = (
        tiny_words.nouns.row(wordnet_ids[name]) for name in ("crane_bird", "crane_machine", "qualux")
    )
    assert lengths[[first, second, wordless]] == pytest.approx([1, 0.67, 0.1], abs=0.01)


def test_two_senses_of_a_word_are_two_nouns(tiny_words: Words, wordnet_ids: dict[str, str]) -> None:
    vectors, row = noun_vectors(tiny_words), tiny_words.nouns.row
    bird, machine = vectors[row(wordnet_ids["crane_bird"])], vectors[row(wordnet_ids["crane_machine"])]
    assert bird @ machine < 0.99
    kinds = [
        vectors[tiny_words.nouns.row(tiny_words.nouns.parents(wordnet_ids[f"crane_{kind}"])[0])]
        for kind in ("bird", "machine")
    ]
    assert (bird - machine) @ (kinds[0] - kinds[1]) > 0


def test_quantised_vectors_keep_their_direction() -> None:
    vectors = np.random.default_rng(0).normal(size=(20, 200))
    kept = unit(quantise(vectors).astype(np.float32))
    assert ((kept * unit(vectors)).sum(axis=1) > 0.9999).all()


def test_all_but_the_top_takes_away_what_all_share() -> None:
    rng = np.random.default_rng(0)
    crowded = rng.normal(size=(500, 10)) + 5
    assert np.linalg.norm(unit(crowded).mean(axis=0)) > 0.9
    assert np.linalg.norm(all_but_the_top(crowded).mean(axis=0)) < 0.1


def test_building_from_no_model_says_how_to_train_one(tmp_path: Path) -> None:
    with pytest.raises(BadQuery, match="embeddings train words"):
        build(tmp_path / "absent.model", [], source=tmp_path, target=tmp_path)


def test_building_needs_a_wordnet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("WNSEARCHDIR", raising=False)
    monkeypatch.setattr(database, "PLACES", (tmp_path,))
    with pytest.raises(database.IrisError, match="wordnet-base"):
        database.folder()
