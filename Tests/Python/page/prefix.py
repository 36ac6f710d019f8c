"""A proxy that has the subscriber below a path, which it takes off and does not tell."""

import http.client
import http.server
import threading
import urllib.parse


class Prefix:
    """Serves until the story ends; `outside` has the paths that were asked for and are not below its own."""

    def __init__(self, url: str, path: str) -> None:
        self.outside: list[str] = []
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler(url, path))
        self.url = f"http://127.0.0.1:{self._server.server_port}{path}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _handler(self, url: str, path: str) -> type[http.server.BaseHTTPRequestHandler]:
        target, outside = urllib.parse.urlsplit(url).netloc, self.outside

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def pass_on(self) -> None:
                if not self.path.startswith(path + "/"):
                    outside.append(self.path)
                    self.send_error(404)
                    return
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                far = http.client.HTTPConnection(target)
                headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
                try:
                    far.request(self.command, self.path.removeprefix(path), body or None, headers)
                    self._answer(far.getresponse())
                except OSError:
                    self.close_connection = True
                finally:
                    far.close()

            def _answer(self, answer: http.client.HTTPResponse) -> None:
                self.send_response_only(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("connection", "transfer-encoding"):
                        self.send_header(name, value)
                self.end_headers()
                # Each piece at once, as events come.
                while piece := answer.read1(1 << 16):
                    self.wfile.write(piece)
                    self.wfile.flush()

            do_GET = do_POST = do_HEAD = pass_on

        return Handler
