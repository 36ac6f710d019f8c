"""Looks at a subscriber's web page with a real browser, as a person would.

python Tests/Python/page

Says `listening on http://…`, and is asked there, one question at a time:

POST /make    [STORY, FOLDER]                        makes the files that a story is about
POST /play    [STORY, URL, BROKER, FOLDER, STAGE]    plays it; STAGE is where the test starts and stops services

The answer is what the story has printed; of one that failed, with a status of 500, also where and why.

A story is a file in `stories` with a function `play(page, scene)`, found by its name; one that needs other files than those
of `samples.py` has a function `make(folder)` as well.
"""

import contextlib
import http.server
import importlib
import io
import json
import os
import signal
import sys
import traceback

import samples
from browser import Theatre
from scene import Scene


def handler(theatre: Theatre) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            name, *rest = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            said, status = io.StringIO(), 200
            with contextlib.redirect_stdout(said):
                try:
                    story = importlib.import_module("stories." + name)
                    if self.path == "/make":
                        getattr(story, "make", samples.make)(*rest)
                    else:
                        theatre.play(story.play, Scene(*rest))
                # Whatever a story ends with, others are played after it.
                except Exception:
                    status = 500
                    traceback.print_exc(file=said)
            answer = said.getvalue().encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    return Handler


class Server(http.server.HTTPServer):
    """Ends with whoever has started it, also with one who was killed."""

    parent = os.getppid()

    def service_actions(self) -> None:
        if os.getppid() != self.parent:
            sys.exit("whoever has started this is no more")


def main() -> None:
    # Asked to end, it ends the browser first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with Theatre() as theatre, Server(("127.0.0.1", 0), handler(theatre)) as server:
        print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
