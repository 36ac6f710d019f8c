import os

from systems import Workshop, free_port, workers

from .waiting import answers


class Nginx:
    """The same bytes as files: what is possible at all."""

    name = "nginx"
    headers: dict[str, str] = {}
    paths = {
        "info": "/info.json", "slice": "/slice.b2nd", "chunk": "/chunk.bin", "range": "/cube.b2nd", "list": "/list.json",
        "download": "/cube.b2nd"}

    def __init__(self, shop: Workshop, folder: str):
        """With the array of `folder`; the other answers are added."""
        self.root = root = shop.path("nginx")
        os.makedirs(root)
        self.add({"/ready": b"yes"})
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
        answers(self.url + "/ready")
        self.servers = workers(program.process.pid) or [program]

    def add(self, files: dict[str, bytes]) -> None:
        """By their paths."""
        for path, content in files.items():
            with open(self.root + path, "wb") as f:
                f.write(content)
