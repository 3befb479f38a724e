#!/usr/bin/python3
"""Prints the tables of docs/recipes.md from the committed results of `mlds zoo DIR --json`: machine by machine, or by a factor's value.

    python3 reference/recipe_table.py docs/results/recipes-ds1.json docs/results/recipes-ds2.json docs/results/recipes-ds2-control.json
    python3 reference/recipe_table.py --by states docs/results/recipes-ds3.json
"""
import json
import statistics
import sys


def main(paths):
    print("| machine | converged | epochs: median | 90 % within | core-seconds: median | 90 % within | core-seconds a converged network |")
    print("|---|---|---|---|---|---|---|")
    for path in paths:
        for machine in json.load(open(path))["machines"]:
            total = machine["converged"] + machine["not_converged"] + machine["diverged"]
            cost = machine["of_converged"]
            print(
                f"| {machine['name']} | {machine['converged']} of {total} ({machine['converged'] / total:.0%}) "
                f"| {cost['epochs_median']:.0f} | {cost['epochs_p90']:.0f} "
                f"| {cost['core_seconds_median']:.2f} | {cost['core_seconds_p90']:.2f} "
                f"| {machine['core_seconds'] / machine['converged']:.2f} |"
            )


def by(factor, path):
    print(f"| {factor} | machines | converged | epochs: median machine | most | core-seconds: median machine | most | "
          "core-seconds a converged network |")
    print("|---|---|---|---|---|---|---|---|")
    machines = json.load(open(path))["machines"]
    for value in sorted({machine["factors"][factor] for machine in machines}):
        row(value, [machine for machine in machines if machine["factors"][factor] == value])
    row("all", machines)


def row(name, machines):
    converged = sum(machine["converged"] for machine in machines)
    total = converged + sum(machine["not_converged"] + machine["diverged"] for machine in machines)
    costs = [machine["of_converged"] for machine in machines if machine["converged"]]
    epochs = [cost["epochs_median"] for cost in costs]
    seconds = [cost["core_seconds_median"] for cost in costs]
    print(
        f"| {name} | {len(machines)} | {converged} of {total} ({converged / total:.0%}) "
        f"| {statistics.median(epochs):.0f} | {max(epochs):.0f} | {statistics.median(seconds):.2f} | {max(seconds):.2f} "
        f"| {sum(machine['core_seconds'] for machine in machines) / converged:.2f} |"
    )


if __name__ == "__main__":
    if sys.argv[1] == "--by":
        by(*sys.argv[2:])
    else:
        main(sys.argv[1:])
