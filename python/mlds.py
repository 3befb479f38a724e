"""Releases of MLDS in Python. One file; needs NumPy alone. Copy it to where you need it.

    import mlds
    d = mlds.load('r')
    print(d)

d.weights     N x P float32, memory-mapped: row i holds the weights of network i
d.table       the networks: columns by name, each an array of N values, such as d.table['machine']
d.layout      where each tensor lies in a row of weights
d.network(i)  network i as a PyTorch module: torch.nn.GRU, then torch.nn.Linear layers

SPDX-License-Identifier: Apache-2.0
"""

import csv
import hashlib
import importlib
import io
import json
import os
import re
from collections import namedtuple

import numpy as np

__all__ = ["load", "Release", "ReleaseError", "Table", "Tensor", "sequences"]

#: The newest format of releases that this file reads.
VERSION = 1

#: A tensor of a network. `name` is PyTorch's; `shape` is (rows, columns), or (rows,) for a bias; its values are the columns
#: `offset` ... `offset + length - 1` of a row of weights, row by row.
Tensor = namedtuple("Tensor", "name shape offset length")

#: Machines' names are names of files too.
_NAME = re.compile("[A-Za-z0-9][-A-Za-z0-9_.]{0,63}")

_INTEGERS = {"row": np.int32, "seed": np.int64, "subset": np.int32, "epochs": np.int32}
_FLOATS = {"training_loss": np.float32, "validation_loss": np.float32, "long_loss": np.float32, "core_seconds": np.float64}


class ReleaseError(ValueError):
    """A release that is missing, damaged or too new, or a question that it has no answer to; the message says which."""


def load(path="."):
    """Opens the release in the folder `path`.

    Reads the table; weights are mapped, not read, so this takes moments whatever the size.
    Raises ReleaseError where there is no release, or a damaged or newer one.
    """
    path = os.fspath(path)
    text = _read(os.path.join(path, "manifest.json"), f"There is no release in '{path}': it has no manifest.json.")
    try:
        manifest = json.loads(text)
        form, version = manifest["format"], int(manifest["version"])
    except (ValueError, KeyError, TypeError):
        raise ReleaseError(f"'{path}/manifest.json' is damaged or of something else; fetch the release again.") from None
    if form != "mlds-release":
        raise ReleaseError(f"'{path}' is no release of mlds.")
    if version > VERSION:
        raise ReleaseError(f"The release '{path}' is of version {version}, this mlds.py reads up to {VERSION}; take a newer mlds.py.")
    try:
        table, layout = _table(os.path.join(path, "networks.csv")), _layout(os.path.join(path, "layout.csv"))
        weights = _weights(path, manifest, layout)
        rows = manifest["networks"]
        if not all(_NAME.fullmatch(machine["name"]) for machine in manifest["machines"]):
            raise ReleaseError(f"The release '{path}' has a machine whose name is none; don't use it.")
    except (ValueError, KeyError, TypeError, IndexError, OSError) as error:
        if isinstance(error, ReleaseError):
            raise
        raise ReleaseError(f"The release '{path}' is damaged or incomplete ({error}); `sha256sum -c SHA256SUMS` there says where.") from None
    if len(table) != rows:
        raise ReleaseError(f"The release '{path}' should have {rows} networks, but networks.csv has {len(table)}.")
    return Release(path, manifest, table, layout, weights)


class Release:
    """A release, or the first rows of one (see `subset`).

    folder     where it is
    manifest   its numbers: versions, outcomes, what was left out
    weights    N x P float32; row i is network i
    table      a Table of N rows
    layout     a list of Tensor, in the order of the columns of weights
    """

    def __init__(self, folder, manifest, table, layout, weights):
        self.folder, self.manifest, self.table, self.layout, self.weights = folder, manifest, table, layout, weights
        self._caches = {}

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
        """Networks a machine of each subset, ascending."""
        return [size for size in self.manifest["subsets"] if size * len(self.machines) <= len(self)]

    def __len__(self):
        return len(self.table)

    def __repr__(self):
        return f"<mlds.Release '{self.folder}': {len(self)} networks of {self.manifest['parameters']} weights>"

    def __str__(self):
        spec = self.manifest["network"]
        shape = f"{spec['inputs']} inputs, {spec['layers']} GRU layers of {spec['hidden']}, linear {'-'.join(map(str, spec['linear']))}"
        sides = ", ".join(f"{self.split(side).size} {side}" for side in ("train", "validation", "test"))
        lines = [
            f"MLDS release '{self.population}' {self.manifest.get('dataset_version', '')} in '{self.folder}'",
            f"  {len(self)} networks of {self.manifest['parameters']} weights: {shape}",
            f"  subsets of {', '.join(map(str, self.subsets))} networks a machine; by seed {sides}",
        ]
        width = max(map(len, self.machines))
        for machine in self.machines:
            rows = self.rows(machine)
            loss, epochs = self.table["validation_loss"][rows], self.table["epochs"][rows]
            lines.append(f"  {machine:<{width}}  {rows.size:>6} networks  {np.median(epochs):>5.0f} epochs  validation loss {np.median(loss):.3g} (medians)")
        lines.append(f"  table: {', '.join(self.table.columns)}")
        return "\n".join(lines)

    def subset(self, n):
        """The release with `n` networks a machine, one of `subsets`: its first rows, nothing copied."""
        if n not in self.subsets:
            raise ReleaseError(f"The release '{self.folder}' has no subset of {n}; it has {', '.join(map(str, self.subsets))}.")
        rows = n * len(self.machines)
        return Release(self.folder, self.manifest, self.table.first(rows), self.layout, self.weights[:rows])

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
        """Network `i` as a PyTorch module with parameters `gru` and `linear`.

        It takes inputs of B x T x I (0 and 1, float32; batch first) and gives B x T x O, the outputs after every command.
        Their mean squared difference from the targets of the validation sequences is the table's validation_loss.
        """
        torch = _import("torch", "network() makes a PyTorch module")
        module = _module(torch, self.manifest["network"])
        module.load_state_dict({name: torch.from_numpy(values) for name, values in self.state(i).items()})
        return module.eval()

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
        if os.path.exists(self._path("mlds.h5")) and _found("h5py"):
            with importlib.import_module("h5py").File(self._path("mlds.h5"), "r") as file:
                start, end = file["history/start"][row : row + 2]
                return {name: file[f"history/{name}"][start:end] for name in names}
        lists = self._parquet([f"history_{name}" for name in names], row)
        return {name: np.array(values, np.float32) for name, values in zip(names, lists)}

    def automaton(self, machine):
        """The minimal automaton of `machine`: a dictionary with 'next' (states x symbols), 'output' (states x outputs, 0 and 1),
        'names' (of the symbols, if it has any) and 'start'."""
        self._check_machine(machine)
        file = os.path.join("machines", f"{machine}.json")
        definition = json.loads(_read(self._path(file), f"The release '{self.folder}' has no automaton of {machine}: it has too many states for a file; manifest.json says so."))
        lines = np.array(definition["output"], np.uint32)
        bits = (lines[:, None] >> np.arange(definition["outputs"], dtype=np.uint32)) & 1
        return {"next": np.array(definition["next"], np.int32), "output": bits.astype(np.uint8), "names": definition.get("names"), "start": definition["start"]}

    def sequences(self, machine):
        """The sequences of `machine`, if the release has them (`mlds release --training-data`); see `sequences` of this module."""
        self._check_machine(machine)
        path = self._path("training-data", f"{machine}.npz")
        if not os.path.exists(path):
            raise ReleaseError(
                f"The release '{self.folder}' came without sequences; `mlds machines {machine} --population {self._path('population.json')} --export {machine}.npz` makes them, "
                f"mlds.sequences('{machine}.npz') reads them.")
        return sequences(path)

    def trajectory(self, i):
        """Epochs (M) and weights (M x P, mapped) of network `i` at its milestones, if the release has them (`mlds release --trajectories`)."""
        row = self._row(i)
        index = self._cached("milestones", lambda: _table(self._existing("trajectories/milestones.csv", "trajectories")))
        rows = np.flatnonzero(index["network"] == row)
        weights = self._cached("trajectories", lambda: np.load(self._existing("trajectories/weights.npy", "trajectories"), mmap_mode="r"))
        return index["epoch"][rows], weights[rows[0] : rows[-1] + 1] if rows.size else weights[:0]

    def recipe(self, i):
        """The recipe of network `i`: everything that determines it. The SHA-256 of its canonical JSON is its recipe_id."""
        row = self._row(i)
        recipes = self._cached("recipes", lambda: json.loads(_read(self._path("recipes.json"), f"The release '{self.folder}' has no recipes.json.")))
        recipe = next(recipe for recipe in recipes if recipe["machine_name"] == self.table["machine"][row])
        return dict(recipe, seed=int(self.table["seed"][row]))

    def dataframe(self):
        """The table as a pandas.DataFrame."""
        return _import("pandas", "dataframe() makes a DataFrame").DataFrame(dict(self.table.items()))

    def _parquet(self, columns, row):
        path = self._path("networks.parquet")
        if _found("pyarrow"):
            table = self._cached(f"parquet {columns}", lambda: importlib.import_module("pyarrow.parquet").read_table(path, columns=columns))
            return [table.column(name)[row].as_py() for name in columns]
        if _found("duckdb"):
            return importlib.import_module("duckdb").execute(f"SELECT {', '.join(columns)} FROM read_parquet(?) WHERE row = ?", [path, row]).fetchone()
        raise ReleaseError("history() needs h5py and a release with mlds.h5, or pyarrow or duckdb for networks.parquet; none is here.")

    def _path(self, *parts):
        return os.path.join(self.folder, *parts)

    def _existing(self, name, option):
        path = self._path(*name.split("/"))
        if not os.path.exists(path):
            raise ReleaseError(f"The release '{self.folder}' has no {name}: it was made without --{option}.")
        return path

    def _cached(self, key, make):
        if key not in self._caches:
            self._caches[key] = make()
        return self._caches[key]

    def _row(self, i):
        row = int(i) + len(self) if i < 0 else int(i)
        if not 0 <= row < len(self):
            raise ReleaseError(f"There is no network {i}; rows are 0 to {len(self) - 1}.")
        return row

    def _check_machine(self, machine):
        if machine not in self.machines:
            raise ReleaseError(f"The release '{self.folder}' has no machine '{machine}'; it has {', '.join(self.machines)}.")


class Table:
    """Columns by name, each a NumPy array with a value a row: table['seed']. Iterating gives the names; len() counts rows."""

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
    """The sequences in an .npz file of `mlds machines NAME --export` or of a release.

    A dictionary of 'training', 'validation' and 'long_test', each with 'symbols' (S x T uint8), 'inputs' (S x T x I float32)
    and 'targets' (S x T x O float32).
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            return {
                name: {"symbols": file[f"{name}_symbols"], "inputs": file[f"{name}_inputs"].astype(np.float32), "targets": file[f"{name}_targets"].astype(np.float32)}
                for name in ("training", "validation", "long_test")
            }
    except Exception as error:
        raise ReleaseError(f"'{path}' has no sequences of mlds that can be read: {error}") from None


def _module(torch, spec):
    """The network of the paper: GRU layers, then linear layers; after the last there is no activation."""
    activation = {"none": lambda x: x, "relu": torch.relu, "tanh": torch.tanh}[spec["activation"]]

    class MldsNetwork(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.gru = torch.nn.GRU(spec["inputs"], spec["hidden"], spec["layers"], batch_first=True)
            widths = [spec["hidden"]] + spec["linear"]
            self.linear = torch.nn.ModuleList(torch.nn.Linear(a, b) for a, b in zip(widths, widths[1:]))

        def forward(self, inputs):
            x, _ = self.gru(inputs)
            for i, layer in enumerate(self.linear):
                x = layer(x if i == 0 else activation(x))
            return x

    return MldsNetwork()


def _weights(path, manifest, layout):
    """N x P weights from whichever file has them, mapped where that is possible."""
    shape = (manifest["networks"], manifest["parameters"])
    file = {name: os.path.join(path, name) for name in ("weights.npy", "weights.safetensors", "mlds.h5")}
    if os.path.exists(file["weights.npy"]):
        weights = np.load(file["weights.npy"], mmap_mode="r", allow_pickle=False)
    elif os.path.exists(file["weights.safetensors"]):
        weights = _safetensors(file["weights.safetensors"], shape, layout)
    elif os.path.exists(file["mlds.h5"]):
        with _import("h5py", f"the weights of '{path}' are in mlds.h5 alone").File(file["mlds.h5"], "r") as h5:
            data = h5["weights"]
            weights = np.memmap(file["mlds.h5"], "<f4", "r", data.id.get_offset(), data.shape)
    else:
        raise ReleaseError(f"The release '{path}' has no weights: neither weights.npy nor weights.safetensors nor mlds.h5.")
    if weights.shape != shape or weights.dtype != np.float32:
        raise ReleaseError(f"The weights of '{path}' are {weights.dtype} of {weights.shape} where manifest.json says float32 of {shape}.")
    return weights


def _safetensors(path, shape, layout):
    """The tensors of a safetensors file side by side: read, not mapped, as its order is another."""
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
        weights = np.empty(shape, np.float32)
        for tensor in layout:
            start, end = header[tensor.name]["data_offsets"]
            file.seek(8 + size + start)
            weights[:, tensor.offset : tensor.offset + tensor.length] = np.frombuffer(file.read(end - start), "<f4").reshape(shape[0], tensor.length)
    return weights


def _table(path):
    """A CSV file as a Table; its first line names the columns."""
    rows = list(csv.reader(io.StringIO(_read(path, f"There is no '{path}'; the release is incomplete."))))
    columns = {}
    for i, name in enumerate(rows[0]):
        values = [row[i] for row in rows[1:]]
        columns[name] = np.array(values, dtype=_type(name, values)) if values else np.array([], dtype=_type(name, values))
    return Table(columns)


def _type(name, values):
    if name in _FLOATS:
        return _FLOATS[name]
    if name in _INTEGERS or name in ("network", "epoch"):
        return _INTEGERS.get(name, np.int64)
    return str


def _layout(path):
    table = _table(path)
    numbers = [[int(value) for value in table[name]] for name in ("rows", "columns", "offset", "length")]
    return [
        Tensor(str(name), (rows,) if "bias" in name else (rows, columns), offset, length)
        for name, rows, columns, offset, length in zip(table["tensor"], *numbers)
    ]


def _read(path, missing):
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        raise ReleaseError(missing) from None


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
    """Takes back the compiled copy that Python makes when this file is imported from inside a release: a release is never changed."""
    compiled = globals().get("__cached__")
    if compiled and os.path.exists(os.path.join(os.path.dirname(os.path.abspath(__file__)), "SHA256SUMS")):
        try:
            os.remove(compiled)
            os.rmdir(os.path.dirname(compiled))
        except OSError:
            pass


_leave_no_trace()
