import os
import subprocess

import data
from systems import DEPS, HERE, Workshop, free_port

from .waiting import answers

BIN = os.path.join(DEPS, "tiled", "bin")


class Tiled:
    """The array as Zarr, with the same chunks and codec (it has no adapter for Blosc2), one process.

    From a tree in memory: its catalogue in SQLite is slower, and takes a minute for each 1,000 files that are registered.
    """

    name = "tiled"
    many = 10_000
    headers = {"Accept": "application/octet-stream"}
    paths = {
        "info": "/api/v1/metadata/cube",
        "random": "/api/v1/array/full/cube?slice={}",
        "slice": f"/api/v1/array/full/cube?slice={data.FIXED}",
        # It lists 300 in one answer at most.
        "list": [f"/api/v1/search/many?page[offset]={start}&page[limit]=300&fields=" for start in range(0, 10_000, 300)],
    }

    def __init__(self, shop: Workshop, folder: str):
        copy = os.path.join(folder, "cube.zarr")
        tree = os.path.join(HERE, "peers", "tree")
        if not os.path.exists(copy):
            subprocess.check_call(
                [BIN + "/python", os.path.join(tree, "copy_to_zarr.py"), os.path.join(folder, "cube.b2nd"), copy])
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        environment = {"PYTHONPATH": tree, "BENCHMARK_ZARR": copy, "BENCHMARK_MANY": str(self.many)}
        self.server = shop.start(
            "tiled", BIN + "/tiled", "serve", "pyobject", "benchmark_tree:tree", "--public", "--port", str(port),
            ready=self.url, environment=environment)
        self.servers = [self.server]
        answers(self.url + self.paths["info"])
