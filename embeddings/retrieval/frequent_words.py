"""The words that indexed pictures are named by, the most frequent first, told from their vectors alone."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from embeddings.naming.classifier import zero_shot_classifier
from embeddings.retrieval.class_mixture import class_mixture


def frequent_words(vectors: np.ndarray, classes: Sequence[str]) -> list[str]:
    """List the telling words that pictures with these vectors (N, D) are named by; none where none is known."""
    mixture = class_mixture(tuple(classes))
    classifier = zero_shot_classifier(mixture.classes)
    answers = (classifier.answer(weights) for weights in mixture.decompose(vectors))
    return [word for word, _ in Counter(answer.label for answer in answers if answer.known).most_common()]
