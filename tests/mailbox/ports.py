"""A port that nothing listens on."""

from __future__ import annotations

import socket


def free_port() -> int:
    """One of this machine's, for a server to come."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
