#!/usr/bin/python3
"""Measures PyTorch's training steps of the DS1 network, or of one like it, when told to: against_pytorch starts it and gives it its turns.

A command a line on standard input, an answer of one line of JSON each on standard output, like `Mlds.Benchmarks step`:
  hello                          what runs where
  data FOLDER NETWORK ADAM       loads the weights and sequences that Mlds.Benchmarks wrote;
                                 the network's and Adam's settings as JSON without spaces
  losses BATCH STEPS N           losses of the first N steps from those weights
  measure BATCH STEPS SECONDS [OPTIONS]   times of steps; OPTIONS are more arguments of Adam as JSON without spaces
The loop is what a careful user writes: nn.GRU (or nn.LSTM, nn.RNN) in one call, the batches made beforehand as contiguous time-major
tensors, zero_grad to None, one thread.
"""
import ctypes
import json
import platform
import sys
import time

try:
    import numpy
    import torch
except ImportError as error:
    raise SystemExit(
        f"pytorch_step: {sys.executable} has no torch or numpy ({error}): sudo apt-get install python3-torch libopenblas0-pthread"
    )

WARM_UP = 5
CELLS = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM, "elman": torch.nn.RNN}


class Network(torch.nn.Module):
    def __init__(self, cell, inputs, hidden, layers, linear):
        super().__init__()
        self.recurrent = CELLS[cell](inputs, hidden, num_layers=layers)
        widths = [hidden] + linear
        self.linear = torch.nn.Sequential(*(torch.nn.Linear(a, b) for a, b in zip(widths, widths[1:])))

    def forward(self, x):
        return self.linear(self.recurrent(x)[0])


def blas():
    """The BLAS that this process has loaded, and the kernels it chose for this processor."""
    paths = {line.split()[-1] for line in open("/proc/self/maps") if "blas" in line}
    openblas = sorted(path for path in paths if "libopenblas" in path)
    if not openblas:
        return {"library": ", ".join(sorted(paths)), "kernel": None, "threads": None}
    library = ctypes.CDLL(openblas[0])
    library.openblas_get_config.restype = library.openblas_get_corename.restype = ctypes.c_char_p
    return {
        "library": library.openblas_get_config().decode().split(" NO_")[0],
        "kernel": library.openblas_get_corename().decode(),
        "threads": library.openblas_get_num_threads(),
    }


class Server:
    def __init__(self):
        torch.set_num_threads(1)
        self.batches = {}

    def hello(self):
        capability = [line for line in torch.__config__.show().split("\n") if "capability" in line]
        return {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": numpy.__version__,
            "threads": torch.get_num_threads(),
            "capability": capability[0].split(":")[-1].strip() if capability else None,
            "blas": blas(),
        }

    def data(self, folder, network, adam):
        self.folder, self.shape, self.adam = folder, json.loads(network), json.loads(adam)
        self.weights = torch.from_numpy(numpy.fromfile(f"{folder}/weights.f32", "<f4").astype(numpy.float32))
        self.network = Network(**self.shape)
        parameters = sum(p.numel() for p in self.network.parameters())
        if parameters != len(self.weights):
            raise SystemExit(f"pytorch_step: {folder}/weights.f32 holds {len(self.weights)} weights, but the network has {parameters}")
        return {"parameters": parameters}

    def begin(self, options=None):
        """The first weights and an Adam that has seen nothing."""
        torch.nn.utils.vector_to_parameters(self.weights.clone(), self.network.parameters())
        adam = self.adam
        return torch.optim.Adam(
            self.network.parameters(),
            lr=adam["learning_rate"],
            betas=(adam["beta1"], adam["beta2"]),
            eps=adam["epsilon"],
            **(options or {}),
        )

    def load(self, batch, steps):
        """[(x, target)], each [T][batch][lines], of all whole batches in order."""
        if (batch, steps) not in self.batches:
            def tensor(name, lines):
                words = numpy.fromfile(f"{self.folder}/{name}-{steps}.u32", "<u4").reshape(-1, steps)
                bits = ((words[..., None] >> numpy.arange(lines, dtype=numpy.uint32)) & 1).astype(numpy.float32)
                return torch.from_numpy(bits).transpose(0, 1)

            x, y = tensor("inputs", self.shape["inputs"]), tensor("targets", self.shape["linear"][-1])
            starts = range(0, x.shape[1] - batch + 1, batch)
            self.batches[batch, steps] = [(x[:, a : a + batch].contiguous(), y[:, a : a + batch].contiguous()) for a in starts]
        return self.batches[batch, steps]

    def losses(self, batch, steps, count):
        batches, optimizer, found = self.load(int(batch), int(steps)), self.begin(), []
        for i in range(int(count)):
            found.append(self.step(batches[i % len(batches)], optimizer).item())
        return {"losses": found}

    def measure(self, batch, steps, seconds, options="{}"):
        batches, optimizer = self.load(int(batch), int(steps)), self.begin(json.loads(options))
        for i in range(WARM_UP):
            loss = self.step(batches[i % len(batches)], optimizer)
        times, i, core, began = [], WARM_UP, time.process_time(), time.perf_counter()
        end = began + float(seconds)
        while time.perf_counter() < end:
            started = time.perf_counter()
            loss = self.step(batches[i % len(batches)], optimizer)
            times.append(time.perf_counter() - started)
            i += 1
        core, wall, loss = time.process_time() - core, time.perf_counter() - began, loss.item()
        times.sort()
        return {
            "steps": len(times),
            "wall_seconds": wall,
            "core_seconds": core,
            "wall_median": times[len(times) // 2],
            "loss": loss if numpy.isfinite(loss) else None,
        }

    def step(self, pair, optimizer):
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.mse_loss(self.network(pair[0]), pair[1])
        loss.backward()
        optimizer.step()
        return loss


def main():
    server = Server()
    commands = {"hello": server.hello, "data": server.data, "losses": server.losses, "measure": server.measure}
    for line in sys.stdin:
        words = line.split()
        print(json.dumps(commands[words[0]](*words[1:])), flush=True)


if __name__ == "__main__":
    main()
