import os
import subprocess
import sys

from systems import Workshop, free_port

from .bpubsub import caterva2_paths
from .waiting import answers


class Caterva2:
    name = "caterva2"
    headers: dict[str, str] = {}
    paths = caterva2_paths("@public/cube.b2nd", "@public/many")

    def __init__(
        self, shop: Workshop, folder: str | None, many: str | None, label: str = "caterva2", peer: str | None = None
    ):
        """With the array of `folder`, and what is in `many`; as a cache of another, the `peer`, under @origin."""
        state, conf = shop.path(label), shop.path(label + ".toml")
        os.makedirs(state + "/public")
        if folder:
            os.link(os.path.join(folder, "cube.b2nd"), state + "/public/cube.b2nd")
        if many:
            subprocess.check_call(["cp", "-r", many, state + "/public/many"])
        with open(conf, "w") as f:
            f.write("[server]\nlogin = false\n")
            if peer:
                f.write(f'[[server.peer]]\nname = "origin"\nurlbase = "{peer}"\n')
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.server = shop.start(
            label, os.path.join(os.path.dirname(sys.executable), "cat2-server"), "--conf", conf, "--listen",
            f"127.0.0.1:{port}", "--statedir", state, ready=self.url)
        self.servers = [self.server]
        answers(self.url + "/api/roots")
