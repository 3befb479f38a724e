"""The part of a metrics.json that docs/analysis.md quotes: all but single networks' points, on standard output."""
import json
import sys

metrics = json.load(open(sys.argv[1], encoding="utf-8"))
for projection in metrics["projections"]:
    del projection["points"]
del metrics["loss_curves"], metrics["heat_maps"]
for question in metrics["questions"]:
    del question["confusion_matrices"], question["distributions"]
    for automaton in question["automata"]:
        del automaton["edges"], automaton["outputs"]
print(json.dumps(metrics, indent=1, ensure_ascii=False))
