"""Each upload lies in a folder of its own, at an address that nobody can guess.

Gradio names the folder by the sum of the content, so that visitors who send the same share a file: what one of them
forgets is gone for the other, and whoever has a file can ask whether somebody has sent it.
"""

from secrets import token_bytes
from typing import Any

from gradio import route_utils

SALT = 16  # bytes


class OwnUpload(route_utils.GradioUploadFile):
    """A file that is coming, whose sum is that of nothing else."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.sha.update(token_bytes(SALT))


def separate_uploads() -> None:
    """Let Gradio give each upload a folder of its own from now on."""
    route_utils.GradioUploadFile = OwnUpload  # ty: ignore[invalid-assignment]
