"""Looks at a subscriber's web page with a real browser, as a person would.

python Tests/Python/page make STORY FOLDER                     makes the files that a story is about
python Tests/Python/page play STORY URL BROKER FOLDER STAGE    plays it; STAGE is where the test starts and stops services

A story is a file in `stories` with a function `play(page, scene)`, found by its name; one that needs other files than those
of `samples.py` has a function `make(folder)` as well.
"""

import importlib
import sys

import browser
import samples
from scene import Scene


def main(action: str, name: str, *rest: str) -> None:
    story = importlib.import_module("stories." + name)
    if action == "make":
        getattr(story, "make", samples.make)(*rest)
    else:
        browser.play(story.play, Scene(*rest))


if __name__ == "__main__":
    main(*sys.argv[1:])
