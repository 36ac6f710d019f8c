"""The systems that are compared, each with the same array, and with 10,000 small ones."""

import os
import re
import subprocess
import sys
import time

import httpx

from systems import Workshop, free_port


def answers(url: str) -> None:
    """Waits until a server is there."""
    end = time.monotonic() + 60
    while True:
        try:
            httpx.get(url).raise_for_status()
            return
        except httpx.TransportError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


class Bpubsub:
    name = "bpubsub"
    cube, many = "/api/{}/foo/cube.b2nd", "/api/list/many"

    def __init__(self, shop: Workshop, folder: str, many: str, environment: dict[str, str] = {}):
        """With the array of `folder`, and what is in `many`; `environment` is for the subscriber."""
        self.broker = shop.service("broker", "bpubsub-broker")
        for group, data in (("foo", folder), ("many", many)):
            shop.service("publisher-" + group, "bpubsub-publisher", group, data, "--broker", self.broker.url)
        self.server = shop.service("subscriber", "bpubsub-subscriber", "--broker", self.broker.url, environment=environment)
        self.servers, self.url = [self.server], self.server.url
        end = time.monotonic() + 300
        listed = lambda group: len(httpx.get(f"{self.url}/api/list/{group}").json() or [])
        while listed("foo") < 1 or listed("many") < len(os.listdir(many)):
            if time.monotonic() > end:
                raise RuntimeError("not all is listed")
            time.sleep(0.1)
        # All of it is held from here on.
        httpx.get(self.url + self.cube.format("download"), timeout=300).raise_for_status()


class Caterva2:
    name = "caterva2"
    cube, many = "/api/{}/@public/cube.b2nd", "/api/list/@public/many"

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


class Nginx:
    """The same bytes as files: what is possible at all."""

    name = "nginx"

    def __init__(self, shop: Workshop, files: dict[str, bytes], folder: str):
        root = shop.path("nginx")
        os.makedirs(root)
        for name, content in files.items():
            with open(os.path.join(root, name), "wb") as f:
                f.write(content)
        os.link(os.path.join(folder, "cube.b2nd"), os.path.join(root, "cube.b2nd"))
        # Its workers may run as another user.
        for place in (shop.folder, root):
            os.chmod(place, 0o755)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        conf = shop.path("nginx.conf")
        with open(conf, "w") as f:
            f.write(
                "worker_processes auto; daemon off; error_log stderr; pid %s; events { worker_connections 512; }\n"
                "http { access_log off; sendfile on; open_file_cache max=100; keepalive_requests 1000000;\n"
                "  client_body_temp_path %s; proxy_temp_path %s; fastcgi_temp_path %s; uwsgi_temp_path %s;\n"
                "  scgi_temp_path %s; server { listen 127.0.0.1:%d; root %s; } }\n"
                % ((shop.path("nginx.pid"),) + (shop.path("nginx-temp"),) * 5 + (port, root)))
        program = shop.start("nginx", "/usr/sbin/nginx", "-c", conf, "-p", root, ready=self.url)
        answers(self.url + "/info.json")
        self.servers = [Worker(program.process.pid)] if not (w := workers(program.process.pid)) else w


class Worker:
    """A process that is not ours to stop."""

    def __init__(self, pid: int):
        self.pid = pid

    def cpu(self) -> float:
        with open(f"/proc/{self.pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak(self) -> float:
        with open(f"/proc/{self.pid}/status") as f:
            return int(re.search(r"VmHWM:\s+(\d+)", f.read())[1]) * 1024 / 1e6


def workers(pid: int) -> list[Worker]:
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [Worker(int(child)) for child in f.read().split()]
