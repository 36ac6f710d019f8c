"""What looking costs: requests and bytes of the browser, and of the subscriber at publishers."""

from dataclasses import dataclass

from playwright.sync_api import Page, Request

from scene import Scene


@dataclass
class Cost:
    requests: int
    views: int
    """Of the requests, those for pictures."""
    bytes: int
    asked: int
    """Requests of the subscriber to publishers."""
    fetched: int
    """Their bytes."""

    def __str__(self) -> str:
        return (f"browser {self.requests} requests, {self.views} of them for pictures, {self.bytes:,} bytes;"
                f" publisher {self.asked} requests, {self.fetched:,} bytes")


class Meter:
    """Counts from the last reading on."""

    def __init__(self, page: Page, scene: Scene) -> None:
        self._scene = scene
        self._done: list[Request] = []
        page.on("requestfinished", lambda request: self._done.append(request))
        self._transfers = self._read()

    def _read(self) -> dict:
        return self._scene.ask("/api/status")["transfers"]

    def read(self, what: str) -> Cost:
        done, before = list(self._done), self._transfers
        self._done.clear()
        self._transfers = self._read()
        sizes = [request.sizes() for request in done]
        cost = Cost(
            len(done), sum("/api/view/" in request.url for request in done),
            sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes),
            self._transfers["requests"] - before["requests"], self._transfers["fetchedBytes"] - before["fetchedBytes"])
        print(f"{what}: {cost}")
        return cost
