"""Labels of any level, and what they ask of a network's concepts."""

from pathlib import Path

import numpy as np
import pytest

from zoo.errors import BadInput
from zoo.train.labels import PERSON, Graph, labels_of, read_graph, read_labels, targets

#                0         1         2         3      4      5      6        7       8       9
NAMES = ("n00001740", "n1 thing", "n2 a", "n3 b", "n4 c", "n5 kin", "n6 dog", "n7 pug", "n8 cat", PERSON)
EDGES = np.array([(1, 0), (2, 1), (3, 2), (4, 3), (5, 4), (6, 5), (7, 6), (8, 5), (9, 2)])
DEPTHS = np.array([0, 1, 2, 3, 4, 5, 6, 7, 6, 3])
GRAPH = Graph(tuple(name.split(" ")[0] for name in NAMES), EDGES, DEPTHS)
KIN, DOG, PUG, CAT = "n5", "n6", "n7", "n8"


def test_a_noun_and_what_is_above_it_come_nearest_first() -> None:
    assert GRAPH.upward(PUG) == [PUG, DOG, KIN, "n4", "n3", "n2", "n1", "n00001740"]
    assert GRAPH.depth(PUG) == 7


def test_a_label_asks_for_every_concept_of_its_kind() -> None:
    counts, kinds = targets([(KIN,), (PUG, CAT), ()], [PUG, CAT, PERSON], GRAPH)
    assert counts.sum(1).tolist() == pytest.approx([1, 1, 0])
    nouns = sorted([KIN, PUG, CAT])
    assert kinds[nouns.index(KIN)].tolist() == [1, 1, 0]
    assert kinds[nouns.index(PUG)].tolist() == [1, 0, 0]


def test_a_label_that_is_a_concept_is_met_by_itself_unless_a_narrower_one_is_given() -> None:
    counts, meets = targets([(DOG,), (PUG, DOG)], [DOG, PUG, CAT], GRAPH)
    assert (counts[0] @ meets).tolist() == [1, 0, 0]  # a dog that is no pug is a dog
    assert (counts[1] @ meets).tolist() == pytest.approx([0.2857, 1, 0], abs=1e-3)  # of a pug the pug will do


def test_the_first_of_a_photos_labels_counts_most() -> None:
    counts, _ = targets([(CAT, PUG)], [PUG, CAT], GRAPH)
    assert counts[0, 0] > counts[0, 1] > 0


def test_a_label_without_a_concept_stands_for_the_nearest_kind_that_has_one_unless_it_is_too_general() -> None:
    concepts = [PUG]
    counts, kinds = targets([(CAT,), (PERSON,)], concepts, GRAPH)
    assert counts.sum(1).tolist() == [0, 0]  # "kin" is five steps from the root, and so too general here
    deeper = Graph((*GRAPH.ids, "n9"), np.array([*EDGES.tolist(), (10, 7)]), np.append(DEPTHS, 8))
    counts, kinds = targets([("n9",)], concepts, deeper)
    assert counts.tolist() == [[1]] and kinds.tolist() == [[1]]


def test_lines_of_labels_are_read_and_people_are_people(tmp_path: Path) -> None:
    graph = Graph(
        (*GRAPH.ids, "n10"), np.array([*EDGES.tolist(), (10, 9)]), np.append(DEPTHS, 4)
    )  # some kind of person
    (tmp_path / "labels.tsv").write_text(f"a/x.jpg\tn10,{CAT},{PERSON}\n")
    assert read_labels([tmp_path / "labels.tsv"], graph) == {"a/x.jpg": (PERSON, CAT)}
    for wrong in ("a/x.jpg n6\n", "a/x.jpg\tn99\n"):
        (tmp_path / "wrong.tsv").write_text(wrong)
        with pytest.raises(BadInput, match="line 1"):
            read_labels([tmp_path / "wrong.tsv"], graph)


def test_nouns_of_before_they_had_a_graph_are_to_be_exported_anew(tmp_path: Path) -> None:
    np.savez(tmp_path / "nouns.npz", ids=np.array(GRAPH.ids))
    with pytest.raises(BadInput, match="embeddings export"):
        read_graph(tmp_path / "nouns.npz")
    np.savez(tmp_path / "nouns.npz", ids=np.array(GRAPH.ids), edges=EDGES, depths=DEPTHS)
    assert read_graph(tmp_path / "nouns.npz").upward(PUG) == GRAPH.upward(PUG)


def test_a_written_label_comes_before_the_name_of_the_class() -> None:
    wnids = ["n02110958"]
    assert labels_of(Path("p/n02110958/1.jpg"), {}, wnids) == ("n02110958",)
    assert labels_of(Path("p/n02110958/1.jpg"), {"n02110958/1.jpg": (CAT,)}, wnids) == (CAT,)
    assert labels_of(Path("p/holiday/1.jpg"), {}, wnids) == ()


def test_depth_is_the_longest_way_as_among_the_words(tmp_path: Path) -> None:
    """Training once counted the shortest way and naming the longest, both against five steps."""
    from embeddings.__main__ import main
    from embeddings.wordnet.graph import load_nouns

    assert main(["export", str(tmp_path / "nouns.npz")]) == 0
    graph = read_graph(tmp_path / "nouns.npz")
    for id in ("n00007846", "n07881800", "n02084071"):  # a person and a beverage have a short way and a long one
        assert graph.depth(id) == load_nouns().depth(id)
    assert graph.depth("n00007846") > 4
