#!/usr/bin/env python3
"""Holds the package against the table of ARCHITECTURE.md.

    swift package dump-package | scripts/check-layers.py

Each target is a row of the table, in a folder of its name, and uses what the row says: only rows above its own, only what its
files import, and all that they import. Tests and benchmarks import only what Package.swift lets them. A C library is
imported by one Swift module, but for those that its row names. Exit status 1, and a line for each fault.
"""

import functools
import json
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MAP = "ARCHITECTURE.md"
# Of the system and the compiler. All of Foundation is not among them: it makes a static program three times as large.
SYSTEM = {"FoundationEssentials", "Glibc", "Synchronization", "Testing"}
ROW = re.compile(r"^\|(?P<names>[^|]+)\|(?P<purpose>[^|]+)\|(?P<uses>[^|]+)\|$", re.M)
NAME = re.compile(r"`([\w-]+)`")
IMPORT = re.compile(
    r"^(?:@\w+\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func)\s+)?(\w+)",
    re.M,
)


def rows(text):
    """The table: for each target, in order, what its row says that it is and that it uses."""
    found = {}
    for row in ROW.finditer(text.split("\n\n`Benchmarks/`")[0]):
        for name in NAME.findall(row["names"]):
            found[name] = (row["purpose"], set(NAME.findall(row["uses"])))
    return found


@functools.cache
def imports(folder):
    """For each module that a file in the folder imports, one such file."""
    found = {}
    for place, _, names in os.walk(os.path.join(ROOT, folder)):
        for name in sorted(names):
            if name.endswith(".swift"):
                path = os.path.join(place, name)
                with open(path, encoding="utf-8") as file:
                    for module in IMPORT.findall(file.read()):
                        found.setdefault(module, os.path.relpath(path, ROOT))
    return found


def folder_of(target):
    return target.get("path") or os.path.join("Tests" if target["type"] == "test" else "Sources", target["name"])


def check_row(target, uses, above, faults):
    """The row of a target against Package.swift and against the files."""
    name = target["name"]
    declared = {dependency["byName"][0] for dependency in target["dependencies"]}
    for other in sorted(declared ^ uses):
        faults.append(f"{name} and {other}: {MAP} and Package.swift say different things")
    for other in sorted(uses - above):
        faults.append(f"{name} uses {other}, which is not above it in {MAP}")
    imported = imports(folder_of(target))
    for other in sorted(declared - imported.keys()):
        faults.append(f"{name} does not import {other}: take it out of Package.swift and {MAP}")


def check_imports(target, modules, faults):
    declared = {dependency["byName"][0] for dependency in target["dependencies"]}
    for module, path in sorted(imports(folder_of(target)).items()):
        if module in modules and module not in declared:
            faults.append(f"{path} imports {module}, of which Package.swift says nothing for {target['name']}")
        if module not in modules and module not in SYSTEM:
            faults.append(f"{path} imports {module}, which is neither ours nor one of {', '.join(sorted(SYSTEM))}")


def check_library(name, purpose, importers, faults):
    named = set(NAME.findall(purpose))
    if named and importers != named:
        faults.append(f"{name} is imported by {', '.join(sorted(importers))}; {MAP} names {', '.join(sorted(named))}")
    if not named and len(importers) != 1:
        faults.append(f"{name} is imported by {', '.join(sorted(importers)) or 'nobody'}: one module is to do that")


def main():
    with open(os.path.join(ROOT, MAP), encoding="utf-8") as file:
        table = rows(file.read())
    targets = json.load(sys.stdin)["targets"]
    listed = [target for target in targets if folder_of(target).startswith("Sources/")]
    libraries = [target["name"] for target in listed if imports(folder_of(target)) == {} and target["name"][0] == "C"]
    modules = {target["name"] for target in targets}
    faults = [f"{name} has no row in {MAP}" for name in sorted({target["name"] for target in listed} - table.keys())]
    faults += [f"{MAP} has a row for {name}, which is no target" for name in sorted(table.keys() - modules)]
    order = list(table)
    for target in targets:
        name = target["name"]
        if name in libraries:
            continue
        check_imports(target, modules, faults)
        if name in table:
            check_row(target, table[name][1], set(order[: order.index(name)]), faults)
    for name in libraries:
        importers = {t["name"] for t in targets if t["type"] != "test" and name in imports(folder_of(t))}
        check_library(name, table.get(name, ("", set()))[0], importers, faults)
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
