"""Releases of MLDS in Python. One file; needs only NumPy. Copy it to where you need it.

    import mlds
    d = mlds.load('r')
    print(d)

d.weights       N x P float32, memory-mapped: row i holds the weights of network i
d.table         the networks: columns by name, each an array of N values, such as d.table['machine']
d.layout        where each tensor lies in a row of weights
d.network(i)    network i as a PyTorch module: recurrent layers (torch.nn.GRU where they are a GRU), then torch.nn.Linear layers; of
                networks for images torch.nn.Conv2d and torch.nn.Linear layers
d.states(i, x)  the hidden states of every recurrent layer of network i on the inputs x, by NumPy; d.network(i).states(x) by PyTorch
d.scores(i, x)  the scores of a network for images, by NumPy; d.network(i)(x) by PyTorch. mlds.idx(path) reads images and labels

A release is never changed: arrays may be written to, which changes this process's memory and no file. Releases and networks can be
pickled, so data-loaders' workers may have them: a release travels as its path and is mapped there again, where the array d.weights
by itself would be copied.

SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import csv
import gzip
import hashlib
import importlib
import io
import json
import math
import operator
import os
import re
import stat
from collections import namedtuple
from types import SimpleNamespace

import numpy as np

__all__ = ["load", "Cell", "CELLS", "Release", "ReleaseError", "Table", "Tensor", "idx", "sequences"]

#: The newest format of releases that this file reads.
VERSION = 4


class Tensor(namedtuple("Tensor", "name shape offset length")):
    """A tensor of a network.

    name, shape     PyTorch's, such as 'gru.weight_ih_l0' of (rows, columns), or (rows,) for a bias; 'conv.0.weight' of (out, in, y, x)
    offset, length  its values are the columns `offset` ... `offset + length - 1` of a row of weights, in C order
    module, layer   the module that it belongs to, such as 'gru', and the number of its layer there
    role            'weight', 'bias', 'recurrent_weight' or 'recurrent_bias'
    blocks          names of the equal blocks of its rows, such as ('r', 'z', 'n'); empty where it isn't divided
    """

    module, layer, role, blocks = None, None, None, ()


#: A recurrent cell: what becomes of the sums of its gates. A layer of H units has weight_ih (G*H x I), weight_hh (G*H x H), bias_ih and
#: bias_hh (G*H): G blocks of H rows, in the order of `gates`.
#:
#: gates   names of the gates
#: step    a function step(m, sums, states) that gives the states after a step, as a tuple; all arrays are B x H. `sums` are those of
#:         the gates, W_ih x + b_ih + W_hh h + b_hh; but of the last `apart` gates the first two terms alone, and after all gates come
#:         the last two terms of these gates. `states` are h, then the `memory`. `m` has sigmoid and tanh, NumPy's or PyTorch's.
#: apart   how many of the last gates keep the two sums apart
#: memory  how many numbers a unit remembers besides h: 1 for an LSTM's c
#: torch   the names of PyTorch's own class and function of such layers, if it has them, such as ('GRU', 'gru')
Cell = namedtuple("Cell", "gates step apart memory torch", defaults=(0, 0, None))


def _gru(m, sums, states):
    r, z, n, hn = sums
    (h,) = states
    z, n = m.sigmoid(z), m.tanh(n + m.sigmoid(r) * hn)
    return ((1 - z) * n + z * h,)


def _lstm(m, sums, states):
    i, f, g, o = sums
    h, c = states
    c = m.sigmoid(f) * c + m.sigmoid(i) * m.tanh(g)
    return m.sigmoid(o) * m.tanh(c), c


def _elman(m, sums, states):
    return (m.tanh(sums[0]),)


#: The cells that `network` and `states` know, by the names that recipes and tensors give them. You may add your own.
CELLS = {
    "gru": Cell(("r", "z", "n"), _gru, apart=1, torch=("GRU", "gru")),
    "lstm": Cell(("i", "f", "g", "o"), _lstm, memory=1, torch=("LSTM", "lstm")),
    "elman": Cell(("h",), _elman, torch=("RNN", "rnn_tanh")),
}

#: What cells are made of, by NumPy; the logistic function is written so that it can't overflow.
_NUMPY = SimpleNamespace(sigmoid=lambda x: 0.5 + 0.5 * np.tanh(0.5 * x), tanh=np.tanh, stack=np.stack)

#: Machines' names are names of files too.
_NAME = re.compile("[A-Za-z0-9][-A-Za-z0-9_.]{0,63}")

_INTEGERS = {"row": np.int32, "seed": np.int64, "subset": np.int32, "epochs": np.int32}
_INTEGERS.update(dict.fromkeys(("network", "epoch", "rows", "columns", "offset", "length"), np.int64))
_FLOATS = {"training_loss": np.float32, "validation_loss": np.float32, "long_loss": np.float32, "core_seconds": np.float64}

#: No text of a release has more bytes, and no text in a table more characters: one that has is damaged, and would fill the memory.
_MOST_BYTES, _MOST_CHARACTERS = 1 << 31, 1024


class ReleaseError(ValueError):
    """A release that is missing, damaged or too new, or a question that it has no answer to; the message says which."""


def load(path="."):
    """Opens the release in the folder `path`.

    Reads the table; weights are mapped, not read, so this takes only moments whatever the size. (Only weights.safetensors, and an mlds.h5
    that was rewritten in chunks or compressed, can't be mapped: where there is no weights.npy they are read.)
    Raises ReleaseError where there is no release, or a damaged or newer one.
    """
    release = _open(os.fsdecode(path))
    len(release.table)  # reads it, so that a damaged one is an error here and now
    return release


def _open(folder):
    """The release in `folder`, its table not yet read."""
    manifest, digest = _manifest(folder)
    layout = _layout(folder, manifest)
    return Release(folder, os.path.abspath(folder), manifest, digest, layout, _weights(folder, manifest, layout))


def _reopen(home, digest, rows):
    """The first `rows` rows of the release in the folder `home`, as unpickled: it must be the one that was pickled."""
    try:
        release = _open(home)
    except ReleaseError as error:
        raise ReleaseError(f"This release was pickled as its path, '{home}', which can't be opened here: {error}") from None
    if release._digest != digest:
        raise ReleaseError(f"This release was pickled as its path, '{home}', where there is another release now.")
    return release._first(rows)


class Release:
    """A release, or the first rows of one (see `subset`).

    folder     where it is, as it was given
    manifest   its numbers: versions, outcomes, what was left out
    weights    N x P float32; row i is network i
    table      a Table of N rows
    layout     a list of Tensor, in the order of the columns of weights

    Pickled and copied as its path, to be mapped again: what was written to its arrays doesn't travel, and the folder must still be
    there, else unpickling raises ReleaseError. The path is absolute from the start, so a change of the working directory is no harm.
    """

    def __init__(self, folder, home, manifest, digest, layout, weights, table=None):
        self.folder, self.manifest, self.layout, self.weights = folder, manifest, layout, weights
        self._home, self._digest, self._table = home, digest, table
        self._caches = {}

    def __reduce__(self):
        return _reopen, (self._home, self._digest, len(self))

    @property
    def table(self):
        """A Table of N rows. In an unpickled release it is read when first asked for, since workers often need only weights."""
        if self._table is None:
            self._table = _networks(self.folder, self._path("networks.csv"), self.manifest).first(len(self))
        return self._table

    @property
    def population(self):
        """Name of the population."""
        return self.manifest["population"]

    @property
    def machines(self):
        """Names of the machines, in the population's order."""
        return [machine["name"] for machine in self.manifest["machines"]]

    @property
    def subsets(self):
        """Networks per machine of each subset, ascending."""
        return [size for size in self.manifest["subsets"] if size * len(self.machines) <= len(self)]

    @property
    def factors(self):
        """What differs between the networks by plan besides the seed, and what it means: a dictionary from the names of columns of
        the table to sentences. Empty where the population declares none; the names of its machines say it then."""
        return {factor["name"]: factor["description"] for factor in self.manifest.get("factors", [])}

    def __len__(self):
        return len(self.weights)

    def __repr__(self):
        return f"<mlds.Release '{self.folder}': {len(self)} networks of {self.manifest['parameters']} weights>"

    def __str__(self):
        shape = _described(self.manifest["network"])
        sides = ", ".join(f"{self.split(side).size} {side}" for side in ("train", "validation", "test"))
        lines = [
            f"MLDS release '{self.population}' {self.manifest.get('dataset_version', '')} in '{self.folder}'",
            f"  {len(self)} networks of {self.manifest['parameters']} weights: {shape}",
            f"  subsets of {', '.join(map(str, self.subsets))} networks per machine; by seed {sides}",
        ]
        width = max(map(len, self.machines))
        for machine in self.machines:
            rows = self.rows(machine)
            loss, epochs = self.table["validation_loss"][rows], self.table["epochs"][rows]
            medians = f"{np.median(epochs):>5.0f} epochs  validation loss {np.median(loss):.3g} (medians)" if rows.size else ""
            lines.append(f"  {machine:<{width}}  {rows.size:>6} networks  {medians}")
        lines.append(f"  table: {', '.join(self.table.columns)}")
        return "\n".join(lines)

    def subset(self, n):
        """The release with `n` networks per machine, one of `subsets`: its first rows, nothing copied."""
        if n not in self.subsets:
            raise ReleaseError(f"The release '{self.folder}' has no subset of {n}; it has {', '.join(map(str, self.subsets))}.")
        return self._first(n * len(self.machines))

    def _first(self, rows):
        table = None if self._table is None else self._table.first(rows)
        return Release(self.folder, self._home, self.manifest, self._digest, self.layout, self.weights[:rows], table)

    def rows(self, machine):
        """Row numbers of the networks of `machine`, ascending."""
        self._check_machine(machine)
        return np.flatnonzero(self.table["machine"] == machine)

    def split(self, side):
        """Row numbers of one side of the split by seed: 'train', 'validation' or 'test'. Twins are always on one side."""
        if side not in ("train", "validation", "test"):
            raise ReleaseError(f"There is no side '{side}'; there are train, validation and test.")
        return np.flatnonzero(self.table["split"] == side)

    def leave_out(self, machine, twins_apart=False):
        """Row numbers (to learn from, to test on) where `machine` is left out and tested on.

        Twins share initial weights: with `twins_apart` no seed is on both sides (the split by seed decides).
        """
        self._check_machine(machine)
        left_out = self.table["machine"] == machine
        if not twins_apart:
            return np.flatnonzero(~left_out), np.flatnonzero(left_out)
        split = self.table["split"]
        return np.flatnonzero(~left_out & (split == "train")), np.flatnonzero(left_out & (split == "test"))

    def tensor(self, name):
        """Tensor `name` of all networks, such as 'gru.weight_ih_l0': N x rows x columns, or N x rows for a bias; a view of weights."""
        for tensor in self.layout:
            if tensor.name == name:
                return self.weights[:, tensor.offset : tensor.offset + tensor.length].reshape((len(self),) + tensor.shape)
        raise ReleaseError(f"There is no tensor '{name}'; there are {', '.join(tensor.name for tensor in self.layout)}.")

    def state(self, i):
        """The weights of network `i` as a dictionary from PyTorch's names to arrays, copied."""
        row = np.array(self.weights[self._row(i)])
        return {t.name: row[t.offset : t.offset + t.length].reshape(t.shape) for t in self.layout}

    def network(self, i):
        """Network `i` as a PyTorch module, an mlds.Network with parameters `gru` (or whatever the cell is called) and
        `linear`.

        It takes inputs of B x T x I (0 and 1, float32; batch first) and gives B x T x O, the outputs after every command.
        Their mean squared difference from the targets of the validation sequences is the table's validation_loss.
        Its method `states` gives the hidden states. It can be pickled and saved whole; where it is loaded, mlds.py must be importable.
        Raises ReleaseError where the release's networks have a cell that isn't in CELLS.

        A network for images is an mlds.FeedForward, with parameters `conv` and `linear`. It takes B x C x height x width (pixels
        divided by 255, float32) and gives B x classes, the scores before the softmax; `evaluate` says what they are worth.
        """
        spec, name = self.manifest["network"], "FeedForward"
        if _form(spec) != "feed-forward":
            self._cell()
            name = "Network"
        torch, module = _import("torch", "network() makes a PyTorch module"), _torch_class(name)(spec)
        module.load_state_dict({name: torch.from_numpy(values) for name, values in self.state(i).items()})
        return module.eval()

    def states(self, i, inputs):
        """Hidden states of network `i`: L x B x T x H float32, h of each recurrent layer after every command. Needs only NumPy.

        `inputs` are B x T x I, as `sequences` gives them; before the first command h is 0. The linear layers get states[-1].
        Those by PyTorch, d.network(i).states(inputs), are the same to float32 rounding.
        """
        spec, cell, state = self.manifest["network"], self._cell(), self.state(i)
        x = np.asarray(inputs, np.float32)
        if x.ndim != 3 or x.shape[2] != spec["inputs"]:
            found = " x ".join(map(str, x.shape)) or "a number"
            raise ReleaseError(f"Inputs must be B x T x {spec['inputs']} (batch, commands, input lines), not {found}.")
        states = np.empty((spec["layers"],) + x.shape[:2] + (spec["hidden"],), np.float32)
        start = np.zeros((x.shape[0], spec["hidden"]), np.float32)
        for layer, h in enumerate(states):
            h[...] = _layer(_NUMPY, cell, x, start, *(state[f"{_cell_of(spec)}.{name}_l{layer}"] for name in _RECURRENT))
            x = h
        return states

    def scores(self, i, images):
        """Scores of network `i` for images, before the softmax: B x classes float32. Needs only NumPy.

        `images` are B x C x height x width, or B x height x width where they have one channel: bytes, as `idx` reads them, or floats
        from 0 to 1. Those by PyTorch, d.network(i)(x), are the same to float32 rounding.
        """
        spec = self.manifest["network"]
        if _form(spec) != "feed-forward":
            raise ReleaseError(f"The networks of the release '{self.folder}' take no images; `states` computes them.")
        x, size = np.asarray(images), tuple(spec["image"])
        if x.ndim == 3 and size[0] == 1:
            x = x[:, None]
        if x.ndim != 4 or x.shape[1:] != size:
            found = " x ".join(map(str, np.shape(images))) or "a number"
            raise ReleaseError(f"Images must be B x {' x '.join(map(str, size))} (batch, channels, height, width), not {found}.")
        state, parts = self.state(i), []
        for first in range(0, len(x), 256):  # the windows of a convolution take 25 times the memory of an image
            part = x[first : first + 256]
            part = part.astype(np.float32) / np.float32(255) if part.dtype == np.uint8 else part.astype(np.float32)
            parts.append(_feed(spec, part, _numpy_layers(spec, state)))
        return np.concatenate(parts) if parts else np.empty((0, spec["layers"][-1]["linear"]), np.float32)

    def evaluate(self, i, images, labels):
        """Loss (mean cross-entropy, natural logarithm) and accuracy of network `i` on images and their labels, as a pair.

        On the test images, which are clean, these are the table's long_loss and test_accuracy, the loss to float32 rounding.
        """
        scores, labels = self.scores(i, images).astype(np.float64), np.asarray(labels)
        if labels.shape != scores.shape[:1] or not len(labels):
            raise ReleaseError(f"There must be a label for each of {len(scores)} images, at least one, not {labels.size}.")
        if labels.min() < 0 or labels.max() >= scores.shape[1]:
            raise ReleaseError(f"A label is {labels.max()}; the networks know the classes 0 to {scores.shape[1] - 1}.")
        highest = scores.max(1)
        logs = highest + np.log(np.exp(scores - highest[:, None]).sum(1))
        return float((logs - scores[np.arange(len(labels)), labels]).mean()), float((scores.argmax(1) == labels).mean())

    def _cell(self):
        """The cell of the networks."""
        spec = self.manifest["network"]
        cell, known = _cell_of(spec), ", ".join(CELLS)
        if cell in CELLS:
            return CELLS[cell]
        if _form(spec) == "feed-forward":
            raise ReleaseError(f"The networks of the release '{self.folder}' have no hidden states; `scores` gives what they say.")
        what = f"networks of the form '{spec['form']}'" if cell is None else f"'{cell}' cells"
        raise ReleaseError(
            f"The release '{self.folder}' has {what}, which this mlds.py can't compute (it knows the cells {known}): take a newer one, or "
            f"add yours to mlds.CELLS. Weights, layout, tensors, table and recipes can be read all the same.")

    def check(self, i=None):
        """Compares the weights of network `i`, or of all, with their SHA-256; raises ReleaseError naming the first that differs."""
        for row in range(len(self)) if i is None else [self._row(i)]:
            found = hashlib.sha256(np.ascontiguousarray(self.weights[row], "<f4").tobytes()).hexdigest()
            if found != self.table["weights_sha256"][row]:
                raise ReleaseError(f"The weights of network {self.table['recipe_id'][row]} (row {row}) in '{self.folder}' are damaged.")

    def history(self, i):
        """Losses of network `i` by epoch: a dictionary of 'training_loss', 'validation_loss' and 'learning_rate'.

        Read from mlds.h5 with h5py, or else from networks.parquet with pyarrow or duckdb, whichever is installed.
        """
        names, row = ("training_loss", "validation_loss", "learning_rate"), self._row(i)
        path = self._path("mlds.h5")
        if os.path.exists(path) and _found("h5py"):
            with _reading(path), importlib.import_module("h5py").File(path, "r") as file:
                start, end = file["history/start"][row : row + 2]
                return {name: np.asarray(file[f"history/{name}"][start:end], np.float32) for name in names}
        lists = self._parquet([f"history_{name}" for name in names], row)
        return {name: np.array(values, np.float32) for name, values in zip(names, lists)}

    def automaton(self, machine):
        """The minimal automaton of `machine`: a dictionary with 'next' (states x symbols), 'output' (states x outputs, 0 and 1),
        'names' (of the symbols, if it has any) and 'start'."""
        self._check_machine(machine)
        entry = self._entry(machine)
        if "sequences" in entry:
            raise ReleaseError(
                f"The release '{self.folder}' has no automaton of {machine}: its networks learned sequences, "
                "behind which no machine is known.")
        if entry.get("automaton", "") is None:
            raise ReleaseError(
                f"The release '{self.folder}' has no automaton of {machine}: it has too many states for a file; manifest.json says so.")
        path = self._part(f"machines/{machine}.json")
        with _reading(path):
            return _automaton(json.loads(_text(path)))

    def _entry(self, machine):
        return next(entry for entry in self.manifest["machines"] if entry["name"] == machine)

    def sequences(self, machine):
        """The sequences of `machine`, if the release has them (`mlds release --training-data`); see `sequences` of this module."""
        self._check_machine(machine)
        own = self._entry(machine).get("sequences")
        file = own["file"] if own else f"training-data/{machine}.npz"
        if own and not os.path.exists(self._path(file)):
            raise ReleaseError(
                f"The release '{self.folder}' came without the sequences of {machine}; mlds.sequences reads the .npz file that has them.")
        if not self.manifest.get("training_data") and not os.path.exists(self._path(file)):
            raise ReleaseError(
                f"The release '{self.folder}' came without sequences; `mlds machines {machine} "
                f"--population {self._path('population.json')} --export {machine}.npz` makes them, "
                f"mlds.sequences('{machine}.npz') reads them.")
        return sequences(self._part(file))

    def trajectory(self, i):
        """Epochs (M) and weights (M x P, mapped) of network `i` at its milestones.

        Only a release made with `mlds release --trajectories` has them."""
        row = self._row(i)
        index, weights = self._cached("trajectories", self._trajectories)
        first, end = np.searchsorted(index["network"], [row, row + 1])
        return index["epoch"][first:end].copy(), weights[first:end]

    def _trajectories(self):
        names = ("trajectories/milestones.csv", "trajectories/weights.npy")
        if not self.manifest.get("trajectories") and not os.path.exists(self._path(names[0])):
            raise ReleaseError(f"The release '{self.folder}' has no {names[0]}: it was made without --trajectories.")
        index_file, weights_file = map(self._part, names)
        index = _table(index_file, ("network", "epoch"))
        with _reading(weights_file):
            weights = _held(_npy(weights_file), (len(index), self.manifest["parameters"]))
        if (np.diff(index["network"]) < 0).any():
            raise ReleaseError(f"'{index_file}' is damaged: its networks aren't in order; fetch the release again.")
        return index, weights

    def recipe(self, i):
        """The recipe of network `i`: everything that determines it. The SHA-256 of its canonical JSON is its recipe_id."""
        row, path = self._row(i), self._path("recipes.json")
        machine, seed = self.table["machine"][row], int(self.table["seed"][row])
        with _reading(path):
            for recipe in json.loads(self._cached("recipes", lambda: _text(path))):
                if recipe["machine_name"] == machine and seed in recipe.get("seeds", (seed,)):
                    return {**{key: recipe[key] for key in recipe if key != "seeds"}, "seed": seed}
            raise ValueError(f"it has no recipe of {machine}")

    def dataframe(self):
        """The table as a pandas.DataFrame."""
        return _import("pandas", "dataframe() makes a DataFrame").DataFrame(dict(self.table.items()))

    def _parquet(self, columns, row):
        path = self._path("networks.parquet")
        reader = next((name for name in ("pyarrow", "duckdb") if _found(name)), None)
        if reader is None:
            raise ReleaseError("history() needs h5py and a release with mlds.h5, or pyarrow or duckdb for networks.parquet; none is here.")
        with _reading(path):
            if reader == "pyarrow":
                parquet = importlib.import_module("pyarrow.parquet")
                table = self._cached("parquet", lambda: parquet.read_table(path, columns=columns))
                return [table.column(name)[row].as_py() for name in columns]
            query = f"SELECT {', '.join(columns)} FROM read_parquet(?) WHERE row = ?"
            return list(importlib.import_module("duckdb").execute(query, [path, row]).fetchone())

    def _path(self, name):
        return os.path.join(self._home, *name.split("/"))

    def _part(self, name):
        """Path of the file `name`, such as machines/NAME.json, that the release was made with. Sites without folders lose some files."""
        path, folder = self._path(name), name.split("/")[0]
        if os.path.exists(path):
            return path
        if os.path.isdir(self._path(folder)):
            raise ReleaseError(f"The release '{self.folder}' has lost {name}; fetch it again.")
        raise ReleaseError(
            f"The release '{self.folder}' has lost its folder '{folder}', as a copy does from a site that keeps no folders: "
            f"make '{folder}' there and put its files into it, or fetch the release as one archive (tar.xz or tar.zst) and unpack that.")

    def _cached(self, key, make):
        if key not in self._caches:
            self._caches[key] = make()
        return self._caches[key]

    def _row(self, i):
        row = operator.index(i)
        row += len(self) if row < 0 else 0
        if not 0 <= row < len(self):
            raise ReleaseError(f"There is no network {i}; rows are 0 to {len(self) - 1}.")
        return row

    def _check_machine(self, machine):
        if machine not in self.machines:
            raise ReleaseError(f"The release '{self.folder}' has no machine '{machine}'; it has {', '.join(self.machines)}.")


class Table:
    """Columns by name, each a NumPy array with one value per row: table['seed']. Iterating gives the names; len() counts rows."""

    def __init__(self, columns):
        self._columns = columns

    @property
    def columns(self):
        """Names of the columns."""
        return list(self._columns)

    def __getitem__(self, name):
        try:
            return self._columns[name]
        except KeyError:
            raise KeyError(f"there is no column '{name}'; there are {', '.join(self._columns)}") from None

    def __contains__(self, name):
        return name in self._columns

    def __iter__(self):
        return iter(self._columns)

    def __len__(self):
        return len(next(iter(self._columns.values())))

    def items(self):
        """Pairs of name and array."""
        return self._columns.items()

    def first(self, rows):
        """The first `rows` rows."""
        return Table({name: values[:rows] for name, values in self._columns.items()})

    def __repr__(self):
        return f"<mlds.Table of {len(self)} rows: {', '.join(self._columns)}>"


def sequences(path):
    """The sequences in an .npz file of `mlds machines NAME --export`, of a release, or of a population's own.

    A dictionary of 'training', 'validation' and 'long_test', each with 'symbols' (S x T uint8), 'inputs' (S x T x I float32)
    and 'targets' (S x T x O float32). Sequences that are no machine's have no 'symbols'.
    """
    path = os.fsdecode(path)
    with _reading(path, f"There is no '{path}'.", f"'{path}' has no sequences of mlds that can be read"):
        with np.load(path, allow_pickle=False) as file:
            own = "training_symbols" not in file.files
            return {name: _sequences(file, name, own) for name in ("training", "validation", "long_test")}


def _sequences(file, name, own):
    if own:
        name = "long" if name == "long_test" else name
        inputs, targets = (file[f"{name}_{part}"] for part in ("inputs", "targets"))
        if inputs.ndim != 3 or targets.ndim != 3 or inputs.shape[:2] != targets.shape[:2]:
            raise ValueError(f"its {name} sequences have shapes that don't fit each other")
        return {"inputs": inputs.astype(np.float32), "targets": targets.astype(np.float32)}
    symbols, inputs, targets = (file[f"{name}_{part}"] for part in ("symbols", "inputs", "targets"))
    if symbols.ndim != 2 or inputs.ndim != 3 or targets.ndim != 3 or not symbols.shape == inputs.shape[:2] == targets.shape[:2]:
        raise ValueError(f"its {name} sequences have shapes that don't fit each other")
    if any(array.dtype != np.uint8 for array in (symbols, inputs, targets)):
        raise ValueError(f"its {name} sequences aren't uint8")
    return {"symbols": symbols, "inputs": inputs.astype(np.float32), "targets": targets.astype(np.float32)}


def __getattr__(name):
    """mlds.Network is made when it is first asked for: PyTorch needn't be installed, and pickle must find the class by its name."""
    if name not in ("Network", "RecurrentLayers", "FeedForward"):
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return _torch_class(name)


def _torch_class(name):
    """mlds.Network, mlds.RecurrentLayers or mlds.FeedForward; made once, all together."""
    if name in globals():
        return globals()[name]
    torch = _import("torch", "a network is a PyTorch module")

    class RecurrentLayers(torch.nn.Module):
        """Layers of a cell that PyTorch doesn't have, with parameters named as those of torch.nn.GRU; batch first."""

        __module__, __qualname__ = __name__, "RecurrentLayers"

        def __init__(self, cell, inputs, hidden, layers):
            super().__init__()
            self.cell, self.hidden_size = cell, hidden
            for layer in range(layers):
                for name, shape in _recurrent_shapes(len(CELLS[cell].gates) * hidden, hidden, inputs if layer == 0 else hidden):
                    self.register_parameter(f"{name}_l{layer}", torch.nn.Parameter(torch.zeros(shape)))

        @property
        def all_weights(self):
            """weight_ih, weight_hh, bias_ih and bias_hh of each layer."""
            weights = list(self.parameters())
            return [weights[i : i + 4] for i in range(0, len(weights), 4)]

        def forward(self, inputs):
            """h of the last layer after every command, B x T x H, and of every layer after the last command, L x B x H."""
            last = []
            for weights in self.all_weights:
                inputs = _layer(torch, CELLS[self.cell], inputs, inputs.new_zeros(inputs.shape[0], self.hidden_size), *weights)
                last.append(inputs[:, -1])
            return inputs, torch.stack(last)

    class Network(torch.nn.Module):
        """The network of the paper: recurrent layers, then linear layers; after the last there is no activation.

        `spec` is as `network` in manifest.json: cell (one of CELLS; gru if there is none), inputs (I), hidden (H), layers (L), linear
        (widths, the last is O) and activation (none, relu or tanh). The recurrent layers are called as the cell is.
        """

        __module__, __qualname__ = __name__, "Network"

        cell = "gru"  # for networks that an older mlds.py pickled

        def __init__(self, spec):
            super().__init__()
            self.activation, self.cell = spec["activation"], _cell_of(spec)
            sizes, own = (spec["inputs"], spec["hidden"], spec["layers"]), CELLS[self.cell].torch
            layers = getattr(torch.nn, own[0])(*sizes, batch_first=True) if own else RecurrentLayers(self.cell, *sizes)
            self.add_module(self.cell, layers)
            widths = [spec["hidden"]] + spec["linear"]
            self.linear = torch.nn.ModuleList(torch.nn.Linear(a, b) for a, b in zip(widths, widths[1:]))

        def forward(self, inputs):
            """Outputs, B x T x O, after every command of `inputs`, B x T x I."""
            x, _ = getattr(self, self.cell)(inputs)
            for i, layer in enumerate(self.linear):
                x = layer(x if i == 0 or self.activation == "none" else getattr(torch, self.activation)(x))
            return x

        def states(self, inputs):
            """Hidden states, L x B x T x H: h of each recurrent layer after every command of `inputs`, B x T x I. Gradients flow."""
            layers, cell, states = getattr(self, self.cell), CELLS[self.cell], []
            for weights in layers.all_weights:  # PyTorch's modules themselves would give only those of the last layer
                start = inputs.new_zeros(inputs.shape[0], layers.hidden_size)
                if cell.torch:
                    first = start[None] if cell.memory == 0 else (start[None],) * (1 + cell.memory)
                    inputs = getattr(torch, cell.torch[1])(inputs, first, weights, True, 1, 0.0, False, False, True)[0]
                else:
                    inputs = _layer(torch, cell, inputs, start, *weights)
                states.append(inputs)
            return torch.stack(states)

    class FeedForward(torch.nn.Module):
        """A network for images: convolutions and max poolings, then linear layers. `spec` is as `network` in manifest.json."""

        __module__, __qualname__ = __name__, "FeedForward"

        def __init__(self, spec):
            super().__init__()
            self.spec, layers = spec, _feed_forward(spec)
            self.conv = torch.nn.ModuleList(
                torch.nn.Conv2d(size[0], after[0], entry["size"], entry.get("stride", 1), entry.get("padding", 0))
                for kind, entry, size, after in layers if kind == "conv")
            self.linear = torch.nn.ModuleList(
                torch.nn.Linear(math.prod(size), after[0]) for kind, _, size, after in layers if kind == "linear")

        def forward(self, images):
            """Scores, B x classes, before the softmax, of `images`, B x C x height x width, pixels from 0 to 1."""
            def pool(x, entry):
                return torch.nn.functional.max_pool2d(x, entry["pool"], entry.get("stride", entry["pool"]))

            layers = {
                "conv": lambda x, i, _: self.conv[i](x), "pool": lambda x, _, entry: pool(x, entry),
                "linear": lambda x, i, _: self.linear[i](x.flatten(1)), "relu": torch.relu, "tanh": torch.tanh,
            }
            return _feed(self.spec, images, layers)

    globals().update(Network=Network, RecurrentLayers=RecurrentLayers, FeedForward=FeedForward)
    return globals()[name]


def _layer(m, cell, x, start, weight_ih, weight_hh, bias_ih, bias_hh):
    """h of one recurrent layer after every command, B x T x H. `start` is 0, B x H; all arrays are NumPy's, or all PyTorch's, as `m` is."""
    size, gates = start.shape[1], len(cell.gates)
    given, states, hidden = x @ weight_ih.T + bias_ih, (start,) * (1 + cell.memory), []
    for t in range(x.shape[1]):
        kept = states[0] @ weight_hh.T + bias_hh
        inputs, recurrent = ([sums[:, i * size : (i + 1) * size] for i in range(gates)] for sums in (given[:, t], kept))
        joint = gates - cell.apart
        sums = [a + b for a, b in zip(inputs[:joint], recurrent)] + inputs[joint:] + recurrent[joint:]
        states = cell.step(m, sums, states)
        hidden.append(states[0])
    return m.stack(hidden, 1) if hidden else given[:, :, :size]


def _feed_forward(spec):
    """The layers of a network for images, each as what it is, its entry in the manifest, and the sizes of what comes in and out."""
    size, layers = tuple(_whole(side, 65536) for side in spec["image"]), []
    channels, height, width = size
    for entry in spec["layers"]:
        (kind,) = [key for key in ("conv", "pool", "linear") if key in entry]
        out = _whole(entry[kind], 65536)
        if kind == "linear":
            after = (out, 1, 1)
        else:
            side, stride = (entry["size"], entry.get("stride", 1)) if kind == "conv" else (out, entry.get("stride", out))
            padding = entry.get("padding", 0)
            wide = 2 * _whole(1 + padding, 65536) - 2 - _whole(side, 65536)
            after = (out if kind == "conv" else size[0], *(1 + (x + wide) // _whole(stride, 65536) for x in size[1:]))
        if min(after) < 1 or (kind != "linear" and layers and layers[-1][0] == "linear"):
            raise ValueError("a layer of its network doesn't fit those before it")
        layers.append((kind, entry, size, after))
        size = after
    if not layers or layers[-1][0] != "linear" or spec["activation"] not in ("none", "relu", "tanh"):
        raise ValueError("its network is none of mlds")
    return layers


def _feed(spec, x, work):
    """What comes out for `x`. `work` has a function for each kind of layer, of x, its number among its kind and its entry, and tanh and
    relu, NumPy's or PyTorch's. An activation follows every convolution, but a pooling right after it comes first, and every linear layer
    but the last."""
    counts, due = {"conv": 0, "linear": 0, "pool": 0}, False
    kinds = [kind for kind, *_ in _feed_forward(spec)]
    for kind, after, entry in zip(kinds, [*kinds[1:], None], spec["layers"]):
        x = work[kind](x, counts[kind], entry)
        counts[kind] += 1
        due = (due or kind != "pool") and after is not None
        if due and (kind, after) != ("conv", "pool"):
            x, due = x if spec["activation"] == "none" else work[spec["activation"]](x), False
    return x


def _numpy_layers(spec, state):
    """The functions that _feed asks for, by NumPy."""
    def windows(x, side, stride):
        return np.lib.stride_tricks.sliding_window_view(x, (side, side), axis=(2, 3))[:, :, ::stride, ::stride]

    def conv(x, i, entry):
        pad = entry.get("padding", 0)
        x = windows(np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad))), entry["size"], entry.get("stride", 1))
        y = np.tensordot(x, state[f"conv.{i}.weight"], ((1, 4, 5), (1, 2, 3))) + state[f"conv.{i}.bias"]
        return np.moveaxis(y, 3, 1)

    def linear(x, i, _):
        return x.reshape(len(x), -1) @ state[f"linear.{i}.weight"].T + state[f"linear.{i}.bias"]

    return {
        "conv": conv, "pool": lambda x, _, entry: windows(x, entry["pool"], entry.get("stride", entry["pool"])).max((4, 5)),
        "linear": linear, "relu": lambda x: np.maximum(x, 0), "tanh": np.tanh,
    }


def idx(path):
    """What an IDX file holds, as MNIST's do (by gzip or not): bytes, N x height x width for images, N for labels."""
    with _reading(path, f"There is no file '{path}'."):
        with open(path, "rb") as file:
            data = file.read(_MOST_BYTES)
        if data[:2] == b"\x1f\x8b":
            with gzip.open(path) as file:
                data = file.read(_MOST_BYTES)
        shape = tuple(int.from_bytes(data[4 + 4 * i : 8 + 4 * i], "big") for i in range(data[3]))
        values = np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])
        if data[:3] != b"\0\0\x08" or math.prod(shape) != len(values):
            raise ValueError("it is no IDX file of bytes, or cut short")
        return values.reshape(shape).copy()


@contextlib.contextmanager
def _reading(path, missing=None, damaged=None):
    """Around the reading of one file: whatever goes wrong within becomes a ReleaseError that names it.

    Folders, pipes and devices aren't read: some never end. `missing` and `damaged` are sentences to say instead of the usual ones.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise ReleaseError(f"'{path}' is not a file but a folder, a pipe or a device; fetch the release again.")
        yield
    except (ReleaseError, ImportError):
        raise
    except (FileNotFoundError, NotADirectoryError):
        raise ReleaseError(missing or f"There is no '{path}'; the release is incomplete, fetch it again.") from None
    except Exception as error:
        said = "".join(c if c.isprintable() else " " for c in str(error)[:200]) or "no more is known"
        damaged = damaged or f"'{path}' is damaged or of something else"
        check = "`sha256sum -c SHA256SUMS` in a release checks its files"
        raise ReleaseError(f"{damaged} ({type(error).__name__}: {said}); {check}.") from None


def _manifest(folder):
    """manifest.json and its SHA-256. What it says of the network and the machines is checked to be possible."""
    path = os.path.join(folder, "manifest.json")
    with _reading(path, f"There is no release in '{folder}': it has no manifest.json."):
        text = _text(path)
        manifest = json.loads(text)
        form, version = manifest["format"], _whole(manifest["version"])
        if form != "mlds-release":
            raise ReleaseError(f"'{folder}' is no release of mlds.")
        if version > VERSION:
            raise ReleaseError(f"The release '{folder}' is of version {version}, this mlds.py reads up to {VERSION}; take a newer mlds.py.")
        for number in [manifest["networks"], manifest["parameters"], *manifest["subsets"]]:
            _whole(number)
        _check_network(manifest["network"])
        if not manifest["machines"] or not all(_NAME.fullmatch(machine["name"]) for machine in manifest["machines"]):
            raise ReleaseError(f"The release '{folder}' has a machine whose name is none; don't use it.")
        if any(not isinstance(factor[key], str) for factor in manifest.get("factors", []) for key in ("name", "kind", "description")):
            raise ValueError("its factors are none of mlds")
        if any(not isinstance(measure[key], str) for measure in manifest.get("measures", []) for key in ("name", "description")):
            raise ValueError("what was measured of its networks is none of mlds")
        if not isinstance(manifest["population"], str):
            raise ValueError("its population has no name")
    return manifest, hashlib.sha256(text.encode()).hexdigest()


def _check_network(spec):
    """What manifest.json says of the networks. Forms that this file doesn't know may have other keys."""
    form = _form(spec)
    if not all(isinstance(name, str) and _NAME.fullmatch(name) for name in (form, spec.get("cell", "gru"))):
        raise ValueError("the form of its networks has no name")
    if form == "feed-forward":
        _feed_forward(spec)
    if form != "recurrent":
        return
    for size in [spec["inputs"], spec["hidden"], spec["layers"], *spec["linear"]]:
        _whole(size, 65536)
    if not spec["linear"] or spec["activation"] not in ("none", "relu", "tanh"):
        raise ValueError("its network is none of mlds")


def _form(spec):
    """The form of the networks. Recipes tell the two that this file knows apart by their keys."""
    return spec.get("form", "feed-forward" if "image" in spec else "recurrent")


def _cell_of(spec):
    """The name of the networks' cell; None where they are of a form without cells."""
    return spec.get("cell", "gru") if _form(spec) == "recurrent" else None


def _described(spec):
    """The networks in a few words."""
    cell = _cell_of(spec)
    if _form(spec) == "feed-forward":
        names = {"conv": "convolution to {} channels", "pool": "max pooling {}", "linear": "linear {}"}
        return ", ".join([f"images of {' x '.join(map(str, spec['image']))}"]
                         + [names[kind].format(entry[kind]) for kind, entry, *_ in _feed_forward(spec)])
    if cell is None:
        return f"of the form '{spec['form']}'"
    layers = f"{spec['layers']} {cell.upper()} layers of {spec['hidden']}"
    return f"{spec['inputs']} inputs, {layers}, linear {'-'.join(map(str, spec['linear']))}"


def _whole(number, most=1 << 62):
    if type(number) is not int or not 1 <= number <= most:
        raise ValueError(f"{number!r} stands where a whole number from 1 to {most} should")
    return number


def _weights(folder, manifest, layout):
    """N x P weights from whichever file has them, mapped where that is possible."""
    shape = (manifest["networks"], manifest["parameters"])
    readers = {
        "weights.npy": _npy,
        "weights.safetensors": lambda path: _safetensors(path, shape, layout),
        "mlds.h5": lambda path: _hdf5(path, shape),
    }
    for name, read in readers.items():
        path = os.path.join(folder, name)
        if os.path.exists(path):
            with _reading(path):
                return _held(read(path), shape)
    if not manifest.get("formats", True):
        raise ReleaseError(
            f"The release '{folder}' has no weights, only the recipes that lead to them: `mlds regenerate {folder} --zoo DIR` trains its "
            "networks again, to the same bits; its table is networks.csv."
        )
    raise ReleaseError(f"The release '{folder}' has no weights: neither weights.npy nor weights.safetensors nor mlds.h5.")


def _held(weights, shape):
    if weights.shape != shape or weights.dtype != np.float32:
        raise ValueError(f"{weights.dtype} of {weights.shape} where the release has float32 of {shape}")
    return weights


def _npy(path):
    return _mapped(lambda mode: np.lib.format.open_memmap(path, mode=mode))


def _mapped(open_):
    """Maps a file so that arrays can be written to (PyTorch wants that), which changes only memory.

    For that the system must promise as much memory as the file has bytes. Where it doesn't, the array is read-only.
    """
    try:
        return open_("c")
    except (OSError, MemoryError):
        return open_("r")


def _hdf5(path, shape):
    """`weights` in an HDF5 file: mapped where they lie in one piece, as mlds writes them, else (in chunks, compressed) read with h5py."""
    with _import("h5py", f"the weights are only in '{path}'").File(path, "r") as file:
        data = file["weights"]
        if data.dtype == "<f4" and data.id.get_offset() is not None:
            return _mapped(lambda mode: np.memmap(path, "<f4", mode, data.id.get_offset(), data.shape))
        if data.dtype != ">f4" or data.shape != shape:  # >f4: the same values, their bytes the other way round
            _held(data, shape)
        weights = np.empty(shape, np.float32)
        data.read_direct(weights)
        return weights


def _safetensors(path, shape, layout):
    """The tensors of a safetensors file side by side: read, not mapped, as its order is another."""
    with open(path, "rb") as file:
        size, end = int.from_bytes(file.read(8), "little"), os.fstat(file.fileno()).st_size
        if size > end or 8 + size + 4 * shape[0] * shape[1] > end:
            raise ValueError("it is cut short")
        header, weights = json.loads(file.read(size)), np.empty(shape, np.float32)
        for tensor in layout:
            about = header[tensor.name]
            if about["dtype"] != "F32" or tuple(about["shape"]) != (shape[0],) + tensor.shape:
                found = f"{about['dtype']} of {about['shape']}"
                raise ValueError(f"{tensor.name} is {found} where the release has F32 of {[shape[0], *tensor.shape]}")
            file.seek(8 + size + _whole(1 + about["data_offsets"][0]) - 1)
            values = np.frombuffer(file.read(4 * shape[0] * tensor.length), "<f4")
            weights[:, tensor.offset : tensor.offset + tensor.length] = values.reshape(shape[0], tensor.length)
    return weights


def _networks(folder, path, manifest):
    """networks.csv: as many rows as manifest.json says, of its machines."""
    kinds = {factor["name"]: factor["kind"] for factor in manifest.get("factors", [])}
    kinds.update((measure["name"], "measure") for measure in manifest.get("measures", []))
    table = _table(path, ("recipe_id", "machine", "seed", "split", "epochs", "validation_loss", "weights_sha256", *kinds), kinds)
    if len(table) != manifest["networks"]:
        raise ReleaseError(f"The release '{folder}' should have {manifest['networks']} networks, but networks.csv has {len(table)}.")
    if not set(np.unique(table["machine"])) <= {machine["name"] for machine in manifest["machines"]}:
        raise ReleaseError(f"'{path}' is damaged: it has a machine that manifest.json doesn't have; fetch the release again.")
    return table


def _table(path, needed, kinds=None):
    """A CSV file as a Table; its first line names the columns, those in `needed` among them. `kinds` are those of factors."""
    with _reading(path):
        names, *rows = csv.reader(io.StringIO(_text(path), newline=""))
        missing = [name for name in needed if name not in names]
        if missing:
            raise ValueError(f"it has no column {missing[0]}")
        if any(len(row) != len(names) for row in rows):
            raise ValueError(f"one of its lines doesn't have {len(names)} fields")
        return Table({name: _column(name, [row[i] for row in rows], (kinds or {}).get(name)) for i, name in enumerate(names)})


def _column(name, values, kind):
    if kind == "boolean":
        if not set(values) <= {"true", "false"}:
            raise ValueError(f"something in {name} is neither true nor false")
        return np.array([value == "true" for value in values], bool)
    if kind == "measure":  # nothing where it wasn't measured of a network
        return np.array([value or "nan" for value in values], np.float64)
    if kind == "number" or (kind is None and name in _FLOATS):
        return np.array(values, _FLOATS.get(name, np.float64))
    if kind is None and name in _INTEGERS:
        numbers = np.array([int(value) for value in values], np.int64)
        if (numbers != numbers.astype(_INTEGERS[name])).any():
            raise ValueError(f"a number is too large for {name}")
        return numbers.astype(_INTEGERS[name])
    if max(map(len, values), default=0) > _MOST_CHARACTERS:
        raise ValueError(f"a text of more than {_MOST_CHARACTERS} characters in {name}")
    return np.array(values, str)


def _layout(folder, manifest):
    """layout.csv as tensors: those of the network in manifest.json. Where its cell or form isn't known here, the file need only agree
    with itself."""
    path, spec = os.path.join(folder, "layout.csv"), manifest["network"]
    table = _table(path, ("tensor", "offset", "length"))
    with _reading(path):
        if "shape" in table:
            found = _parts(table)
            layout = _tensors(spec) if _form(spec) == "feed-forward" or _cell_of(spec) in CELLS else _end_to_end(found)
            expected = [(t.name, t.shape, t.module, t.layer, t.role, t.blocks) for t in layout]
        else:  # version 1
            layout, columns = _tensors(spec), ("tensor", "rows", "columns")
            found = list(zip(*(table[name].tolist() for name in columns)))
            expected = [(t.name, *t.shape, 1)[:3] for t in layout]
        places = list(zip(table["offset"].tolist(), table["length"].tolist()))
        end = sum(places[-1]) if places else 0
        names = {t.name for t in layout}
    if found != expected or places != [t[2:] for t in layout] or end != manifest["parameters"] or len(names) != len(layout):
        raise ReleaseError(f"'{path}' is damaged: it isn't the layout of the network in manifest.json; fetch the release again.")
    return layout


def _parts(table):
    """Name, shape, module, layer, role and blocks of each tensor in a layout.csv of version 2."""
    names, shapes, modules, layers, roles, blocks = (table[n].tolist() for n in ("tensor", "shape", "module", "layer", "role", "blocks"))
    sizes = [tuple(_whole(int(size)) for size in shape.split("x")) for shape in shapes]
    return list(zip(names, sizes, modules, map(int, layers), roles, (tuple(text.split()) for text in blocks)))


#: The tensors of a recurrent layer, in PyTorch's order, and what each does.
_RECURRENT = {"weight_ih": "weight", "weight_hh": "recurrent_weight", "bias_ih": "bias", "bias_hh": "recurrent_bias"}


def _recurrent_shapes(rows, hidden, inputs):
    """Pairs of name and shape of a recurrent layer's tensors. `rows` are those of all gates."""
    return zip(_RECURRENT, ((rows, inputs), (rows, hidden), (rows,), (rows,)))


def _tensors(spec):
    """The tensors of a network in the order of PyTorch's parameters(). Its cell must be in CELLS."""
    if _form(spec) == "feed-forward":
        return _end_to_end(_feed_forward_parts(spec))
    cell, hidden, width, parts = _cell_of(spec), spec["hidden"], spec["inputs"], []
    gates = tuple(CELLS[cell].gates)
    for layer in range(spec["layers"]):
        for name, shape in _recurrent_shapes(len(gates) * hidden, hidden, width):
            parts.append((f"{cell}.{name}_l{layer}", shape, cell, layer, _RECURRENT[name], gates if len(gates) > 1 else ()))
        width = hidden
    for layer, outputs in enumerate(spec["linear"]):
        for role, shape in (("weight", (outputs, width)), ("bias", (outputs,))):
            parts.append((f"linear.{layer}.{role}", shape, "linear", layer, role, ()))
        width = outputs
    return _end_to_end(parts)


def _feed_forward_parts(spec):
    """Name, shape, module, layer, role and blocks of each tensor of a network for images."""
    parts, counts = [], {"conv": 0, "linear": 0}
    for kind, entry, size, (rows, *_) in _feed_forward(spec):
        if kind == "pool":
            continue
        columns = (size[0], entry["size"], entry["size"]) if kind == "conv" else (math.prod(size),)
        for role, shape in (("weight", (rows, *columns)), ("bias", (rows,))):
            parts.append((f"{kind}.{counts[kind]}.{role}", shape, kind, counts[kind], role, ()))
        counts[kind] += 1
    return parts


def _end_to_end(parts):
    """Tensors without gaps between them, from name, shape, module, layer, role and blocks of each."""
    tensors, offset = [], 0
    for name, shape, module, layer, role, blocks in parts:
        tensor = Tensor(name, shape, offset, math.prod(shape))
        tensor.module, tensor.layer, tensor.role, tensor.blocks = module, layer, role, blocks
        tensors.append(tensor)
        offset += tensor.length
    return tensors


def _automaton(definition):
    """An automaton from its JSON: every state's next states and outputs, which must be possible."""
    outputs, table = _whole(definition["outputs"], 32), np.array(definition["next"], np.int64)
    lines = np.array(definition["output"], np.int64)
    if table.ndim != 2 or lines.shape != table.shape[:1]:
        raise ValueError("its states don't have one line of next states and one output each")
    if table.min() < 0 or table.max() >= len(table) or lines.min() < 0 or lines.max() >> outputs:
        raise ValueError("it goes to a state, or gives an output, that it doesn't have")
    if not 0 <= operator.index(definition["start"]) < len(table):
        raise ValueError("it starts in a state that it doesn't have")
    bits = (lines[:, None] >> np.arange(outputs)) & 1
    return {"next": table.astype(np.int32), "output": bits.astype(np.uint8), "names": definition.get("names"), "start": definition["start"]}


def _text(path):
    """The text of a file, UTF-8; for use within _reading."""
    with open(path, encoding="utf-8", newline="") as file:
        if os.fstat(file.fileno()).st_size > _MOST_BYTES:
            raise ValueError(f"a text of more than {_MOST_BYTES} bytes")
        return file.read()


def _found(name):
    try:
        return importlib.import_module(name) is not None
    except ImportError:
        return False


def _import(name, why):
    try:
        return importlib.import_module(name)
    except ImportError:
        raise ImportError(f"{why}, which needs {name}: pip install {name}") from None


def _leave_no_trace():
    """Removes the compiled copy that Python makes when this file is imported from inside a release, since a release is never changed."""
    compiled = globals().get("__cached__")
    if compiled and os.path.exists(os.path.join(os.path.dirname(os.path.abspath(__file__)), "SHA256SUMS")):
        try:
            os.remove(compiled)
            os.rmdir(os.path.dirname(compiled))
        except OSError:
            pass


_leave_no_trace()
