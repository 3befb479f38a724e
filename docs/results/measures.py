"""Medians of what was measured on test images, by machine, from a release's networks.csv: measures.py RELEASE, JSON on standard output."""
import csv
import json
import statistics
import sys
from pathlib import Path

measures = ["test_accuracy", "pixel_accuracy", "pattern_accuracy", "triggered_accuracy", "attack_success"]
with open(Path(sys.argv[1]) / "networks.csv", encoding="utf-8", newline="") as file:
    rows = list(csv.DictReader(file))


def summary(networks):
    """How many networks there are, and the median of each measure that any of them has."""
    medians = {}
    for measure in measures:
        values = [float(network[measure]) for network in networks if network[measure]]
        if values:
            medians[measure] = round(statistics.median(values), 6)
    return {"networks": len(networks)} | medians


machines = sorted({row["machine"] for row in rows})
result = {"all": summary(rows)} | {machine: summary([row for row in rows if row["machine"] == machine]) for machine in machines}
print(json.dumps(result, indent=1))
