"""The tables of docs/dataset/README.md, from what analyze found: python3 docs/dataset/tables.py METRICS..."""
import json
import sys


def percent(estimate):
    return f"{estimate['value']:.1%} ({100 * estimate['low']:.1f} to {100 * estimate['high']:.1f})".replace("%", " %")


def auc(estimate):
    return f"{estimate['value']:.3f} ({estimate['low']:.3f} to {estimate['high']:.3f})"


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |")


def head(*cells):
    row(*cells)
    print("|" + "|".join("---" if i == 0 else "---:" for i in range(len(cells))) + "|")


def question(metrics, name):
    return next((one for one in metrics["questions"] if one["id"] == name and not one["skipped"]), None)


def by_networks(which):
    """The paper's table: accuracy by networks that were learned from, a fifth or more of all being tested."""
    ways = [("raw", "forest"), ("raw", "ridge"), ("aligned", "ridge"), ("invariants", "forest"), ("invariants", "ridge")]
    curves = {(curve["view"], curve["method"]): curve["points"] for curve in which["curves"]}
    ways = [way for way in ways if way in curves]
    head("networks of each machine learned from", *(f"{view}, {method}" for view, method in ways))
    for i, point in enumerate(curves[ways[0]]):
        row(f"{point['x']:,}", *(percent(curves[way][i]["y"]) for way in ways))


def views(which):
    """All networks, in five folds."""
    scores = [one for one in which["scores"] if one["subject"] == "original machines" and one["metric"] == "accuracy"]
    named = {(one["view"], one["method"]): one for one in scores}
    head("view", "ridge", "forest", "forest, labels shuffled")
    for view in dict.fromkeys(one["view"] for one in scores):
        ridge, forest = named[view, "ridge"], named[view, "forest"]
        row(view, percent(ridge["value"]), percent(forest["value"]), percent(forest["shuffled"]))


def errors(which):
    """Who is taken for whom, of all networks in five folds."""
    for view, method in [("raw", "forest"), ("invariants", "ridge")]:
        for matrix in which["confusion_matrices"]:
            if (matrix["subject"], matrix["view"], matrix["method"]) != ("original machines", view, method):
                continue
            print(f"\n{view}, {method}: rows are what they learned, columns what they are taken for.\n")
            head("", *matrix["classes"])
            for name, counts in zip(matrix["classes"], matrix["counts"]):
                row(name, *(f"{count:,}" for count in counts))


def contrasts(metrics):
    """Modified, original and control forms told apart: mean AUC over machines."""
    head("question", "invariants, forest", "aligned, ridge", "raw, forest", "validation loss", "epochs")
    for name in ["modified_or_original", "modified_or_original_unseen_machine", "modified_or_control",
                 "modified_or_control_unseen_machine"]:
        if (one := question(metrics, name)) is None:
            continue
        means = {(score["view"], score["method"]): score for score in one["scores"] if score["subject"].startswith("mean")}
        row(one["title"], *(auc(means[way]["value"]) for way in [
            ("invariants", "forest"), ("aligned", "ridge"), ("raw", "forest"), ("validation_loss", "value"), ("epochs", "value")]))


for path in sys.argv[1:]:
    found = json.load(open(path, encoding="utf-8"))
    naming = question(found, "which_machine")
    if question(found, "modified_or_original"):
        contrasts(found)
        continue
    by_networks(naming)
    print()
    views(naming)
    errors(naming)
