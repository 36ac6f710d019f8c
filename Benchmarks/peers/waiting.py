"""Waits for servers."""

import time

import httpx


def answers(url: str, seconds: float = 60, **options) -> None:
    """Waits until a server is there, and says that what is asked for is."""
    end = time.monotonic() + seconds
    while True:
        try:
            httpx.get(url, **options).raise_for_status()
            return
        except httpx.TransportError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
