"""The colours of a clip's frames as players show them: which matrix they are of, and high dynamic range on a screen."""

from functools import cache

import av
import numpy as np
from av.video.reformatter import Colorspace, ColorTrc

UNSPECIFIED = 2  # of a colour matrix
HD_HEIGHT = 720  # pixels, from which on players take untagged clips for BT.709, and for BT.601 below
WHITE = 203.0  # cd/m2 of a sheet of paper in high dynamic range (ITU-R BT.2408)
KNEE = 0.5  # of that white: what is darker stays as it is
HLG_PEAK, HLG_GAMMA = 1000.0, 1.2  # cd/m2 of the display that HLG is meant for, and its system gamma (ITU-R BT.2100)
SCREEN_GAMMA = 2.2
LUMA_2020 = np.array([0.2627, 0.6780, 0.0593], np.float32)
FROM_2020 = np.array(  # linear light of BT.2020 to BT.709 (ITU-R BT.2087)
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], np.float32
)


def rgb_of(frame: av.VideoFrame) -> np.ndarray:
    """Give a frame as RGB (H, W, 3), uint8: by its tags, or where it has none by its size."""
    if frame.color_trc in (ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67):
        return _on_screen(frame.to_ndarray(format="rgb48le"), ColorTrc(frame.color_trc))
    if frame.colorspace != UNSPECIFIED or frame.format.is_rgb:
        return frame.to_ndarray(format="rgb24")
    matrix = Colorspace.ITU709 if frame.height >= HD_HEIGHT else Colorspace.ITU601
    return frame.to_ndarray(format="rgb24", src_colorspace=matrix)


def _on_screen(signal: np.ndarray, transfer: ColorTrc) -> np.ndarray:
    """Tone map a PQ or HLG signal (H, W, 3), uint16 of BT.2020, to RGB of 8 bits.

    Up to half of paper white nothing changes; what is brighter is bent towards the screen's white by the largest
    channel, so that a hue stays what it is.
    """
    light = _light_table(transfer)[signal]  # (H, W, 3), 1 is paper white
    if transfer == ColorTrc.ARIB_STD_B67:
        light *= (light @ LUMA_2020 * (WHITE / HLG_PEAK))[..., None] ** (HLG_GAMMA - 1)
    light = np.maximum(light @ FROM_2020.T, 0)
    peak = np.maximum(light.max(2, keepdims=True), 1e-6)
    bent = np.where(peak <= KNEE, peak, 1 - (1 - KNEE) * np.exp(-(peak - KNEE) / (1 - KNEE)))
    return np.rint(255 * (light * (bent / peak)) ** (1 / SCREEN_GAMMA)).astype(np.uint8)


@cache
def _light_table(transfer: ColorTrc) -> np.ndarray:
    """Linear light for each of 65,536 signals, 1 is paper white; of HLG that of the scene."""
    signal = np.linspace(0, 1, 65_536)
    if transfer == ColorTrc.SMPTE2084:  # SMPTE ST 2084, equation 4.1
        power = signal ** (1 / 78.84375)
        ratio = np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)
        nits = 10_000 * ratio ** (1 / 0.1593017578125)
    else:  # ITU-R BT.2100, table 5
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        nits = HLG_PEAK * np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    return (nits / WHITE).astype(np.float32)
