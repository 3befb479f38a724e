#!/usr/bin/python3
"""Prints the table of docs/recipes.md from the committed results of `mlds zoo DIR --json`.

    python3 reference/recipe_table.py docs/results/recipes-ds1.json docs/results/recipes-ds2.json docs/results/recipes-ds2-control.json
"""
import json
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


if __name__ == "__main__":
    main(sys.argv[1:])
