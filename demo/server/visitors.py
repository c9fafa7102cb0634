"""Who asks: the address of a visitor, by which limits are counted."""

from collections import OrderedDict
from ipaddress import IPv6Address, ip_address

import gradio as gr
from gradio.context import LocalContext
from starlette.types import Scope

REMEMBERED = 10_000  # visitors who were served
UNKNOWN = "unknown"
VISITORS = 4  # all together may have so many times as many jobs of a kind waiting as one of them
IPV6_HOUSEHOLD = 64  # bits of an address that one household shares: it may use any of the others


class Turns:
    """Whose turn it is: visitors are served in turn, those first who were served longest ago."""

    def __init__(self) -> None:
        self._served: OrderedDict[str, int] = OrderedDict()
        self._count = 0

    def serve(self, visitor: str) -> None:
        """Note that it was this visitor's turn."""
        self._count += 1
        self._served[visitor] = self._count
        self._served.move_to_end(visitor)
        if len(self._served) > REMEMBERED:
            self._served.popitem(last=False)

    def last(self, visitor: str) -> int:
        """Give a number that is the larger the later it was this visitor's turn; 0 where it never was."""
        return self._served.get(visitor, 0)


def visitor_of(scope: Scope) -> str:
    """Give the visitor who sent a request; of IPv6 the network, in which one visitor has any number of addresses."""
    client = scope.get("client")
    return _household(client[0]) if client else UNKNOWN


def current_visitor() -> str:
    """Give the visitor for whom a handler of the page runs."""
    request: gr.Request | None = LocalContext.request.get(None)
    client = getattr(getattr(request, "request", None), "client", None)
    return _household(client.host) if client else UNKNOWN


def _household(address: str) -> str:
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    if known.ipv4_mapped:
        return str(known.ipv4_mapped)
    return str(IPv6Address(int(known) >> (128 - IPV6_HOUSEHOLD) << (128 - IPV6_HOUSEHOLD)))
