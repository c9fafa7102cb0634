"""Which paintings the styles come from: title, painter and year, by the style's name."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Painting:
    """A painting as a museum's label tells it; a style of somebody's own has a title only."""

    title: str
    painter: str = ""
    year: str = ""

    def __str__(self) -> str:
        return f"{self.title} ({self.painter}, {self.year})" if self.painter else self.title


PAINTINGS = {
    "adele-bloch-bauer": Painting("Adele Bloch-Bauer I", "Klimt", "1907"),
    "blue-horse": Painting("The Little Blue Horse", "Marc", "1912"),
    "book-of-hours": Painting("Très Riches Heures: January", "Limbourg brothers", "c. 1415"),
    "composition-vii": Painting("Composition VII", "Kandinsky", "1913"),
    "composition-viii": Painting("Composition VIII", "Kandinsky", "1923"),
    "cyclist": Painting("Dynamism of a Cyclist", "Boccioni", "1913"),
    "delaunay-portrait": Painting("Jean Metzinger", "Delaunay", "1906"),
    "grande-jatte": Painting("A Sunday on La Grande Jatte", "Seurat", "1884\N{EN DASH}86"),
    "great-wave": Painting("The Great Wave", "Hokusai", "1831"),
    "mont-sainte-victoire": Painting("Mont Sainte-Victoire", "Cézanne", "c. 1887"),
    "night-cafe": Painting("The Night Café", "van Gogh", "1888"),
    "olive-trees": Painting("Olive Trees", "van Gogh", "1889"),
    "shipwreck": Painting("The Wreck of a Transport Ship", "Turner", "c. 1810"),
    "starry-night": Painting("The Starry Night", "van Gogh", "1889"),
    "street-berlin": Painting("Street, Berlin", "Kirchner", "1913"),
    "tahiti": Painting("Three Tahitian Women", "Gauguin", "1896"),
    "the-scream": Painting("The Scream", "Munch", "1893"),
    "udnie": Painting("Udnie", "Picabia", "1913"),
    "water-lilies": Painting("Water Lilies", "Monet", "1910s"),
    "wheat-field": Painting("Wheat Field with Cypresses", "van Gogh", "1889"),
}


def painting_of(style: str) -> Painting:
    """Tell the painting that a style comes from; one that is not in the table is titled by its name."""
    return PAINTINGS.get(style) or Painting(style.replace("-", " ").capitalize())
