#!/usr/bin/python3
"""Writes what PyTorch says of some small networks: the golden states that tests/Mlds.Kernels.Tests/GoldenTests.cs must reproduce.

    /usr/bin/python3 reference/write_golden.py tests/Mlds.Kernels.Tests/Golden

Everything is computed in float64, so a difference is our rounding, not PyTorch's. Numbers are little-endian; a file is
  "MLDSGOLD", int32 x 8: version, I, H, L, K linear layers, activation (0 none, 1 relu, 2 tanh), batch B, steps T;
  in version 2, int32: cell (0 GRU, 1 LSTM, 2 Elman; version 1 is a GRU's); K x int32 widths;
  B*T uint32 inputs (bit i is input i), B*T uint32 targets, P float32 weights in parameters() order;
  then float64: B*T*O outputs, loss, P gradients, ten losses before each of ten Adam steps, P weights after them.
Other descents go on from the network, weights and sequences of "tanh", in descents.golden:
  "MLDSDSCT", int32: number of descents; of each int32: optimizer (0 Adam, 1 AdamW, 2 SGD), float64 x 6: learning rate, beta1 or
  momentum, beta2, epsilon, weight decay, largest norm of the gradient (0: not clipped); ten losses before each of ten steps; P weights.
Feed-forward networks are in files of their own:
  "MLDSIMGS", int32 x 7: version 1, channels, height and width of the images, activation, batch B, layers; five int32 of each layer:
  0, channels, size, stride, padding (a convolution); 1, size, stride, 0, 0 (max pooling); 2, units, 0, 0, 0 (linear);
  the images' bytes, B labels, P float32 weights; then float64: B*C scores, mean cross-entropy, P gradients,
  and of Adam and of SGD with momentum and weight decay: ten losses before each of ten steps, P weights after them.
Needs Debian's python3-torch.
"""
import struct
import sys

import numpy as np
import torch

STEPS = 10
CELLS = [("gru", torch.nn.GRU), ("lstm", torch.nn.LSTM), ("elman", torch.nn.RNN)]
CASES = {
    "ds1": dict(inputs=9, hidden=12, layers=4, linear=[12, 12, 12, 12, 8], activation=0, batch=37, steps=11, seed=1),
    "relu": dict(inputs=5, hidden=7, layers=2, linear=[6, 3], activation=1, batch=33, steps=6, seed=2),
    "tanh": dict(inputs=3, hidden=10, layers=3, linear=[9, 5, 4], activation=2, batch=8, steps=17, seed=3),
    "lstm": dict(inputs=10, hidden=11, layers=3, linear=[11, 6], activation=0, batch=35, steps=13, seed=4, cell=1),
    "elman": dict(inputs=6, hidden=9, layers=2, linear=[7, 5], activation=2, batch=33, steps=10, seed=5, cell=2),
}

# Every layer as in the file. The activation follows the convolution, a pooling comes after that, as most write it.
CONVOLUTION, POOLING, LINEAR = 0, 1, 2
IMAGE_CASES = {
    "lenet": dict(
        image=(1, 28, 28),
        layers=[(0, 3, 5, 1, 2), (1, 2, 2, 0, 0), (0, 6, 5, 1, 0), (1, 2, 2, 0, 0), (2, 24, 0, 0, 0), (2, 16, 0, 0, 0), (2, 10, 0, 0, 0)],
        activation=1, batch=37, seed=6,
    ),
    "strided": dict(
        image=(3, 11, 9),
        layers=[(0, 5, 3, 2, 1), (1, 2, 1, 0, 0), (0, 4, 2, 1, 1), (2, 9, 0, 0, 0), (2, 5, 0, 0, 0)],
        activation=2, batch=33, seed=7,
    ),
}

# Adam's weight decay is L2, AdamW's is decoupled; betas and epsilon are 0 where an optimizer has none.
DESCENTS = [
    dict(optimizer=1, rate=0.01, beta1=0.9, beta2=0.99, epsilon=1e-8, decay=0.5, norm=0),
    dict(optimizer=0, rate=0.01, beta1=0.9, beta2=0.99, epsilon=1e-8, decay=0.05, norm=0),
    dict(optimizer=0, rate=0.02, beta1=0.8, beta2=0.999, epsilon=1e-7, decay=0.05, norm=0.05),
    dict(optimizer=2, rate=0.2, beta1=0.9, beta2=0, epsilon=0, decay=0.02, norm=0),
    dict(optimizer=2, rate=0.5, beta1=0.8, beta2=0, epsilon=0, decay=0.1, norm=0.1),
    dict(optimizer=2, rate=0.5, beta1=0, beta2=0, epsilon=0, decay=0, norm=0),
]


class Network(torch.nn.Module):
    def __init__(self, inputs, hidden, layers, linear, activation, cell):
        super().__init__()
        self.cell, recurrent = CELLS[cell]
        self.add_module(self.cell, recurrent(inputs, hidden, num_layers=layers, batch_first=True))
        widths = [hidden] + linear
        self.linear = torch.nn.ModuleList(torch.nn.Linear(a, b) for a, b in zip(widths, widths[1:]))
        self.between = [lambda x: x, torch.relu, torch.tanh][activation]

    def forward(self, x):
        x, _ = getattr(self, self.cell)(x)
        for i, layer in enumerate(self.linear):
            x = layer(x if i == 0 else self.between(x))
        return x


def bits(words, count):
    return torch.from_numpy(((words[..., None] >> np.arange(count)) & 1).astype(np.float64))


def flat(tensors):
    return torch.cat([t.detach().reshape(-1) for t in tensors]).numpy()


def problem(inputs, hidden, layers, linear, activation, batch, steps, seed, cell=0):
    torch.manual_seed(seed)
    generator = np.random.default_rng(seed)
    network = Network(inputs, hidden, layers, linear, activation, cell)
    weights = flat(network.parameters()).astype("<f4")
    network.double()
    words = generator.integers(0, 1 << inputs, (batch, steps)).astype("<u4")
    targets = generator.integers(0, 1 << linear[-1], (batch, steps)).astype("<u4")
    x, y = bits(words, inputs), bits(targets, linear[-1])
    return network, weights, words, targets, x, lambda: torch.nn.functional.mse_loss(network(x), y)


def descend(network, loss, optimizer, norm=0):
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        value = loss()
        value.backward()
        losses.append(value.item())
        if norm:
            torch.nn.utils.clip_grad_norm_(network.parameters(), norm)
        optimizer.step()
    return losses


def write(path, inputs, hidden, layers, linear, activation, batch, steps, seed, cell=0):
    network, weights, words, targets, x, loss = problem(inputs, hidden, layers, linear, activation, batch, steps, seed, cell)

    outputs = network(x).detach().numpy()
    first = loss()
    first.backward()
    gradients = flat(p.grad for p in network.parameters())

    losses = descend(network, loss, torch.optim.Adam(network.parameters(), lr=0.01, betas=(0.9, 0.999), eps=1e-8))

    with open(path, "wb") as file:
        file.write(b"MLDSGOLD")
        file.write(struct.pack("<8i", 2 if cell else 1, inputs, hidden, layers, len(linear), activation, batch, steps))
        if cell:
            file.write(struct.pack("<i", cell))
        file.write(struct.pack(f"<{len(linear)}i", *linear))
        for array in (words, targets, weights):
            file.write(array.tobytes())
        for array in (outputs, first.item(), gradients, losses, flat(network.parameters())):
            file.write(np.asarray(array, dtype="<f8").tobytes())
    print(f"{path}: {weights.size} parameters, loss {first.item():.6f}, after {STEPS} steps {losses[-1]:.6f}")


class ImageNetwork(torch.nn.Sequential):
    def __init__(self, image, layers, activation):
        between = [torch.nn.Identity, torch.nn.ReLU, torch.nn.Tanh][activation]
        parts, size, flat = [], image, False
        for number, (kind, one, two, stride, padding) in enumerate(layers):
            if kind == CONVOLUTION:
                parts += [torch.nn.Conv2d(size[0], one, two, stride, padding), between()]
                size = (one, *((side + 2 * padding - two) // stride + 1 for side in size[1:]))
            elif kind == POOLING:
                parts.append(torch.nn.MaxPool2d(one, two))
                size = (size[0], *((side - one) // two + 1 for side in size[1:]))
            else:
                parts += [] if flat else [torch.nn.Flatten()]
                parts += [torch.nn.Linear(int(np.prod(size)), one)] + ([between()] if number + 1 < len(layers) else [])
                size, flat = (one,), True
        super().__init__(*parts)


def write_images(path, image, layers, activation, batch, seed):
    torch.manual_seed(seed)
    generator = np.random.default_rng(seed)
    network = ImageNetwork(image, layers, activation)
    weights = flat(network.parameters()).astype("<f4")
    network.double()
    # Half of the pixels are black, as in digits, so that windows have several largest.
    pixels = np.maximum(generator.integers(-256, 256, (batch, *image)), 0).astype("u1")
    labels = generator.integers(0, layers[-1][1], batch).astype("u1")
    x, y = torch.from_numpy(pixels.astype(np.float64) / 255), torch.from_numpy(labels.astype(np.int64))

    def loss():
        return torch.nn.functional.cross_entropy(network(x), y)

    scores = network(x).detach().numpy()
    first = loss()
    first.backward()
    found = [scores, first.item(), flat(p.grad for p in network.parameters())]
    ends = []
    for optimizer in (
        lambda p: torch.optim.Adam(p, lr=0.003, betas=(0.9, 0.999), eps=1e-8),
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    ):
        torch.nn.utils.vector_to_parameters(torch.from_numpy(weights.astype(np.float64)), network.parameters())
        losses = descend(network, loss, optimizer(network.parameters()))
        found += [losses, flat(network.parameters())]
        ends.append(losses[-1])

    with open(path, "wb") as file:
        file.write(b"MLDSIMGS" + struct.pack("<7i", 1, *image, activation, batch, len(layers)))
        for layer in layers:
            file.write(struct.pack("<5i", *layer))
        for array in (pixels, labels, weights):
            file.write(array.tobytes())
        for array in found:
            file.write(np.asarray(array, dtype="<f8").tobytes())
    print(f"{path}: {weights.size} parameters, loss {first.item():.6f}, after {STEPS} steps {ends[0]:.6f} and {ends[1]:.6f}")


def optimizer_of(parameters, optimizer, rate, beta1, beta2, epsilon, decay):
    if optimizer == 2:
        return torch.optim.SGD(parameters, lr=rate, momentum=beta1, weight_decay=decay)
    return [torch.optim.Adam, torch.optim.AdamW][optimizer](
        parameters, lr=rate, betas=(beta1, beta2), eps=epsilon, weight_decay=decay)


def write_descents(path):
    with open(path, "wb") as file:
        file.write(b"MLDSDSCT" + struct.pack("<i", len(DESCENTS)))
        for case in DESCENTS:
            network, weights, _, _, _, loss = problem(**CASES["tanh"])
            norm = case["norm"]
            losses = descend(network, loss, optimizer_of(network.parameters(), **{k: v for k, v in case.items() if k != "norm"}), norm)
            file.write(struct.pack("<i6d", *case.values()))
            for array in (losses, flat(network.parameters())):
                file.write(np.asarray(array, dtype="<f8").tobytes())
            print(f"{path}: {case}: loss {losses[0]:.6f} to {losses[-1]:.6f}")


if __name__ == "__main__":
    for name, case in CASES.items():
        write(f"{sys.argv[1]}/{name}.golden", **case)
    for name, case in IMAGE_CASES.items():
        write_images(f"{sys.argv[1]}/{name}.golden", **case)
    write_descents(f"{sys.argv[1]}/descents.golden")
