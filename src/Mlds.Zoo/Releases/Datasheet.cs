using System.Globalization;
using System.Text;
using Mlds.Kernels.Optimizers;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Zoos.Releases;

/// <summary>
/// README.md of a release: first how to load it, then its datasheet, in the order of T. Gebru et al.: Datasheets for Datasets.
/// Communications of the ACM 64(12), 2021 (https://arxiv.org/abs/1803.09010).
/// </summary>
static class Datasheet
{
    /// <summary>How to cite; for the README and for croissant.json.</summary>
    public const string BibTeX = """
        @misc{clemens2021mlds,
          title         = {{MLDS}: A Dataset for Weight-Space Analysis of Neural Networks},
          author        = {Clemens, John},
          year          = {2021},
          eprint        = {2104.10555},
          archivePrefix = {arXiv}
        }
        """;

    /// <summary>One sentence.</summary>
    public static string Summary(ReleaseSource source) =>
        $"{Count(source.Plan.Networks.Count)} trained {source.Layout.Spec.Kind} networks of {Count(source.Layout.Parameters)} weights, "
        + $"{Count(source.Plan.Subsets[^1])} for each of {source.Machines.Count} machines {source.Words.Learned}, "
        + $"trained under full control: networks of one machine differ only in {Differences(source)}.";

    static string Differences(ReleaseSource source) => source.Factors.Varied.Count == 0
        ? "their seed"
        : $"their seed and in {string.Join(", ", source.Factors.Varied.Select(factor => factor.Name))}";

    public static string Text(ReleaseSource source, ReleasedSize size)
    {
        var page = new Page();
        page.Line($"# {source.Name}: {Count(source.Plan.Networks.Count)} trained networks\n");
        page.Line(Summary(source));
        if (source.Description.Length > 0) page.Line($"\n{source.Description}");
        DatasheetUse.Loading(page, source);
        Motivation(page, source);
        Composition(page, source, size);
        Collection(page, source);
        Preprocessing(page, source);
        DatasheetUse.Uses(page, source);
        DatasheetUse.Distribution(page, source);
        return page.ToString();
    }

    static void Motivation(Page page, ReleaseSource source)
    {
        page.Section("Motivation");
        page.Line($"""
            **Why was it made?** To ask what the weights of a network alone reveal: {source.Words.Question}, how training got there. That
            needs many networks of which everything is known and nothing differs but {Differences(source)}; networks collected from the
            world differ in everything at once.

            **By whom?** By whoever ran mlds, an independent implementation of the system of MLDS (arXiv 2104.10555).
            """);
    }

    static void Composition(Page page, ReleaseSource source, ReleasedSize size)
    {
        var plan = source.Plan;
        var facts = Headings(source, artifacts => artifacts.Facts);
        var isWhole = !source.Options.RecipesOnly;
        page.Section("Composition");
        page.Line($"**What is an instance?** A trained network: {source.Layout.Spec.Composition}; "
            + $"{Count(source.Layout.Parameters)} float32 weights{(isWhole ? "" : " (here by their SHA-256)")}, its recipe, "
            + "its losses epoch by epoch, "
            + "and the hashes of its milestones.\n");
        page.Line(
            $"**How many?** {Count(plan.Networks.Count)}, as many of every machine, in subsets that are nested: "
            + "each is the first rows of the table and of the weights.\n");
        page.Table(
            ["networks a machine", "rows"],
            plan.Subsets.Select(size => new[] { Count(size), $"the first {Count(size * source.Machines.Count)}" }));
        var selection = source.Options.Selection;
        page.Line(
            $"A subset has, of every machine, the {(selection.AllOutcomes ? "" : "converged ")}networks{selection.Words} of the lowest "
            + $"seeds{(selection.AllOutcomes ? ", whatever their outcome (column `outcome`)" : "")}. "
            + "Its networks are those with `subset` at most its size.\n");
        page.Line("**Machines, and what was left out.**\n");
        page.Table(
            ["machine", "here", "converged", "not converged", "diverged", .. facts],
            plan.Machines.Zip(source.Machines, (share, machine) => (string[])
            [
                share.Name, Count(share.Released), Count(share.Converged), Count(share.NotConverged), Count(share.Diverged),
                .. Values(facts, machine.Artifacts.Facts),
            ]));
        page.Line(
            $"**How large?** A network takes {Count(4 * source.Layout.Parameters)} bytes of weights"
            + $"{(isWhole ? "" : ", which are not here,")} and {Count((int)Math.Ceiling(size.Record))} of hashes, losses and "
            + "provenance.\n");
        FactorsOf(page, source);
        foreach (var (what, count, why) in ReleaseTexts.LeftOut(source)
            .Where(left => left.Count > 0 && !left.What.StartsWith("names", StringComparison.Ordinal)))
        {
            page.Line($"- Left out: {Count(count)} {what}, because {why}.");
        }

        page.Line("""

            Whoever asks how hard a machine is must count with the columns above, not with the networks here alone.

            **Is it a sample?** Of all seeds, yes: the lowest. Seeds name independent random streams, so any range of them is as good as a
            random draw.

            **Relations between instances.** Networks of equal seed on different machines are *twins*: same initial weights, same order of
            batches. Splits keep them together.

            **Errors and noise.** None is known. Losses are recorded as computed; training is exact, so repeating it gives the same bits.

            **Does it concern people?** No. Nothing in it comes from or is about people; the names of the computers that trained are left
            out.

            **The table.** `networks.parquet` has one row a network, in the order of the rows of weights; `networks.csv` has the columns
            that are no lists, for readers without Parquet.

            """);
        page.Table(
            ["column", "type", "means"],
            NetworksTable.Columns(source)
                .Select(column => new[] { $"`{column.Name}`", TypeName(column.Type), Cell(column.Meaning) }));
        Files(page, source);
        SplitsOf(page, source);
    }

    /// <summary>What the plan says of each machine, where its file says anything.</summary>
    static void FactorsOf(Page page, ReleaseSource source)
    {
        var factors = source.Factors;
        if (factors.OfMachines.Count > 0)
        {
            page.Line("**Factors.** What differs between machines by plan. Each is a column of the table below, which says what it means; "
                + "names of machines mean nothing.\n");
            page.Table(
                ["machine", .. factors.OfMachines.Select(factor => factor.Name)],
                source.Machines.Select(machine => (string[])
                    [machine.Name, .. factors.Of(machine.Name).Values.Select(value => Cell($"{value.Value}"))]));
        }

        if (factors.Varied.Count == 0) return;
        page.Line("**What varies.** In these, networks of one machine differ from seed to seed by plan; each is a column of the table "
            + "below, and networks of equal seed have equal values.\n");
        var networks = source.Plan.Networks.Select(released => factors.Of(released.Network.Machine, released.Network.Seed)).ToArray();
        page.Table(
            ["factor", "values here"],
            factors.Varied.Select(factor => new[]
            {
                factor.Name, Cell(FactorValue.Listed([.. networks.Select(network => network[factor.Name])])),
            }));
    }

    /// <summary>A text of the population's author in a cell of a table.</summary>
    static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    static void Files(Page page, ReleaseSource source)
    {
        var (options, words) = (source.Options, source.Words);
        page.Line("**The other files.**\n");
        page.Table(["file", "has"], Rows().Where(row => row.When).Select(row => new[] { row.File, row.Has }));
        IEnumerable<(bool When, string File, string Has)> Rows()
        {
            yield return (options.Formats.Contains("npy"), "`weights.npy`", "the weights, float32 little-endian, one network a row");
            yield return (options.Formats.Contains("safetensors"), "`weights.safetensors`",
                "the weights as tensors by PyTorch's names, all networks stacked along the first axis");
            yield return (options.Formats.Contains("h5"), "`mlds.h5`",
                $"all of this but trajectories and {words.Examples} in one HDF5 file: `weights`, "
                + "`networks/…`, `history/…` (end to end, network i from `start[i]`), `layout/…`, "
                + $"{(words.DefinitionGroup is { } group ? $"`{group}/…`, " : "")}`population_json`");
            yield return (true, "`layout.csv`",
                $"which of the {Count(source.Layout.Parameters)} columns of weights is which: {LayoutOf(source.Layout)}");
            yield return (true, "`splits/*.csv`", "how to divide the networks: by seed, and every machine left out in turn");
            yield return (words.Definitions is not null, words.Definitions?.Files ?? "", words.Definitions?.Have ?? "");
            yield return (options.TrainingData, $"`{TaskArtifacts.ExamplesFolder}/{words.ExamplesNames}`", words.ExamplesHave);
            yield return (options.Trajectories, "`trajectories/`",
                "`weights.npy`: the weights of every network at every milestone; `milestones.csv`: "
                + "the `network` (its row in the table) and `epoch` of each of its rows");
            yield return (true, "`population.json`", "the whole plan: machines, network, training");
            yield return (true, "`recipes.json`",
                "of each machine the recipe of its networks"
                + $"{(source.Factors.Varied.Count > 0 ? ", one for each setting, with the `seeds` that have it (to be taken out)" : "")}; "
                + "with a `seed` put in, its canonical JSON (RFC 8785) is what `recipe_id` is the SHA-256 of");
            yield return (true, "`manifest.json`", "the numbers of this page for programs");
            yield return (true, "`croissant.json`", "this page for data-set searches and loaders (Croissant 1.1)");
            yield return (true, "`mlds.py`", "the loader for Python (Apache-2.0)");
            yield return (true, "`LICENSE`, `SHA256SUMS`", "the licence; checksums of all files");
        }
    }

    /// <summary>What layout.csv has, and the order of what lies there.</summary>
    static string LayoutOf(WeightLayout layout)
    {
        var names = ReleaseLayout.Columns(layout).Select(column => column.Name == "tensor" ? "tensor (PyTorch's name)" : column.Name);
        var gates = layout.Tensors.Select(tensor => string.Join(", ", tensor.Blocks)).Where(blocks => blocks.Length > 0).Distinct();
        return $"{string.Join(", ", names)}; elements row by row, PyTorch's `parameters()` order"
            + string.Concat(gates.Select(blocks => $", gates {blocks}"));
    }

    static void SplitsOf(Page page, ReleaseSource source)
    {
        var counts = Splits.Counts(source.Plan);
        page.Line($"""
            **Splits.** By seed: {Count(counts[Splits.Train])} networks train, {Count(counts[Splits.Validation])} validate,
            {Count(counts[Splits.Test])} test. Of every twenty seeds 14 train, 3 validate (those that leave 2, 9 or 16 when divided by 20)
            and 3 test (3, 12, 19), so twins are never on two sides, and a network has the same side in every subset and every later
            release. By machine: `splits/by_machine.csv` leaves each out in turn. There, twins of the machine left out are among those to
            learn from; whoever minds takes of these only what trains by seed, and of that only what tests.
            """);
    }

    static void Collection(Page page, ReleaseSource source)
    {
        page.Section("Collection");
        page.Line($"""
            **How did the data come about?** By training, with mlds {Provenance.Version}. A network is a pure function of its recipe, which
            names machine, {source.Words.Examples}, shape, optimiser and seed: arithmetic version {Recipe.ArithmeticVersion} gives the same
            bits on every processor, on one thread or many. {source.Words.Making}, by
            {Descent(source)}, until the loss on validation {source.Words.Examples} reaches the goal, or the epoch limit
            ends it.

            """);
        Training(page, source.Machines);
        page.Line($"""
            **Who computed it, and when?** Which processor, kernels and program version trained a network is in the table. Nothing depends
            on the time of day, so no time is recorded.

            **Can it be repeated?** Any of the networks can be made again, to the same bits, on any processor, by

                mlds train --population population.json --machine MACHINE --seed SEED --json

            whose `weights_sha256` is then the one in the table. SHA-256 over the sorted lines `recipe_id weights_sha256` of all networks
            here: `{source.Digest}`.
            """);
    }

    /// <summary>What the networks of each machine were trained on, and how; what only some plans use has a column only there.</summary>
    static void Training(Page page, IReadOnlyList<ReleasedMachine> machines)
    {
        var counts = machines.SelectMany(machine => machine.Artifacts.ExampleCounts.Select(count => count.Heading)).Distinct().ToArray();
        var options = s_options.Where(option => machines.Any(machine => option.Of(machine.Recipe.Training) != option.Usual)).ToArray();
        page.Table(
            ["machine", .. counts, "batch", "learning rate", .. options.Select(option => option.Heading), "goal loss", "epoch limit"],
            machines.Select(machine => Row(machine.Recipe.Training, machine)));

        string[] Row(TrainingSpec training, ReleasedMachine machine) =>
        [
            machine.Name,
            .. Values(counts, machine.Artifacts.ExampleCounts, "none"),
            Count(training.Batch), Number(training.LearningRate), .. options.Select(option => Number(option.Of(training))),
            Number(training.GoalLoss), Count(training.EpochLimit),
        ];
    }

    static readonly (string Heading, Func<TrainingSpec, double> Of, double Usual)[] s_options =
    [
        ("weight decay", training => training.Optimizer.WeightDecay, 0),
        ("momentum", training => training.Optimizer is SgdSettings sgd ? sgd.Momentum : 0, 0),
        ("initial scale", training => training.InitialScale, 1),
    ];

    /// <summary>The columns that the kinds of task in a release have between them.</summary>
    static IReadOnlyList<string> Headings(
        ReleaseSource source, Func<TaskArtifacts, IReadOnlyList<(string Heading, string Value)>> columns) =>
        [.. source.Machines.SelectMany(machine => columns(machine.Artifacts)).Select(column => column.Heading).Distinct()];

    /// <summary>One machine's values of them; <paramref name="missing"/> where its kind of task has none.</summary>
    static IEnumerable<string> Values(
        IReadOnlyList<string> headings, IReadOnlyList<(string Heading, string Value)> columns, string missing = "") =>
        headings.Select(heading => columns.FirstOrDefault(column => column.Heading == heading).Value ?? missing);

    /// <summary>"Adam on the mean squared error", as the recipes have it; with "or" where machines differ.</summary>
    static string Descent(ReleaseSource source)
    {
        var loss = (string)source.Machines[0].Recipe.ToJson()["training"]!["loss"]!;
        var optimizers = source.Machines.Select(machine => machine.Recipe.Training.Optimizer.Description).Distinct();
        return $"{string.Join(" or ", optimizers)} on the {loss.Replace('_', ' ')}";
    }

    static void Preprocessing(Page page, ReleaseSource source)
    {
        var (comeAlong, words) = (source.Options.TrainingData, source.Words);
        page.Section("Preprocessing");
        page.Line($"""
            **Was anything done to the data?** No: weights are as training left them, nothing is scaled, sorted or aligned.
            {Freedom(source.Layout.Spec)} without changing what a network does, so networks that behave alike may look different;
            `mlds analyze` knows views that don't see that.
            """);
        var here = $"in `{TaskArtifacts.ExamplesFolder}`.";
        if (words.AgainBy is { } command)
        {
            page.Line($"""
                The {words.Examples} are {(comeAlong ? here : "not here: they follow from the recipe, and")}
                {(comeAlong ? "They can also be made again by" : "are made again by")}

                    {command}
                """);
        }
        else
        {
            page.Line($"The {words.Examples} are {(comeAlong ? here : "not here.")}");
        }

        if (words.Given.Length > 0) page.Line($"{(words.AgainBy is null ? "" : "\n")}{words.Given}");
    }

    /// <summary>What of the weights is free, by the network's symmetries.</summary>
    static string Freedom(NetworkSpec spec)
    {
        var scales = spec.Symmetries.Groups.Select(group => group.Scales).ToHashSet();
        var signs = scales.Contains(UnitScales.Signs) ? " and signs flipped" : "";
        return $"Hidden units can be relabelled{signs}{(scales.Contains(UnitScales.Positive) ? " and scaled" : "")}";
    }

    static string TypeName(Type type) => type.IsArray
        ? $"list of {TypeName(type.GetElementType()!)}"
        : Type.GetTypeCode(type) switch
        {
            TypeCode.Int32 => "int32",
            TypeCode.Int64 => "int64",
            TypeCode.Single => "float32",
            TypeCode.Double => "float64",
            TypeCode.Boolean => "boolean",
            _ => "text",
        };

    internal static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    static string Number(double number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Markdown, line by line.</summary>
sealed class Page
{
    readonly StringBuilder _text = new();

    public void Line(string text) => _text.Append(text.ReplaceLineEndings("\n")).Append('\n');

    public void Section(string title) => Line($"\n## {title}\n");

    public void Table(string[] head, IEnumerable<string[]> rows)
    {
        Line($"| {string.Join(" | ", head)} |");
        Line($"|{string.Concat(head.Select(_ => " --- |"))}");
        foreach (var row in rows) Line($"| {string.Join(" | ", row)} |");
        Line("");
    }

    public override string ToString() => _text.ToString();
}
