import os
import time

import httpx

import data
from systems import Workshop


def caterva2_paths(dataset: str, group: str) -> dict[str, str]:
    """The read interface that Caterva2 and a subscriber have in common."""
    fetch = f"/api/fetch/{dataset}"
    return {
        "info": f"/api/info/{dataset}",
        "random": fetch + "?slice_={}",
        "slice": f"{fetch}?slice_={data.FIXED}",
        "chunk": f"/api/chunk/{dataset}?nchunk=77",
        "range": fetch,
        "list": f"/api/list/{group}",
        "download": f"/api/download/{dataset}",
    }


class Bpubsub:
    name = "bpubsub"
    headers: dict[str, str] = {}
    paths = caterva2_paths("foo/cube.b2nd", "many")

    def __init__(self, shop: Workshop, folder: str, many: str, environment: dict[str, str] = {}):
        """With the array of `folder`, and what is in `many`; `environment` is for the subscriber."""
        self.broker = shop.service("broker", "bpubsub-broker")
        for group, place in (("foo", folder), ("many", many)):
            shop.service("publisher-" + group, "bpubsub-publisher", group, place, "--broker", self.broker.url)
        self.server = shop.service("subscriber", "bpubsub-subscriber", "--broker", self.broker.url, environment=environment)
        self.servers, self.url = [self.server], self.server.url
        end = time.monotonic() + 300
        listed = lambda group: len(httpx.get(f"{self.url}/api/list/{group}").json() or [])
        while listed("foo") < 1 or listed("many") < len(os.listdir(many)):
            if time.monotonic() > end:
                raise RuntimeError("not all is listed")
            time.sleep(0.1)
        # All of it is held from here on.
        httpx.get(self.url + self.paths["download"], timeout=300).raise_for_status()
