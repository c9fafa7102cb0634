"""The photos that the Find tab searches: a folder or a zip, its index, and single photos that may be served."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from itertools import islice
from pathlib import Path

from PIL import Image

from demo.find.chips import CHIPS, SUGGESTIONS
from demo.samples import copy_samples, samples
from demo.settings import Settings
from demo.web.choices import Tile, thumbnail
from demo.web.noun_space import MODEL, check_space, encode_picture
from demo.web.served_files import renewed, served_folder, served_url
from embeddings.library.archive import Archive
from embeddings.library.collection import PictureSet
from embeddings.library.database import DamagedLibrary
from embeddings.library.indexing import index_folder
from embeddings.library.pq_codes import sample_vectors
from embeddings.library.source import Source, existing, open_source
from embeddings.library.sync import sync
from embeddings.results import EncodedPicture, Match
from embeddings.retrieval.frequent_words import frequent_words
from embeddings.retrieval.match import SearchResult, match
from embeddings.retrieval.query import ResolvedQuery, parse, query_by_image, resolve
from zoo.encoder.encode import classes, encode_files, model_version
from zoo.errors import BadPicture, BadQuery, IrisError
from zoo.files import cache_folder
from zoo.images.decode import open_picture
from zoo.images.saving import save_picture
from zoo.progress import Progress

THUMBNAIL_SIDE = 360
NAMED = 100  # photos by which it is told which words find something
UNPACKED = 4  # times the bytes that a visitor's zip may have; photos hardly shrink in one


class Photos:
    """Photos of a folder or a zip and their index, which the first search builds and every later one shares."""

    are_samples = False
    words: tuple[str, ...] = ()  # that find some of the photos, the most frequent first; none while nothing is known

    def __init__(self, folder: Path, title: str, settings: Settings) -> None:
        self.folder, self.title = folder.resolve(), title
        self._settings = settings
        self._indexed: PictureSet | None = None

    def index(self) -> Generator[Progress]:
        """Index what changed since the last time, once a server, yielding progress."""
        if self._indexed is None:
            for progress in self._follow():
                if progress.result is not None:
                    self._indexed = progress.result
                    with suppress(DamagedLibrary):  # the search itself tells of it
                        self.words = self._telling_words(progress.result)
                yield progress

    def matching(self, query: ResolvedQuery, top: int, *, fold: bool = True) -> SearchResult:
        """Find the photos that match a query, near-copies folded, and what to say of how it was understood."""
        try:
            found = match(query, self._ready(), k=top, fold=fold)
        except DamagedLibrary as damaged:
            self._indexed = None  # the next search indexes anew
            raise IrisError("the index of these photos is damaged; search again, which makes it anew") from damaged
        return replace(found, matches=tuple(_without(found.matches, self._leads_out)))

    def query(self, text: str, picture: Image.Image | None) -> ResolvedQuery:
        """Ask for what words, a picture, or both together mean."""
        if picture is None:
            return resolve(parse(text))
        vector = encode_picture(picture, self._settings.device)
        return resolve(parse(text)).with_picture(vector) if text.strip() else query_by_image(vector)

    def first(self, count: int) -> list[Path]:
        """List some photos, for looking around."""
        paths = [self.folder / name for name in self._names(count)]
        return [path for path in paths if not self._leads_out(path)]

    def tiles(self, captions: Mapping[str, tuple[str, str]]) -> list[Tile]:
        """Give photos by path, as a grid shows them, each with a title and a note; unreadable ones are left out."""
        tiles = []
        for path, (title, note) in captions.items():
            with suppress(BadPicture):
                tiles.append(Tile(self.inside(path), title, served_url(self.thumbnail(path)), note))
        return tiles

    def thumbnail(self, path: str | Path) -> Path:
        """Make a small copy of a photo, which the page may serve."""
        file = self._served_folder(path) / f"small-{Path(path).stem}.webp"
        if not renewed(file):
            small = thumbnail(self._read(path), THUMBNAIL_SIDE)
            file.parent.mkdir(parents=True, exist_ok=True)
            save_picture(small, file)
        return file

    def path_of(self, name: object) -> Path:
        """Give the path of a photo from its name in the folder; raises BadQuery for a name that no photo there has."""
        path = self.folder / str(name)
        if name not in self._names(self.count()) or self._leads_out(path):
            raise BadQuery(f"there is no photo {str(name)[:80]!r} here any more; search again")
        return path

    def count(self) -> int:
        """Count how many photos are indexed."""
        return len(self._ready())

    def unreadable(self) -> dict[str, str]:
        """List the photos that could not be read, with the reason."""
        return self._ready().unreadable

    def inside(self, path: str | Path) -> str:
        """Give a photo's name within the folder, which is all that callers learn of where it lies."""
        return Path(path).relative_to(self.folder).as_posix()

    def title_of(self, path: str | Path) -> str:
        """Say what a photo is called under its picture."""
        return Path(path).stem

    def about(self, path: str | Path) -> str:
        """Say of a photo its name, and of a sample photo whose it is."""
        sample = samples().get(Path(path).stem.replace("-", " "))
        return f"{sample.title.capitalize()} ({sample.credit})" if sample else self.inside(path)

    def served_copy(self, path: str | Path) -> Path:
        """Copy a photo to where the page may serve it and send it to other tabs, upright and without the place."""
        copy = self._served_folder(path) / Path(path).name
        copy.parent.mkdir(parents=True, exist_ok=True)
        save_picture(open_picture(self._read(path)), copy)
        return copy

    def _served_folder(self, path: str | Path) -> Path:
        """Tell where copies of a photo lie: a folder that changes with the photo, and whose name nobody can guess.

        Raises BadPicture for a photo that is gone, and for a link that leads out of the photos.
        """
        if self._leads_out(path):
            raise BadPicture(f"{self.inside(path)} is a link that leads out of the photos; it is not shown here")
        try:
            version = f"{path} {self._source().stat(self.inside(path))}"
        except OSError as error:
            raise self._gone(path, error) from error
        return served_folder("photos") / sha256(version.encode()).hexdigest()

    def _names(self, count: int) -> list[str]:
        """List the names of some photos, links included."""
        if self._indexed:
            return self._indexed.first(count)
        return [file.name for file in islice(open_source(existing(self.folder)).files(), count)]

    def _leads_out(self, path: str | Path) -> bool:
        """Tell whether a photo is a link to what lies elsewhere, of which visitors are to learn nothing."""
        return self.folder.is_dir() and not Path(path).resolve().is_relative_to(self.folder)

    def _ready(self) -> PictureSet:
        for _ in self.index():
            pass
        if self._indexed is None:
            raise ValueError(f"{self.title} were not indexed")
        return self._indexed

    def _follow(self) -> Generator[Progress[PictureSet]]:
        return index_folder(self.folder, self._look, model=model_version(MODEL), classes=classes(MODEL))

    def _look(self, sources: Sequence[Path | bytes]) -> Iterator[EncodedPicture | BadPicture]:
        check_space()
        for found in encode_files(sources, key=MODEL, device=self._settings.device):
            yield found if isinstance(found, BadPicture) else EncodedPicture(*found)

    def _telling_words(self, pictures: PictureSet) -> tuple[str, ...]:
        """List words that some of the photos are named by and that find some."""
        words = frequent_words(sample_vectors(pictures.store, NAMED), pictures.classes)
        found = (word for word in words if self.matching(self.query(word, None), 1).matches)
        return tuple(islice(found, CHIPS))

    def _source(self) -> Source:
        return self._indexed.source if self._indexed else open_source(existing(self.folder))

    def _read(self, path: str | Path) -> Path | bytes:
        try:
            return self._source().read(self.inside(path))
        except OSError as error:
            raise self._gone(path, error) from error

    def _gone(self, path: str | Path, error: OSError) -> BadPicture:
        reason = error.strerror or error  # without the place
        return BadPicture(f"{self.inside(path)} cannot be read any more ({reason}); search again")


class SamplePhotos(Photos):
    """The sample photos that are installed, of which the page knows what can be found in them."""

    are_samples = True
    words = SUGGESTIONS

    def title_of(self, path: str | Path) -> str:
        """Say the title of a sample."""
        return super().title_of(path).replace("-", " ").capitalize()

    def _telling_words(self, pictures: PictureSet) -> tuple[str, ...]:
        return SUGGESTIONS


class OwnPhotos(Photos):
    """The photos of a zip that a visitor gave: their index is held in memory alone, and for that visitor."""

    def __init__(self, path: Path, name: str, settings: Settings, before: "OwnPhotos | None" = None) -> None:
        super().__init__(path, f"Your photos in {name}", settings)
        self._before = before  # what was indexed in it need not be encoded again

    def about(self, path: str | Path) -> str:
        """Say of a photo its name."""
        return self.inside(path)

    def forget(self) -> None:
        """Delete the zip."""
        with suppress(OSError):
            self.folder.unlink()

    def _follow(self) -> Generator[Progress[PictureSet]]:
        """Index what the zip has that one before had not."""
        archive = Archive(self.folder, max_unpacked=UNPACKED * self._settings.zip_bytes)
        if len(archive) > self._settings.zip_pictures:
            raise BadQuery(f"the zip holds more than {self._settings.zip_pictures:,} pictures; give a smaller one")
        known = self._before._indexed if self._before else None
        pictures = (
            known.copy(self.folder)
            if known
            else PictureSet.in_memory(self.folder, model_version(MODEL), classes(MODEL))
        )
        yield from sync(pictures, archive, self._look)
        self._before = None


def open_photos(settings: Settings) -> Photos:
    """Open the photo folder or zip of the settings, or else the sample photos that are installed."""
    if settings.photos:
        return Photos(settings.photos, f"Photos in {settings.photos.name}", settings)
    return SamplePhotos(copy_samples(cache_folder() / "samples"), "Sample photos", settings)


def _without(found: Iterable[Match], is_hidden: Callable[[str], bool]) -> Iterator[Match]:
    """Give the matches without the photos that are hidden; a copy that is not takes the place of one that is."""
    for one in found:
        shown = [hit for hit in (one.hit, *one.copies) if not is_hidden(hit.id)]
        if shown:
            yield Match(shown[0], tuple(shown[1:]))
