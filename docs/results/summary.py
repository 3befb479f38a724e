"""The part of a metrics.json that pages quote, on standard output: all but single networks' points, and confusion matrices only with
--confusion."""
import json
import sys

metrics = json.load(open(sys.argv[1], encoding="utf-8"))
for projection in metrics["projections"]:
    del projection["points"]
del metrics["loss_curves"], metrics["heat_maps"]
for question in metrics["questions"]:
    del question["distributions"]
    if "--confusion" not in sys.argv:
        del question["confusion_matrices"]
    for automaton in question["automata"]:
        del automaton["edges"], automaton["outputs"]
print(json.dumps(metrics, indent=1, ensure_ascii=False))
