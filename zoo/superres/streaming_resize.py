"""A large result that grows from the top, band by band, and is resized on the way where another size is wanted."""

from math import floor

from PIL import Image

from zoo.images.sixteen_bit import SixteenBitPicture, merge_channels

SUPPORT = 2  # pixels to each side that Pillow's bicubic filter takes, of the coarser of the two pictures


class StreamingResize:
    """A picture of a size, filled with bands of one of `source` size; it holds itself and little more than a band.

    The mode is that of the bands; colour of 16 bits is held channel by channel.
    """

    def __init__(self, source: tuple[int, int], size: tuple[int, int]) -> None:
        self.source, self.size = source, size
        self._channels: list[_Channels] = []

    def write_rows(self, band: Image.Image) -> None:
        """Take the next rows of the source."""
        bands = band.channels() if isinstance(band, SixteenBitPicture) else [band]
        if not self._channels:
            self._channels = [_Channels(part.mode, self.source, self.size) for part in bands]
        for channel, part in zip(self._channels, bands, strict=True):
            channel.write_rows(part)

    @property
    def picture(self) -> Image.Image:
        """The picture, once all rows of the source are written."""
        pictures = [channel.picture for channel in self._channels]
        return pictures[0] if len(pictures) == 1 else merge_channels(pictures)


class _Channels:
    """What of the picture Pillow can hold in one."""

    def __init__(self, mode: str, source: tuple[int, int], size: tuple[int, int]) -> None:
        self.picture = Image.new(mode, size, None)  # nothing is in it yet
        self.source = source
        self._rows = Image.new(mode, (source[0], 0))  # those of the source that are still of use
        self._top = 0  # where they begin in the source
        self._done = 0  # rows of the picture

    def write_rows(self, band: Image.Image) -> None:
        if self.picture.size == self.source:
            self.picture.paste(band, (0, self._done))
            self._done += band.height
            return
        self._rows = _stacked(self._rows, band)
        self._resize()

    def _resize(self) -> None:
        """Make all rows of the picture whose surroundings in the source are there, and drop what none needs now."""
        width, height = self.picture.size
        step = self.source[1] / height  # rows of the source for each of the picture
        margin, bottom = SUPPORT * max(step, 1) + 1, self._top + self._rows.height
        end = height if bottom == self.source[1] else max(floor((bottom - margin) / step), self._done)
        if end > self._done:
            box = (0, self._done * step - self._top, self.source[0], min(end * step - self._top, self._rows.height))
            self.picture.paste(_resized(self._rows, (width, end - self._done), box), (0, self._done))
            self._done = end
        spare = max(floor(end * step - margin) - self._top, 0)
        self._rows = self._rows.crop((0, spare, *self._rows.size))
        self._top += spare


def _resized(picture: Image.Image, size: tuple[int, int], box: tuple[float, float, float, float]) -> Image.Image:
    """Resize a part of a picture, channel by channel: colours go on where transparency hides them."""
    channels = [channel.resize(size, Image.Resampling.BICUBIC, box) for channel in picture.split()]
    return channels[0] if len(channels) == 1 else Image.merge(picture.mode, channels)


def _stacked(above: Image.Image, below: Image.Image) -> Image.Image:
    both = Image.new(below.mode, (below.width, above.height + below.height))
    both.paste(above, (0, 0))
    both.paste(below, (0, above.height))
    return both
