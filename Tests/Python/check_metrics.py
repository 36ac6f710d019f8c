"""Reads expositions as Prometheus would: check_metrics.py DOCUMENTATION FILE ...

Each FILE must parse, have no family twice, and keep to Prometheus' habits; all together must have exactly the families
that the tables of DOCUMENTATION name.
"""

import re
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families


def check(path):
    with open(path, encoding="utf-8", newline="") as file:
        families = list(text_string_to_metric_families(file.read()))
    names = [family.name for family in families]
    assert len(set(names)) == len(names), f"{path}: a family is there twice"
    for family in families:
        about = f"{path}: {family.name}"
        assert family.documentation.endswith("."), f"{about} has no sentence of help"
        assert re.fullmatch(r"(bpubsub|process)(_[a-z]+)+", family.name), f"{about} is oddly named"
        assert not family.name.endswith("_total"), about
        assert family.type in ("counter", "gauge", "histogram", "info"), about
        for unit in ("bytes", "seconds"):
            assert (family.unit == unit) == family.name.endswith("_" + unit), f"{about} has the wrong unit"
        samples = [(sample.name, tuple(sorted(sample.labels.items()))) for sample in family.samples]
        assert len(set(samples)) == len(samples), f"{about} has a sample twice"
        for sample in family.samples:
            if family.type != "gauge":
                assert sample.value >= 0, about
    return set(names)


documentation, *paths = sys.argv[1:]
with open(documentation, encoding="utf-8") as file:
    documented = re.findall(r"^\| `([a-z_]+)`", file.read(), re.MULTILINE)
assert len(set(documented)) == len(documented), "a family is documented twice"
documented = {name.removesuffix("_total").removesuffix("_info") for name in documented}
served = set().union(*(check(path) for path in paths))
assert served == documented, f"not documented: {served - documented}; not served: {documented - served}"
