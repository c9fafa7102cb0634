"""How a scene moved from one frame to the next, by optical flow, and where that can be trusted."""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

FLOW_SIDE = 360  # pixels of the longest side at which flow is sought: enough for strokes, milliseconds a frame
LOST = 0.5, 0.01  # squared pixels, and share of the squared flow, that there and back may differ (Sundaram et al. 2010)
MIN_SIDE = 16  # the search takes no smaller picture
UNLIKE = 16  # levels of grey by which a moved frame may differ from the new one, mean over a neighbourhood
NEIGHBOURHOOD = 7
NO_MAP = np.empty(0, np.float32)  # `places` holds x and y


@dataclass(frozen=True)
class Motion:
    """Where each pixel of a frame was in the frame before: `places` (H, W, 2) as x and y, `holds` (H, W) where true."""

    places: np.ndarray
    holds: np.ndarray

    def carried(self, before: np.ndarray) -> np.ndarray:
        """Move what was in the frame before, (H, W, 3), to where it is now."""
        return _moved(before, self.places)


def motion(before: np.ndarray, now: np.ndarray) -> Motion:
    """Measure the motion between two frames of one size, (H, W, 3) in whole numbers 0..255.

    Dense inverse search (Kroeger et al. 2016) at a reduced size, both ways. It holds where there and back comes out at
    the same pixel, where the frame before, moved, looks like the new one, and where the pixel was in the picture.
    """
    small, large = _reduced(before), _reduced(now)
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    fresh = cast(np.ndarray, None)  # so that the search begins with no motion
    back, forth = (np.nan_to_num(search.calc(*pair, fresh)) for pair in ((large, small), (small, large)))  # thin: NaN
    agrees = _agree(back, forth).astype(np.uint8)
    height, width = now.shape[:2]
    scale = np.array((width / back.shape[1], height / back.shape[0]), np.float32)
    places = cv2.resize(back, (width, height)) * scale + _grid(height, width)
    inside = ((places >= 0) & (places <= np.array((width - 1, height - 1), np.float32))).all(2)
    holds = inside & (cv2.resize(agrees, (width, height), interpolation=cv2.INTER_NEAREST) > 0)
    return Motion(places, holds & _alike(_moved(before, places), now))


def _moved(frame: np.ndarray, places: np.ndarray) -> np.ndarray:
    return cv2.remap(frame, places, NO_MAP, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _reduced(frame: np.ndarray) -> np.ndarray:
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    share = min(1.0, FLOW_SIDE / max(grey.shape))
    size = tuple(max(MIN_SIDE, round(side * share)) for side in reversed(grey.shape))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA)


def _grid(height: int, width: int) -> np.ndarray:
    return np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=2).astype(np.float32)


def _agree(back: np.ndarray, forth: np.ndarray) -> np.ndarray:
    places = back + _grid(*back.shape[:2])
    returned = cv2.remap(forth, places, NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    length = np.square(back).sum(2) + np.square(returned).sum(2)
    return np.square(back + returned).sum(2) < LOST[0] + LOST[1] * length


def _alike(moved: np.ndarray, now: np.ndarray) -> np.ndarray:
    difference = cv2.cvtColor(cv2.absdiff(moved, now), cv2.COLOR_RGB2GRAY)
    return cv2.blur(difference, (NEIGHBOURHOOD, NEIGHBOURHOOD)) < UNLIKE
