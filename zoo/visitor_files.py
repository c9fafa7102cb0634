"""What visitors send is decoded in processes of their own, both by the page and by the workers that do its jobs."""

from zoo.command_line import Precision
from zoo.images.decode import decode_by
from zoo.images.decode_workers import DecodeWorkers
from zoo.precision import use_precision
from zoo.video.clip import read_clips_by
from zoo.video.clip_workers import ClipWorkers


def prepare_for_visitors(precision: Precision) -> None:
    """Make this process fit for jobs of visitors: its arithmetic, and limits on what their files may cost to decode."""
    use_precision(precision)
    decode_by(DecodeWorkers().decode)
    read_clips_by(ClipWorkers())
