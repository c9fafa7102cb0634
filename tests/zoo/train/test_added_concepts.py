"""Added concepts never move the classes that were there."""

import numpy as np
import torch

from zoo.train.added_concepts import AddedConcepts, average_precisions, rows_of
from zoo.train.labels import Graph


def test_both_parts_say_what_the_whole_layer_said() -> None:
    whole = torch.nn.Linear(5, 4)
    features = torch.randn(3, 5)
    parts = AddedConcepts(whole, 3)
    assert torch.allclose(parts(features), whole(features), atol=1e-6)
    assert torch.equal(parts.joined().weight, whole.weight)


def test_a_step_of_training_moves_the_added_rows_alone() -> None:
    whole = torch.nn.Linear(5, 4)
    parts = AddedConcepts(whole, 3)
    optimizer = torch.optim.SGD([each for each in parts.parameters() if each.requires_grad], lr=1.0)
    parts(torch.randn(3, 5)).square().sum().backward()
    optimizer.step()
    joined = parts.joined()
    assert torch.equal(joined.weight[:3], whole.weight[:3])
    assert torch.equal(joined.bias[:3], whole.bias[:3])
    assert not torch.equal(joined.weight[3:], whole.weight[3:])


def test_a_concept_is_judged_by_the_photos_that_show_it_or_a_kind_of_it() -> None:
    graph = Graph((*(f"c{number}" for number in range(1000)), "new", "kind"), np.array([(1001, 1000)]), np.zeros(1002))
    probabilities = torch.zeros(3, 1001)
    probabilities[:, 1000] = torch.tensor([0.2, 0.9, 0.5])
    found = average_precisions(probabilities, [("c1",), ("new",), ("kind",)], graph.ids[:1001], 1000, graph)
    assert found == {"new": 1.0}
    assert average_precisions(probabilities, [("c1",)] * 3, graph.ids[:1001], 1000, graph) == {"new": 0.0}


def test_rows_of_a_layer_are_copies() -> None:
    whole = torch.nn.Linear(5, 4)
    some = rows_of(whole, [3, 1])
    assert torch.equal(some.weight, whole.weight[[3, 1]])
    with torch.no_grad():
        some.bias.zero_()
    assert whole.bias.abs().sum() > 0
