"""How long threads take for a population by the order in which its networks are handed out, simulated.

Usage: python3 reference/schedule_orders.py docs/results/recipes-*.json

Run lengths are drawn from what forty seeds of each machine took: log-normal through the median and the 90th percentile of the converged
networks' epochs, and the epoch limit (200) for the share that did not converge. An epoch costs the machine's mean core-seconds an epoch.
Printed: mean time over 200 runs, over the least it could be (all work shared evenly, or the longest network alone).
"""

import heapq
import json
import math
import random
import statistics
import sys

EPOCH_LIMIT = 200
Z90 = 1.2815515655446004


def machines(paths):
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for machine in json.load(file)["machines"]:
                of = machine["of_converged"]
                total = machine["converged"] + machine["not_converged"] + machine["diverged"]
                spread = math.log(of["epochs_p90"] / of["epochs_median"]) / Z90
                speed = machine["core_seconds"] / machine["epochs"]
                yield machine["name"], math.log(of["epochs_median"]), spread, machine["converged"] / total, speed


def draw(machine, generator):
    _, location, spread, converged, _ = machine
    if generator.random() >= converged:
        return EPOCH_LIMIT
    return min(EPOCH_LIMIT, max(1, round(math.exp(location + spread * generator.gauss(0, 1)))))


def simulate(population, lengths, threads, order, sample, generator):
    """Seconds until all is done. Order: longest, file or random; a machine's cost is the mean of what has ended, or the limit."""
    waiting = [list(runs) for runs in lengths]
    seen = [0] * len(population)
    ended = [(0, 0)] * len(population)
    free = [(0.0, thread, None, 0) for thread in range(threads)]
    heapq.heapify(free)
    end = 0.0
    while True:
        now, thread, machine, epochs = heapq.heappop(free)
        if machine is not None:
            ended[machine] = (ended[machine][0] + 1, ended[machine][1] + epochs)
        left = [i for i in range(len(population)) if waiting[i]]
        if not left:
            return max([now] + [item[0] for item in free])
        if order == "random":
            chosen = generator.choices(left, [len(waiting[i]) for i in left])[0]
        elif order == "file":
            chosen = left[0]
        else:
            mean = {i: ended[i][1] / ended[i][0] if ended[i][0] else EPOCH_LIMIT for i in left}
            chosen = min(left, key=lambda i: (min(seen[i], sample), -population[i][4] * mean[i]))
        seen[chosen] += 1
        epochs = waiting[chosen].pop()
        heapq.heappush(free, (now + epochs * population[chosen][4], thread, chosen, epochs))


def main(paths):
    runs = 200
    for path in paths:
        population = list(machines([path]))
        orders = [("file", 0), ("random", 0)] + [("longest", sample) for sample in (0, 1, 2, 4, 8, 16)]
        names = [order + (f" {sample}" if order == "longest" else "") for order, sample in orders]
        print(f"\n{path}\n{'networks':>8} {'threads':>7} " + " ".join(f"{name:>10}" for name in names))
        for networks in (40, 400):
            for threads in (2, 4, 16, 64):
                ratios = {key: [] for key in orders}
                for seed in range(runs if networks == 40 else 20):
                    generator = random.Random(seed)
                    lengths = [[draw(machine, generator) for _ in range(networks)] for machine in population]
                    costs = [epochs * machine[4] for machine, of in zip(population, lengths) for epochs in of]
                    least = max(sum(costs) / threads, max(costs))
                    for order, sample in orders:
                        ratios[order, sample].append(simulate(population, lengths, threads, order, sample, generator) / least)
                print(f"{networks:>8} {threads:>7} " + " ".join(f"{statistics.mean(ratios[key]):>10.3f}" for key in orders))


if __name__ == "__main__":
    main(sys.argv[1:])
