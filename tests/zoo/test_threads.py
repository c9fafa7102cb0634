"""Work too small to be shared takes one thread, and everything else keeps what it had."""

import threading
from collections.abc import Iterator

import pytest
import torch
from PIL import Image
from torch import Tensor

from zoo.encoder import encode
from zoo.threads import one_thread


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("two_threads")
def test_one_thread_ends_with_its_block_and_binds_no_other_thread() -> None:
    inside, outside = threading.Event(), threading.Event()
    seen = []

    def other() -> None:
        inside.wait(30)
        seen.append(torch.get_num_threads())
        outside.set()

    thread = threading.Thread(target=other)
    thread.start()
    with one_thread("torch"):
        assert torch.get_num_threads() == 1
        inside.set()
        assert outside.wait(30)
    thread.join()
    assert torch.get_num_threads() == 2
    assert seen == [2]


@pytest.mark.usefixtures("two_threads")
def test_one_picture_is_named_by_one_thread_and_many_by_all(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []

    def body(pixels: Tensor) -> Tensor:
        taken.append(torch.get_num_threads())
        return torch.zeros(len(pixels), 1280)

    monkeypatch.setattr(encode, "_body", lambda *_: body)
    picture = Image.new("RGB", (64, 48), "green")
    encode.extract_features([picture])
    encode.extract_features([picture] * 4)
    assert taken == [1, 2]
    assert torch.get_num_threads() == 2
