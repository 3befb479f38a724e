#!/usr/bin/python3
"""How much memory do PyTorch's data-loader workers need for a release that mlds.py opens? (benchmarks/README.md)

usage: loader_memory.py [--networks N] [--workers W] [NAME=MLDS.PY ...]     (by default now=python/mlds.py)

Writes a release of N networks of DS1's shape, random weights, to the folder for temporary files (17 MB a thousand), and lets W workers
pass over all of it in random order, forked and spawned, with each of the given mlds.py and, for comparison, with no release at all.
Then, while all workers live, it reads their proportional set sizes from /proc/PID/smaps_rollup. Prints JSON; memory in megabytes (10^6).
"""
import argparse
import json
import multiprocessing
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
import torch

ROOT = pathlib.Path(__file__).resolve().parent.parent
MACHINES = ["SingleDirectMachine", "SingleInvertMachine", "SimpleXORMachine", "ParityMachine", "EightBitMachine"]
SPEC = {"inputs": 9, "hidden": 12, "layers": 4, "linear": [12, 12, 12, 12, 8], "activation": "none"}
PARAMETERS = 4364


class Rows(torch.utils.data.Dataset):
    """Row i of a release's weights; of no release, zeros."""

    def __init__(self, release, networks):
        self.release, self.networks = release, networks

    def __len__(self):
        return self.networks

    def __getitem__(self, i):
        return torch.zeros(PARAMETERS) if self.release is None else torch.from_numpy(np.array(self.release.weights[i]))


def tensors():
    """Lines of layout.csv."""
    width, offset = SPEC["inputs"], 0
    for layer in range(SPEC["layers"]):
        for name, columns in (("weight_ih", width), ("weight_hh", 12), ("bias_ih", 1), ("bias_hh", 1)):
            yield f"gru.{name}_l{layer},36,{columns},{offset},{36 * columns}"
            offset += 36 * columns
        width = 12
    for layer, rows in enumerate(SPEC["linear"]):
        for name, columns in (("weight", width), ("bias", 1)):
            yield f"linear.{layer}.{name},{rows},{columns},{offset},{rows * columns}"
            offset += rows * columns
        width = rows
    assert offset == PARAMETERS


def write_release(folder, networks):
    """As much of a release as mlds.load reads; every field as wide as a real one's."""
    rng, share = np.random.default_rng(0), networks // len(MACHINES)
    weights = np.lib.format.open_memmap(folder / "weights.npy", mode="w+", dtype="<f4", shape=(networks, PARAMETERS))
    for start in range(0, networks, 1000):
        weights[start : start + 1000] = rng.standard_normal((min(1000, networks - start), PARAMETERS), np.float32)
    weights.flush()
    columns = ("row,recipe_id,machine,seed,subset,split,outcome,epochs,training_loss,validation_loss,long_loss,weights_sha256,"
               "core_seconds,program_version,processor,kernel_set")
    losses, run = "0.00010123456,9.8765432e-05,0.00012345678", "12.345678901,0.1.0,AMD EPYC 9R14 96-Core Processor,avx512"
    with open(folder / "networks.csv", "w") as file:
        print(columns, file=file)
        for i in range(networks):
            digest = rng.bytes(32).hex()
            print(f"{i},{digest},{MACHINES[i // share]},{i % share},{share},train,converged,57,{losses},{digest},{run}", file=file)
    (folder / "layout.csv").write_text("\n".join(["tensor,rows,columns,offset,length", *tensors()]) + "\n")
    machines = [{"name": name, "released": share, "automaton": f"machines/{name}.json"} for name in MACHINES]
    about = {"format": "mlds-release", "version": 1, "population": "ds1", "networks": networks, "parameters": PARAMETERS}
    (folder / "manifest.json").write_text(json.dumps({**about, "network": SPEC, "subsets": [share], "machines": machines}))


def memory(process):
    """Proportional set size of a process: its own pages, and of pages that n processes share one n-th. Megabytes."""
    fields = [line.split() for line in open(f"/proc/{process}/smaps_rollup")]
    pages = {field[0].rstrip(":"): int(field[1]) * 1024 / 1e6 for field in fields if field[-1] == "kB"}
    return {"all": pages["Pss"], "anonymous": pages["Pss_Anon"], "of_files": pages["Pss_File"]}


def measure(loader, release, networks, workers, start):
    """One pass over the release by workers begun by `start`, fork or spawn; loader is the folder of an mlds.py, or empty for no release."""
    sys.path.insert(0, loader)
    warnings.filterwarnings("ignore", message="This DataLoader will create")  # it would rather have no more workers than cores
    data = Rows(__import__("mlds").load(release) if loader else None, networks)
    before, first = time.monotonic(), None
    batches = torch.utils.data.DataLoader(
        data, 500, shuffle=True, generator=torch.Generator().manual_seed(0),
        num_workers=workers, multiprocessing_context=start, persistent_workers=True)
    for batch in batches:
        first = first or time.monotonic() - before
        assert batch.shape[1] == PARAMETERS
    processes = multiprocessing.active_children()
    assert len(processes) == workers
    each = [memory(process.pid) for process in processes]
    total = {kind: round(sum(worker[kind] for worker in each), 1) for kind in each[0]}
    parent = round(memory(os.getpid())["all"], 1)
    print(json.dumps({"start": start, "workers_megabytes": total, "parent_megabytes": parent, "first_batch_seconds": round(first, 2)}))


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    parser.add_argument("--networks", type=int, default=50_000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("loaders", nargs="*", default=[f"now={ROOT / 'python/mlds.py'}"])
    options = parser.parse_args()
    possible = options.networks > 0 and options.networks % len(MACHINES) == 0 and options.workers > 0
    if not possible or not all("=" in loader for loader in options.loaders):
        parser.error(f"--networks must be a multiple of {len(MACHINES)}, --workers at least 1, and each loader NAME=MLDS.PY")
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        release = pathlib.Path(folder, "release")
        release.mkdir()
        write_release(release, options.networks)
        loaders = {"no release": ""}
        for name, path in (loader.split("=", 1) for loader in options.loaders):
            loaders[name] = str(pathlib.Path(folder, name))
            os.mkdir(loaders[name])
            shutil.copy(path, pathlib.Path(loaders[name], "mlds.py"))
        for start in ("fork", "spawn"):
            for name, path in loaders.items():
                arguments = [path, str(release), str(options.networks), str(options.workers), start]
                run = subprocess.run([sys.executable, __file__, "measure", *arguments], stdout=subprocess.PIPE, check=True)
                runs.append({"loader": name, **json.loads(run.stdout)})
                print(runs[-1], file=sys.stderr)
    fields = dict(map(str.strip, line.split(":", 1)) for line in open("/proc/cpuinfo") if ":" in line)
    processor = "{model name}, family {cpu family}, model {model}".format_map(fields) if "cpu family" in fields else os.uname().machine
    about = "Proportional set size of all data-loader workers together after a pass over a release, megabytes."
    print(json.dumps({
        "about": about, "date": time.strftime("%Y-%m-%d"), "processor": processor, "cores": os.cpu_count(), "torch": torch.__version__,
        "networks": options.networks, "weights_megabytes": round(options.networks * PARAMETERS * 4 / 1e6, 1),
        "workers": options.workers, "runs": runs,
    }, indent=2))


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), sys.argv[6])
    else:
        main()
