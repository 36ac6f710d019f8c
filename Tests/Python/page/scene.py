"""What a story is played in front of: a broker, a publisher of a folder as the group `pictures`, a subscriber."""

import json
import urllib.request
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Scene:
    url: str
    """The subscriber's."""
    broker: str
    """Its URL."""
    folder: str
    """Of the publisher, with the files."""
    stage: str
    """Where the test starts and stops services."""
    others: list[str] = field(default_factory=list)
    """Other URLs by which a story reaches the subscriber."""

    def stop(self, service: str) -> None:
        """Ends the `publisher` or the `subscriber`, and waits until it has ended."""
        self._do("stop", service)

    def start(self, service: str) -> None:
        """Starts it again, at the address that it had, and waits until it answers."""
        self._do("start", service)

    def ask(self, path: str) -> Any:
        """What the subscriber answers, from JSON."""
        with urllib.request.urlopen(self.url + path, timeout=600) as answer:
            return json.load(answer)

    def _do(self, action: str, service: str) -> None:
        with urllib.request.urlopen(f"{self.stage}/{action}/{service}", timeout=600) as answer:
            assert answer.status == 200
