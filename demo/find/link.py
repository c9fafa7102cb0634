"""The link of a search: what is asked for stands in the page's address, to be kept, sent and gone back to."""

from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from pydantic import TypeAdapter, ValidationError

SCRIPT = Path(__file__).with_name("link.js").read_text()


@dataclass(frozen=True)
class SearchLink:
    """The words of a search, the name of the photo whose like is searched, and whether near-copies are shown."""

    words: str = ""
    like: str = ""
    copies: bool = False


LINK = TypeAdapter(SearchLink)


def search_link() -> gr.HTML:
    """Lay out the part that writes and reads the address, which nobody sees; its value is for `linked_search`."""
    return gr.HTML(None, html_template="", js_on_load=SCRIPT, padding=False, elem_classes="iris-link")


def linked_search(value: object) -> SearchLink:
    """Give the search of a link that was opened; one without a search where the link holds none."""
    try:
        return LINK.validate_python(value)
    except ValidationError:
        return SearchLink()
