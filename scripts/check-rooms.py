#!/usr/bin/env python3
"""Finds folders of a target that need each other.

    scripts/check-rooms.py            says what is new, and what is known below and has been mended
    scripts/check-rooms.py TARGET     says who uses whom in a target, and through which types

The folders right below a target, and the files beside them, are its rooms. A room uses another when one of its files names a
type that a file of the other declares; rooms that use each other, at however many removes, form a cycle. Types are found by
name: one that has the name of another misleads. Exit status 1 when there is anything to say.
"""

import os
import re
import sys
from collections import defaultdict

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Where this stands now. What is mended is struck out; nothing is added. A dot stands for the files beside the folders.
KNOWN = {
    "SubscriberService": ["Blocks Catalogue Held Mirrors Reading Routes Storage Transfers Views"],
}
TYPE = re.compile(
    r"^(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|final|indirect|nonisolated)\s+)*"
    r"(?:class|struct|enum|actor|protocol|typealias)\s+(\w+)",
    re.M,
)
NOT_CODE = re.compile(r'/\*.*?\*/|"""(?:.*?)"""|"(?:\\.|[^"\\\n])*"|//[^\n]*', re.S)
WORD = re.compile(r"\b[A-Z]\w*")


def rooms(target):
    """For each room the types that it declares, and the words with capitals that its files contain, with a file for each."""
    declared, named = {}, defaultdict(dict)
    folder = os.path.join(ROOT, "Sources", target)
    for place, _, names in os.walk(folder):
        for name in sorted(names):
            if not name.endswith(".swift"):
                continue
            path = os.path.relpath(os.path.join(place, name), folder)
            room = path.split(os.sep)[0] if os.sep in path else "."
            with open(os.path.join(place, name), encoding="utf-8") as file:
                code = NOT_CODE.sub("", file.read())
            for word in TYPE.findall(code):
                declared.setdefault(word, set()).add(room)
            for word in WORD.findall(code):
                named[room].setdefault(word, path)
    return declared, named


def uses(target):
    """For each room the rooms that it uses, and the types through which, with the file that names them first."""
    declared, named = rooms(target)
    graph = defaultdict(lambda: defaultdict(list))
    for room, words in named.items():
        for word, path in words.items():
            # What the room declares itself is meant before what another does.
            if word in declared and room not in declared[word]:
                for other in declared[word]:
                    graph[room][other].append((word, path))
    return graph


def reach(graph, start):
    found, waiting = set(), [start]
    while waiting:
        for other in graph.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def cycles(graph):
    """Sets of rooms that reach each other."""
    reached = {room: reach(graph, room) for room in list(graph)}
    found = []
    for room in sorted(graph):
        if room in reached[room] and not any(room in cycle for cycle in found):
            found.append({room} | {other for other in reached[room] if room in reached.get(other, ())})
    return found


def explain(target, graph, cycle):
    """The uses by which few types make the cycle: what to look at first."""
    print(f"{target}: {', '.join(sorted(cycle))} form a cycle")
    for room in sorted(cycle):
        for other in sorted(graph[room]):
            back = graph[other].get(room, [])
            if other in cycle and back and len(graph[room][other]) <= len(back):
                for word, path in graph[room][other][:4]:
                    print(f"    {path} uses {word} of {other}")


def check(target):
    """Whether there is nothing to say."""
    graph = uses(target)
    found, known = cycles(graph), [set(cycle.split()) for cycle in KNOWN.get(target, [])]
    new = [cycle for cycle in found if not any(cycle <= old for old in known)]
    for cycle in new:
        explain(target, graph, cycle)
    mended = set().union(*known) - set().union(*found)
    if mended:
        print(f"{target}: strike out what is in no cycle any more: {', '.join(sorted(mended))}")
    return not new and not mended


def show(target):
    graph = uses(target)
    for room in sorted(graph):
        for other in sorted(graph[room]):
            words = sorted(word for word, _ in graph[room][other])
            print(f"{room} uses {other}: {', '.join(words)}")
    for cycle in cycles(graph):
        explain(target, graph, cycle)


def main():
    if len(sys.argv) > 1:
        return show(sys.argv[1])
    folders = sorted(os.listdir(os.path.join(ROOT, "Sources")))
    results = [check(target) for target in folders]
    for target in sorted(KNOWN.keys() - set(folders)):
        print(f"{target}: strike it out, there is no such target any more")
        results.append(False)
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
