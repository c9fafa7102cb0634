"""How likely a noun is true of a picture: a logistic function of the class probabilities at or below it (Platt 1999).

Class probabilities sum to 1 and a picture shows many things, so the chance that a noun is true is not the mass below
it; it grows with that mass in log-odds, and is the lower the deeper the noun. The function was fitted to photos of
everyday life with all that they show written down.
"""

import numpy as np
from scipy.special import expit, logit

from embeddings.naming.config import NamingConfig

CERTAIN = 1 - 1e-6  # a mass above this counts as this, for its log-odds would be infinite


def mass_log_odds(mass: np.ndarray) -> np.ndarray:
    """Give the log-odds of a subtree mass; finite for all above 0."""
    return logit(np.clip(mass, 0, CERTAIN))


def calibrate(mass: np.ndarray, depths: np.ndarray, config: NamingConfig) -> np.ndarray:
    """Turn subtree masses (n,) of nouns at these depths (n,) into probabilities (n,); no mass, no chance."""
    there, found = mass > 0, np.zeros(len(mass))  # of all nouns one in fifty
    odds = config.platt_slope * mass_log_odds(mass[there]) + config.platt_bias - config.depth_penalty * depths[there]
    found[there] = expit(odds)
    return found
