import base64
import os
import signal
import time

import blosc2
import httpx

import data
from systems import DEPS, Workshop, free_port, workers

from .waiting import answers

BIN = os.path.join(DEPS, "hsds", "bin")
NAME = "admin"
USER = {"auth": (NAME, NAME)}
TYPE = "H5T_IEEE_F32LE"
# Byte shuffle and Blosc's zstd, whose level is 5 where none is given: what the array has as Blosc2.
FILTERS = [
    {"class": "H5Z_FILTER_SHUFFLE", "id": 2, "name": "shuffle"}, {"class": "H5Z_FILTER_ZSTD", "id": 32015, "name": "zstd"}]


# The folder its nodes look for, whatever `--bucket_name` says.
BUCKET = "hsdstest"


class Hsds:
    """The array as a dataset of HSDS, with the same chunks and codec, in files (POSIX); one node for requests and, as its
    documentation says, a data node for each processor, without Docker."""

    name = "hsds"
    cube, group = "/home/cube.h5", "/home/many.h5"
    many = 10_000
    headers = {
        "Accept": "application/octet-stream",
        "Authorization": "Basic " + base64.b64encode(f"{NAME}:{NAME}".encode()).decode()}

    def __init__(self, shop: Workshop, folder: str):
        store = os.path.join(folder, "hsds")
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        if not os.path.exists(store):
            self._start(shop, store + ".part", port)
            self._fill(folder)
            shop.stop(self.server)
            os.rename(store + ".part", store)
        self._start(shop, store, port)
        self.servers = [self.server, *workers(self.server.process.pid)]
        root = self._get(self.group)["root"]
        dataset = self._dataset()
        at = f"domain={self.cube}"
        self.paths = {
            "info": f"/datasets/{dataset}?{at}",
            "random": f"/datasets/{dataset}/value?{at}&select=[{{}}]",
            "slice": f"/datasets/{dataset}/value?{at}&select=[{data.FIXED}]",
            "list": f"/groups/{root}/links?domain={self.group}",
        }

    def _start(self, shop: Workshop, store: str, port: int) -> None:
        os.makedirs(os.path.join(store, BUCKET), exist_ok=True)
        # Ended as by control-C: by anything else it leaves its nodes behind.
        self.server = shop.start(
            "hsds", BIN + "/hsds", "--root_dir", store, "--host", "127.0.0.1", "-p", str(port),
            "--count", str(os.cpu_count()), "--hs_username", NAME, "--hs_password", NAME, "--loglevel", "WARNING",
            "--logfile", shop.path("hsds-nodes.log"), ready=self.url, ending=signal.SIGINT)
        # It says so after five seconds, whether its nodes are ready or not; before that it is not ended cleanly.
        end = time.monotonic() + 60
        answers(self.url + "/about")
        while not self._says("READY!") or httpx.get(self.url + "/about").json()["state"] != "READY":
            if time.monotonic() > end:
                raise RuntimeError("HSDS is not ready")
            time.sleep(0.1)

    def _says(self, text: str) -> bool:
        with open(self.server.log) as f:
            return text in f.read()

    def _get(self, domain: str) -> dict:
        return httpx.get(self.url + "/", params={"domain": domain}, **USER).raise_for_status().json()

    def _dataset(self) -> str:
        link = f"{self.url}/groups/{self._get(self.cube)['root']}/links/cube"
        return httpx.get(link, params={"domain": self.cube}, **USER).raise_for_status().json()["link"]["id"]

    def _fill(self, folder: str) -> None:
        """Takes a minute or two."""
        with httpx.Client(base_url=self.url, timeout=300, **USER) as client:
            def put(path: str, domain: str, **options) -> dict:
                options["params"] = {"domain": domain} | options.get("params", {})
                answer = client.put(path, **options).raise_for_status()
                return answer.json() if answer.content else {}

            put("/", "/home", json={"folder": 1})
            root = put("/", self.cube)["root"]
            array = blosc2.open(os.path.join(folder, "cube.b2nd"), mode="r")
            layout = {"class": "H5D_CHUNKED", "dims": list(array.chunks)}
            dataset = client.post("/datasets", params={"domain": self.cube}, json={
                "type": TYPE, "shape": list(array.shape), "creationProperties": {"layout": layout, "filters": FILTERS},
                "link": {"id": root, "name": "cube"}}).raise_for_status().json()["id"]
            step = array.chunks[0]
            for start in range(0, array.shape[0], step):
                put(f"/datasets/{dataset}/value", self.cube, params={"select": f"[{start}:{start + step},:,:]"},
                    content=array[start : start + step].tobytes(), headers={"Content-Type": "application/octet-stream"})
            root = put("/", self.group)["root"]
            for start in range(0, self.many, 500):
                client.post("/datasets", params={"domain": self.group}, json=[
                    {"type": "H5T_STD_I64LE", "shape": [10], "link": {"id": root, "name": f"{number:06d}"}}
                    for number in range(start, min(start + 500, self.many))]).raise_for_status()
            for domain in (self.cube, self.group):
                # Else they are written some time later.
                put("/", domain, params={"flush": 1})
