#!/usr/bin/python3
"""Measures PyTorch's training steps of the DS1 network, of one like it, or of one on images, when told to: against_pytorch starts it and
gives it its turns.

A command a line on standard input, an answer of one line of JSON each on standard output, like `Mlds.Benchmarks step`:
  hello                          what runs where
  data FOLDER NETWORK ADAM       loads the weights and examples that Mlds.Benchmarks wrote;
                                 the network's and Adam's settings as JSON without spaces
  losses BATCH STEPS N           losses of the first N steps from those weights
  measure BATCH STEPS SECONDS [WAY]       times of steps; WAY as JSON without spaces: "adam", more arguments of Adam; for images also
                                          "onednn", whether oneDNN computes the convolutions, and "channels_last"
The loop is what a careful user writes: nn.GRU (or nn.LSTM, nn.RNN) in one call, or convolutions in an nn.Sequential; the batches made
beforehand as contiguous tensors of floats, sequences time-major; zero_grad to None; one thread.
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


class Sequences(torch.nn.Module):
    """Recurrent layers, then linear ones."""

    loss = staticmethod(torch.nn.functional.mse_loss)

    def __init__(self, cell, inputs, hidden, layers, linear):
        super().__init__()
        self.lines = inputs, linear[-1]
        self.recurrent = CELLS[cell](inputs, hidden, num_layers=layers)
        widths = [hidden] + linear
        self.linear = torch.nn.Sequential(*(torch.nn.Linear(a, b) for a, b in zip(widths, widths[1:])))

    def forward(self, x):
        return self.linear(self.recurrent(x)[0])

    def batches(self, folder, batch, steps):
        """[(x, target)], each [T][batch][lines], of all whole batches in order."""

        def tensor(name, lines):
            words = numpy.fromfile(f"{folder}/{name}-{steps}.u32", "<u4").reshape(-1, steps)
            bits = ((words[..., None] >> numpy.arange(lines, dtype=numpy.uint32)) & 1).astype(numpy.float32)
            return torch.from_numpy(bits).transpose(0, 1)

        x, y = tensor("inputs", self.lines[0]), tensor("targets", self.lines[1])
        starts = range(0, x.shape[1] - batch + 1, batch)
        return [(x[:, a : a + batch].contiguous(), y[:, a : a + batch].contiguous()) for a in starts]


class Images(torch.nn.Sequential):
    """Convolutions with ReLU, max poolings, then linear layers; as recipes have it."""

    loss = staticmethod(torch.nn.functional.cross_entropy)

    def __init__(self, image, layers, activation):
        if activation != "relu":
            raise SystemExit(f"pytorch_step: no network with {activation} was ever needed here")
        parts, size = [], tuple(image)
        for layer in layers:
            if "conv" in layer:
                side, stride, padding = layer["size"], layer.get("stride", 1), layer.get("padding", 0)
                parts += [torch.nn.Conv2d(size[0], layer["conv"], side, stride, padding), torch.nn.ReLU()]
                size = (layer["conv"], *((n + 2 * padding - side) // stride + 1 for n in size[1:]))
            elif "pool" in layer:
                stride = layer.get("stride", layer["pool"])
                parts.append(torch.nn.MaxPool2d(layer["pool"], stride))
                size = (size[0], *((n - layer["pool"]) // stride + 1 for n in size[1:]))
            else:
                parts += [torch.nn.Flatten()] if len(size) > 1 else []
                parts += [torch.nn.Linear(int(numpy.prod(size)), layer["linear"]), torch.nn.ReLU()]
                size = (layer["linear"],)
        super().__init__(*parts[:-1])
        self.image = image

    def batches(self, folder, batch, steps):
        """[(x, label)], x [batch][channel][y][x] from 0 to 1, of all whole batches in order."""
        x = torch.from_numpy(numpy.fromfile(f"{folder}/pixels.u8", "u1").reshape(-1, *self.image).astype(numpy.float32) / 255)
        y = torch.from_numpy(numpy.fromfile(f"{folder}/labels.u8", "u1").astype(numpy.int64))
        return [(x[a : a + batch].clone(), y[a : a + batch].clone()) for a in range(0, len(x) - batch + 1, batch)]


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
        self.loaded = {}

    def hello(self):
        capability = [line for line in torch.__config__.show().split("\n") if "capability" in line]
        return {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": numpy.__version__,
            "threads": torch.get_num_threads(),
            "capability": capability[0].split(":")[-1].strip() if capability else None,
            "onednn": torch.backends.mkldnn.is_available(),
            "blas": blas(),
        }

    def data(self, folder, network, adam):
        self.folder, self.shape, self.adam = folder, json.loads(network), json.loads(adam)
        self.weights = torch.from_numpy(numpy.fromfile(f"{folder}/weights.f32", "<f4").astype(numpy.float32))
        self.network = (Images if "image" in self.shape else Sequences)(**self.shape)
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

    def load(self, batch, steps, channels_last=False):
        key = batch, steps, channels_last
        if key not in self.loaded:
            batches = self.network.batches(self.folder, batch, steps)
            if channels_last:
                batches = [(x.to(memory_format=torch.channels_last), y) for x, y in batches]
            self.loaded[key] = batches
        return self.loaded[key]

    def losses(self, batch, steps, count):
        batches, optimizer, found = self.load(int(batch), int(steps)), self.begin(), []
        for i in range(int(count)):
            found.append(self.step(batches[i % len(batches)], optimizer).item())
        return {"losses": found}

    def measure(self, batch, steps, seconds, way="{}"):
        way = json.loads(way)
        channels_last = way.get("channels_last", False)
        with torch.backends.mkldnn.flags(enabled=way.get("onednn", True)):
            batches, optimizer = self.load(int(batch), int(steps), channels_last), self.begin(way.get("adam"))
            if channels_last:
                self.network.to(memory_format=torch.channels_last)  # lasts until the next begin
            return self.timed(batches, optimizer, float(seconds))

    def timed(self, batches, optimizer, seconds):
        for i in range(WARM_UP):
            loss = self.step(batches[i % len(batches)], optimizer)
        times, i, core, began = [], WARM_UP, time.process_time(), time.perf_counter()
        end = began + seconds
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
        loss = self.network.loss(self.network(pair[0]), pair[1])
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
