#!/usr/bin/env python3
"""Looks whether what the documents name is there: the files that they link to or name, the headings that links lead to, the
suites of tests, the commands and options of the programs and scripts. Nothing is built for it: options are read where they are declared. Exit
status 1, and a line for each thing that is not there.
"""

import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.M)
FENCE = re.compile(r"^```.*?^```$", re.S | re.M)
CODE = re.compile(r"`([^`\n]+)`")
# The program, then what is behind it until the shell would begin something else; not a word of a path or an address.
CALL = re.compile(r"(?<![\w/.@-])(bpubsub(?:-(?:broker|publisher|subscriber|sample))?)((?: +[^|&;#\n`]+)?)")
SCRIPT = re.compile(r"(?<![\w/.-])((?:scripts|Benchmarks)/[\w./-]+)((?: +[^|&;#\n`]+)?)")
OPTION = re.compile(r"(?<!\S)(--?[A-Za-z][\w-]*)")
DECLARED = re.compile(r'\bOption\(\s*(?:\w+: )?"([\w-]+)",(?:\s*short: "(\w)")?')
SUITES = re.compile(r"\b(\w+Tests): ((?:\w+(?:\.[^,;|]+)?(?:, )?)+)")
SERVICES = {
    "bpubsub": "Client", "bpubsub-broker": "BrokerService", "bpubsub-publisher": "PublisherService",
    "bpubsub-subscriber": "SubscriberService",
}


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def sources(folder):
    names = glob.glob(os.path.join(ROOT, "Sources", folder, "**", "*.swift"), recursive=True)
    return "\n".join(read(name) for name in sorted(names))


def declared(text):
    return {option for name, short in DECLARED.findall(text) for option in ("--" + name, "-" + short) if option != "-"}


class Programs:
    """What can be written behind the name of each program."""

    def __init__(self):
        common = read("Sources/Platform/Arguments/CommonOptions.swift").split("public static ")[1:]
        shared = {re.match(r"(?:let|func) (\w+)", part).group(1): declared(part) for part in common}
        shared["log"] = shared["logLevel"] | shared["logFormat"]
        self.options = {}
        for program, service in SERVICES.items():
            text = sources(program) + sources(service)
            own = declared(text) | {"--help", "-h", "--version"}
            for name in re.findall(r"CommonOptions\.(\w+)", text):
                own |= shared[name]
            self.options[program] = own
        sample = sources("bpubsub-sample")
        self.options["bpubsub-sample"] = set(OPTION.findall(sample.replace("[", " "))) | {"--help"}
        self.commands = {
            "bpubsub": set(re.findall(r'static let name = "([\w-]+)"', sources("Client/Commands"))),
            "bpubsub-sample": set(re.findall(r'case "([a-z]+)":', sample)),
        }

    def faults(self, program, words):
        """What of the words behind the program's name it does not know."""
        for option in OPTION.findall(words):
            is_bundle = re.fullmatch(r"-\w{2,}", option) and all("-" + c in self.options[program] for c in option[1:])
            if option not in self.options[program] and not is_bundle:
                yield f"{program} has no option {option}"
        first = words.split()[0] if words.strip() else ""
        if re.fullmatch(r"[a-z]+", first) and first not in self.commands.get(program, {first}):
            yield f"{program} has no command {first}"


def slug(heading):
    """How a heading is called in an address."""
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")


def check_links(path, text):
    for target in LINK.findall(FENCE.sub("", text)):
        if re.match(r"\w+:", target):
            continue
        name, _, anchor = target.partition("#")
        place = os.path.normpath(os.path.join(os.path.dirname(path), name)) if name else path
        if not os.path.exists(os.path.join(ROOT, place)):
            yield f"links to {target}, which is not there"
        elif anchor and anchor not in {slug(heading) for heading in HEADING.findall(read(place))}:
            yield f"links to {target}, but {place} has no such heading"


def check_names(text, targets):
    """Files and folders, as `scripts/setup.sh` or, of the sources, `Platform/Saturating.swift` and `Catalogue/Names/Glob`."""
    made = {line.strip("/\n") for line in read(".gitignore").splitlines()}
    for name in CODE.findall(FENCE.sub("", text)):
        if not re.fullmatch(r"[\w.+-]+(/[\w.+-]+)+/?", name) or name.strip("/") in made:
            continue
        first = name.split("/")[0]
        places = [name] if first in ("scripts", "docs", "Tests", "Benchmarks", "Sources") else []
        if first in targets:
            places = [f"Sources/{name}", f"Sources/{name}.swift"]
        if places and not any(os.path.exists(os.path.join(ROOT, place)) for place in places):
            yield f"names {name}, which is not there"


def check_suites(text):
    """Suites of tests, as `PlatformTests: SaturatingTests, ArithmeticRulesTests`."""
    for target, list_ in SUITES.findall(text):
        found = re.findall(r"\b(?:struct|class|actor|extension) (\w+)", sources(f"../Tests/{target}"))
        for name in re.findall(r"(?:^|[,;] )(\w+Tests)\b", list_):
            if name not in found:
                yield f"names {name} of {target}, which is not there"


def check_calls(text, programs):
    code = "\n".join(FENCE.findall(text) + CODE.findall(FENCE.sub("", text)))
    for program, words in CALL.findall(code):
        yield from programs.faults(program, words)
    for script, words in SCRIPT.findall(code):
        place = os.path.join(ROOT, script)
        content = read(script) if os.path.isfile(place) else ""
        for option in OPTION.findall(words) if content.startswith("#!") else ():
            if option not in content:
                yield f"{script} knows no {option}"


def main():
    programs = Programs()
    targets = set(os.listdir(os.path.join(ROOT, "Sources")))
    count = 0
    for path in sorted(glob.glob("*.md", root_dir=ROOT) + glob.glob("docs/**/*.md", root_dir=ROOT, recursive=True)):
        text = read(path)
        # What a release had is history.
        checks = [check_links(path, text)]
        if path != "CHANGELOG.md":
            checks += [check_names(text, targets), check_suites(text), check_calls(text, programs)]
        for fault in dict.fromkeys(fault for check in checks for fault in check):
            print(f"{path} {fault}")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
