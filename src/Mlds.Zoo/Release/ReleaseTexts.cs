using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Mlds.Networks;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Releases;

/// <summary>The files of a release that people read: README.md, LICENSE, layout.csv. No date in them: the same zoo gives the same bytes.</summary>
static class ReleaseTexts
{
    public const string License = """
        The data in this folder are licensed under the Creative Commons Attribution-ShareAlike 4.0 International Public License
        (CC BY-SA 4.0): you may copy, change and publish them, also commercially, if you name where they come from and license what
        you make of them in the same way. The whole text: https://creativecommons.org/licenses/by-sa/4.0/legalcode

        SPDX-License-Identifier: CC-BY-SA-4.0

        """;

    /// <summary>Where each tensor lies in a row of weights.</summary>
    public static string Layout(WeightLayout layout)
    {
        var text = new StringBuilder("tensor,rows,columns,offset,length\n");
        foreach (var tensor in layout.Tensors) text.Append(CultureInfo.InvariantCulture, $"{tensor.Name},{tensor.Rows},{tensor.Columns},{tensor.Offset},{tensor.Length}\n");
        return text.ToString();
    }

    public static string Readme(Zoo zoo, ReleasePlan plan, WeightLayout layout, IReadOnlyCollection<string> formats, string digest)
    {
        var text = new StringBuilder();
        var machines = plan.Machines.Count;
        void Line(string line = "") => text.Append(line).Append('\n');

        Line($"# {zoo.Population.Name}: {Count(plan.Networks.Count)} trained networks");
        Line();
        Line($"{Count(plan.Networks.Count)} small recurrent networks, {Count(plan.Subsets[^1])} for each of {machines} machines that they learned to imitate, trained under full control: networks of one machine");
        Line("differ only in their seed. Made with mlds; the names and numbers of this file are explained there in docs/formats/release.md.");
        Line();
        WriteLoading(Line, plan, layout, formats);
        WriteSubsets(Line, plan, machines);
        WriteMachines(Line, plan);
        Line("## networks.parquet");
        Line();
        Line("One row a network, in the order of the rows of weights.");
        Line();
        Line("| column | means |");
        Line("| --- | --- |");
        foreach (var (name, meaning) in NetworksTable.Columns) Line($"| `{name}` | {meaning} |");
        Line();
        WriteFiles(Line, layout, formats);
        Line("## Checking and making again");
        Line();
        Line("`sha256sum -c SHA256SUMS` checks the files. A network is a pure function of its recipe: any of them can be made again, to the same bits, on any");
        Line("processor, by");
        Line();
        Line("    mlds train --population population.json --machine MACHINE --seed SEED --json");
        Line();
        Line($"whose `weights_sha256` is then the one in networks.parquet. Arithmetic version {Recipe.ArithmeticVersion}. SHA-256 over the sorted lines");
        Line($"`recipe_id weights_sha256` of all networks here: `{digest}`.");
        Line();
        Line("## Licence");
        Line();
        Line("CC BY-SA 4.0; see LICENSE.");
        return text.ToString();
    }

    static void WriteLoading(Action<string> line, ReleasePlan plan, WeightLayout layout, IReadOnlyCollection<string> formats)
    {
        line("## Loading it");
        line("");
        line("```python");
        if (formats.Contains("npy"))
        {
            line("import numpy as np, pandas as pd");
            line("networks = pd.read_parquet('networks.parquet')    # one row a network");
            line($"weights = np.load('weights.npy', mmap_mode='r')    # {plan.Networks.Count} x {layout.Parameters} float32, the same rows");
        }
        else
        {
            line("import h5py, pandas as pd");
            line("networks = pd.read_parquet('networks.parquet')    # one row a network");
            line($"weights = h5py.File('mlds.h5')['weights']          # {plan.Networks.Count} x {layout.Parameters} float32, the same rows");
        }

        line("```");
        line("");
    }

    static void WriteSubsets(Action<string> line, ReleasePlan plan, int machines)
    {
        line("## Subsets");
        line("");
        line("Subsets are balanced (as many networks of every machine) and nested, and each is the first rows of the table and of the weights:");
        line("");
        line("| networks a machine | rows |");
        line("| --- | --- |");
        foreach (var size in plan.Subsets) line($"| {Count(size)} | the first {Count(size * machines)} |");
        line("");
        line("A subset has, of every machine, the converged networks of the lowest seeds. Its networks are those with `subset` at most its size.");
        line("");
    }

    static void WriteMachines(Action<string> line, ReleasePlan plan)
    {
        line("## What was trained, and what was left out");
        line("");
        line("| machine | here | converged | not converged | diverged |");
        line("| --- | --- | --- | --- | --- |");
        foreach (var m in plan.Machines) line($"| {m.Name} | {Count(m.Released)} | {Count(m.Converged)} | {Count(m.NotConverged)} | {Count(m.Diverged)} |");
        line("");
        var failed = plan.Machines.Sum(m => m.NotConverged + m.Diverged);
        var spare = plan.Machines.Sum(m => m.Converged - m.Released);
        line($"Left out: {Count(failed)} networks whose training did not reach the goal loss within the epoch limit or diverged, because a subset compares networks that");
        line($"learned their machine; and {Count(spare)} converged networks of higher seeds, because every machine has as many as the one with the fewest or as was");
        line("asked for. Whoever asks how hard a machine is must count with the columns above, not with the networks here alone.");
        line("");
    }

    static void WriteFiles(Action<string> line, WeightLayout layout, IReadOnlyCollection<string> formats)
    {
        line("## The other files");
        line("");
        line("| file | has |");
        line("| --- | --- |");
        if (formats.Contains("npy")) line("| `weights.npy` | the weights, float32 little-endian, one network a row |");
        if (formats.Contains("h5")) line("| `mlds.h5` | everything in one HDF5 file: `weights`, `networks/…`, `history/…` (end to end, network i from `start[i]`), `layout/…`, `population_json` |");
        line($"| `layout.csv` | which of the {Count(layout.Parameters)} columns of weights is which: tensor (PyTorch's name), rows, columns, offset, length; elements row by row, PyTorch's `parameters()` order, gates r, z, n |");
        line("| `population.json` | the whole plan: machines, network, training |");
        line("| `recipes.json` | of each machine the recipe of its networks; with a `seed` put in, its canonical JSON (RFC 8785) is what `recipe_id` is the SHA-256 of |");
        line("| `manifest.json` | the numbers of this page for programs |");
        line("| `SHA256SUMS` | checksums of all files |");
        line("");
    }

    public static JsonObject Manifest(Zoo zoo, ReleasePlan plan, WeightLayout layout, IReadOnlyCollection<string> formats, string digest) => new()
    {
        ["format"] = "mlds-release",
        ["version"] = ReleaseWriter.Version,
        ["program_version"] = Provenance.Version,
        ["arithmetic_version"] = Recipe.ArithmeticVersion,
        ["license"] = "CC-BY-SA-4.0",
        ["population"] = zoo.Population.Name,
        ["population_sha256"] = zoo.Population.Sha256,
        ["networks"] = plan.Networks.Count,
        ["parameters"] = layout.Parameters,
        ["formats"] = new JsonArray([.. formats.Select(format => (JsonNode)format)]),
        ["subsets"] = new JsonArray([.. plan.Subsets.Select(size => (JsonNode)size)]),
        ["machines"] = new JsonArray([.. plan.Machines.Select(machine => new JsonObject
        {
            ["name"] = machine.Name,
            ["released"] = machine.Released,
            ["converged"] = machine.Converged,
            ["not_converged"] = machine.NotConverged,
            ["diverged"] = machine.Diverged,
        })]),
        ["weights_digest"] = digest,
    };

    static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
