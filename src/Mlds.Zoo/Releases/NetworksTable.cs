using System.Globalization;
using Mlds.Kernels.Losses;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;
using ParquetSharp;
using ParquetSharp.Schema;

namespace Mlds.Zoos.Releases;

/// <summary>
/// The table of networks, a row each, in the order of the weights' rows: <c>networks.parquet</c> with every column, and
/// <c>networks.csv</c> with those that are no lists, for readers without Parquet (docs/formats/release.md).
/// </summary>
static class NetworksTable
{
    public const string FileName = "networks.parquet";
    public const string CsvFileName = "networks.csv";

    const string Chain = "milestone_chain";
    const string Index = "row";
    const string Outcome = "outcome";

    /// <summary>Rows held in memory at once, a row group of the file.</summary>
    const int RowGroup = 2048;

    /// <summary>A row and what is read for it alone.</summary>
    sealed record Row(
        int Index, ReleasedNetwork Released, PopulationFactors Plan, IReadOnlyList<EpochRecord> History,
        IReadOnlyList<Milestone> Milestones)
    {
        public StoredNetwork Network => Released.Network;

        /// <summary>Worked out once for all of its columns.</summary>
        public MachineFactors Factors => field ??= Plan.Of(Network.Machine, Network.Seed);
    }

    /// <summary>One column: its name, what it means, and how its values of a row group are written.</summary>
    /// <param name="Type">Of a value, or of the array of values.</param>
    /// <param name="Text">A value in the CSV file; for lists it isn't called.</param>
    sealed record TableColumn(
        string Name, string Meaning, Type Type, Action<ColumnWriter, IReadOnlyList<Row>> Write, Func<Row, string> Text);

    static readonly TableColumn[] s_columns =
    [
        Of(Index, "Row of `weights.npy` that holds its weights.", row => row.Index),
        Of("recipe_id", "SHA-256 of the canonical JSON of its recipe: the network's name everywhere.", row => row.Network.RecipeId),
        Of("machine", "The machine it imitates.", row => row.Network.Machine),
        Of(
            "seed",
            "Its seed: initial weights and the order of the training sequences follow from it. "
            + "Networks of equal seed on different machines are twins.",
            row => (long)row.Network.Seed),
        Of("subset", "The smallest subset that has it, in networks a machine; larger ones have it too.", row => row.Released.Subset),
        Of(
            "split", "Its side by seed: train, validation or test; twins have the same (splits/by_seed.csv).",
            row => Splits.Of(row.Network.Seed)),
        Of(Outcome, "How its training ended: converged, for every network of this release.", row => OutcomeName.Of(row.Network.Outcome)),
        Of("epochs", "Epochs trained.", row => row.Network.Epochs),
        Of(
            "training_loss", "Mean squared error over the last epoch's batches, each taken before its step.",
            row => row.Network.TrainingLoss),
        Of("validation_loss", "Mean squared error over the validation sequences after the last epoch.", row => row.Network.ValidationLoss),
        Of("long_loss", "Mean squared error over sequences longer than any it was trained on.", row => row.Network.LongLoss),
        Of("weights_sha256", "SHA-256 of its weights as float32 little-endian.", row => row.Network.WeightsSha256),
        Of("core_seconds", "Processor time its training took.", row => row.Network.Provenance.CoreSeconds),
        Of("program_version", "Version of mlds that trained it.", row => row.Network.Provenance.ProgramVersion),
        Of("processor", "Processor it was trained on; has no influence on the weights.", row => row.Network.Provenance.Processor),
        Of(
            "kernel_set", "Kernels that ran: avx512, avx2, simd128 or scalar; has no influence on the weights.",
            row => row.Network.Provenance.KernelSet),
        Of("history_training_loss", "Training loss of every epoch.", row => row.History.Select(epoch => epoch.TrainingLoss).ToArray()),
        Of(
            "history_validation_loss", "Validation loss of every epoch.",
            row => row.History.Select(epoch => epoch.ValidationLoss).ToArray()),
        Of("history_learning_rate", "Learning rate of every epoch.", row => row.History.Select(epoch => epoch.LearningRate).ToArray()),
        Of(
            "milestone_epoch", "Epochs at which the weights were hashed on the way.",
            row => row.Milestones.Select(milestone => milestone.Epoch).ToArray()),
        Of(
            "milestone_weights_sha256", "SHA-256 of the weights at those epochs.",
            row => row.Milestones.Select(milestone => milestone.WeightsSha256).ToArray()),
        Of(
            Chain, "The last link of the hash chain over recipe id and milestones: it vouches for the whole training run.",
            row => row.Milestones.Count > 0 ? row.Milestones[^1].Chain : ""),
    ];

    /// <summary>The columns: name, meaning and type of a value; lists have an array's.</summary>
    /// <param name="allOutcomes">Whether networks of all outcomes are in the table.</param>
    /// <param name="measures">What was measured besides losses.</param>
    /// <param name="loss">What the networks learned by.</param>
    /// <param name="recipesOnly">Whether the release has no weights.</param>
    public static IEnumerable<(string Name, string Meaning, Type Type)> Columns(
        PopulationFactors factors, bool allOutcomes = false, IReadOnlyList<MeasureKind>? measures = null,
        LossKind loss = LossKind.MeanSquaredError, bool recipesOnly = false) => All(factors, measures ?? []).Select(
        column => (column.Name, MeaningOf(column, allOutcomes, loss, recipesOnly), column.Type));

    /// <summary>Those of one release.</summary>
    public static IEnumerable<(string Name, string Meaning, Type Type)> Columns(ReleaseSource source) => Columns(
        source.Factors, source.Options.Selection.AllOutcomes, source.Measures, source.Layout.Spec.Loss, source.Options.RecipesOnly);

    static string MeaningOf(TableColumn column, bool allOutcomes, LossKind loss, bool recipesOnly)
    {
        if (column.Name == Index && recipesOnly) return "Its row in this table.";
        if (column.Name == Outcome && allOutcomes) return AnyOutcome;
        return loss == LossKind.CrossEntropy ? s_ofImages.GetValueOrDefault(column.Name, column.Meaning) : column.Meaning;
    }

    /// <summary>What columns mean where images were learned.</summary>
    static readonly Dictionary<string, string> s_ofImages = new()
    {
        ["machine"] = "The task that it learned.",
        ["seed"] = "Its seed: initial weights and the order of the training images follow from it. "
            + "Networks of equal seed on different tasks are twins.",
        ["training_loss"] = "Mean cross-entropy over the last epoch's batches, each taken before its step.",
        ["validation_loss"] = "Mean cross-entropy over the validation images after the last epoch.",
        ["long_loss"] = "Mean cross-entropy over the test images.",
    };

    const string AnyOutcome = "How its training ended: converged, not_converged (the goal wasn't reached in the epochs there were) or "
        + "diverged (its loss or weights stopped being finite numbers).";

    /// <summary>The columns of every release, those of the factors that the population declares, those of what was measured.</summary>
    static IEnumerable<TableColumn> All(PopulationFactors factors, IReadOnlyList<MeasureKind> measures) =>
        [.. s_columns, .. factors.Declared.Select(Of), .. measures.Select(Of)];

    /// <summary>Writes the CSV file (RFC 4180 but for line feeds alone): floats with as many digits as bring the same float back.</summary>
    public static void WriteCsv(
        string path, PopulationFactors factors, IReadOnlyList<ReleasedNetwork> networks, IReadOnlyList<MeasureKind>? measures = null)
    {
        using var writer = new StreamWriter(path, append: false) { NewLine = "\n" };
        // The chain's end belongs to the lists it ends.
        var columns = All(factors, measures ?? []).Where(column => !column.Type.IsArray && column.Name != Chain).ToList();
        writer.WriteLine(string.Join(',', columns.Select(column => column.Name)));
        for (var i = 0; i < networks.Count; i++)
        {
            var row = new Row(i, networks[i], factors, [], []);
            writer.WriteLine(string.Join(',', columns.Select(column => Quoted(column.Text(row)))));
        }
    }

    public static void Write(
        string path, ReleaseSource source, IReadOnlyList<ReleasedNetwork> networks, CancellationToken cancellation)
    {
        var zoo = source.Zoo;
        var columns = All(zoo.Factors, source.Measures).ToList();
        using var properties = new WriterPropertiesBuilder().Compression(Compression.Zstd).CompressionLevel(9).Build();
        var nodes = columns.Select(column => Schema(column.Name, column.Type)).ToArray();
        using var schema = new GroupNode("networks", Repetition.Required, nodes);
        using var writer = new ParquetFileWriter(path, schema, properties);
        for (var start = 0; start < networks.Count; start += RowGroup)
        {
            cancellation.ThrowIfCancellationRequested();
            var rows = Enumerable.Range(start, Math.Min(RowGroup, networks.Count - start))
                .Select(i => new Row(
                    i, networks[i], zoo.Factors, zoo.History(networks[i].Network), zoo.Milestones(networks[i].Network)))
                .ToList();
            using var group = writer.AppendRowGroup();
            foreach (var column in columns)
            {
                using var columnWriter = group.NextColumn();
                column.Write(columnWriter, rows);
            }
        }

        writer.Close();
    }

    /// <summary>What a release's reader takes from the table.</summary>
    public sealed record Contents(IReadOnlyList<StoredNetwork> Networks, IReadOnlyList<EpochRecord[]> Histories);

    /// <param name="measures">Names of what was measured besides losses.</param>
    public static Contents Read(string path, IReadOnlyList<string> measures)
    {
        var (networks, histories) = (new List<StoredNetwork>(), new List<EpochRecord[]>());
        using var reader = new ParquetFileReader(path);
        var schema = reader.FileMetaData.Schema;
        var names = Enumerable.Range(0, reader.FileMetaData.NumColumns).Select(at => schema.Column(at).Path.ToDotVector()[0]).ToList();
        for (var i = 0; i < reader.FileMetaData.NumRowGroups; i++)
        {
            using var group = reader.RowGroup(i);
            var (id, machine, seed, outcome) =
                (All<string>(group, "recipe_id"), All<string>(group, "machine"), All<long>(group, "seed"), All<string>(group, "outcome"));
            var (epochs, training, validation, @long) = (All<int>(group, "epochs"), All<float>(group, "training_loss"),
                All<float>(group, "validation_loss"), All<float>(group, "long_loss"));
            var (hash, seconds) = (All<string>(group, "weights_sha256"), All<double>(group, "core_seconds"));
            var (version, processor, kernels) =
                (All<string>(group, "program_version"), All<string>(group, "processor"), All<string>(group, "kernel_set"));
            var (trainings, validations, rates) = (All<float[]>(group, "history_training_loss"),
                All<float[]>(group, "history_validation_loss"), All<float[]>(group, "history_learning_rate"));
            var measured = measures.Where(names.Contains)
                .Select(name => (Name: name, Values: All<double>(group, names.IndexOf(name)))).ToArray();
            for (var row = 0; row < id.Length; row++)
            {
                networks.Add(new StoredNetwork(
                    id[row], machine[row], (uint)seed[row], OutcomeName.Parse(outcome[row]), epochs[row], training[row],
                    validation[row], @long[row], hash[row], new Provenance(version[row], processor[row], kernels[row], "", seconds[row]))
                {
                    Measures = measured.Length == 0 ? Measures.None : new Measures(measured
                        .Where(column => !double.IsNaN(column.Values[row]))
                        .Select(column => KeyValuePair.Create(column.Name, column.Values[row]))),
                });
                histories.Add([.. trainings[row]
                    .Select((loss, epoch) => new EpochRecord(epoch + 1, loss, validations[row][epoch], rates[row][epoch]))]);
            }
        }

        return new Contents(networks, histories);
    }

    static T[] All<T>(RowGroupReader group, string column) =>
        All<T>(group, Array.FindIndex(s_columns, candidate => candidate.Name == column));

    static T[] All<T>(RowGroupReader group, int column)
    {
        using var reader = group.Column(column);
        using var values = reader.LogicalReader<T>();
        return values.ReadAll((int)group.MetaData.NumRows);
    }

    /// <summary>NaN, and nothing in the CSV file, where it wasn't measured of a network.</summary>
    static TableColumn Of(MeasureKind kind)
    {
        double? Value(Row row) => row.Network.Measures[kind.Name];
        return Of(kind.Name, kind.Meaning, row => Value(row) ?? double.NaN) with
        {
            Text = row => Value(row)?.ToString(CultureInfo.InvariantCulture) ?? "",
        };
    }

    static TableColumn Of(Factor factor)
    {
        FactorValue Value(Row row) => row.Factors[factor.Name];
        var column = factor.Kind switch
        {
            FactorKind.Number => Of(factor.Name, factor.Description, row => Value(row).Number),
            FactorKind.Boolean => Of(factor.Name, factor.Description, row => Value(row).Number != 0),
            _ => Of(factor.Name, factor.Description, row => Value(row).ToString()),
        };
        return column with { Text = row => Value(row).ToString() };
    }

    static TableColumn Of<T>(string name, string meaning, Func<Row, T> value) => new(
        name,
        meaning,
        typeof(T),
        (writer, rows) =>
        {
            using var values = writer.LogicalWriter<T>();
            values.WriteBatch(rows.Select(value).ToArray());
        },
        row => value(row) is string text ? NoFormula(text) : Convert.ToString(value(row), CultureInfo.InvariantCulture)!);

    /// <summary>
    /// A text that spreadsheets would take for a formula gets an apostrophe before it, which makes them take it for text: the processor
    /// that a volunteer's machine says it has could be <c>=HYPERLINK(…)</c>. The Parquet file has it as it is.
    /// </summary>
    static string NoFormula(string text) => text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? $"'{text}" : text;

    static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\n\r") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A column without nulls. Lists are named as Parquet's own document has it: list, then element (LogicalTypes.md).</summary>
    static Node Schema(string name, Type type)
    {
        if (type.IsArray)
        {
            var element = Schema("element", type.GetElementType()!);
            return new GroupNode(name, Repetition.Required, [new GroupNode("list", Repetition.Repeated, [element])], LogicalType.List());
        }

        var (logical, physical) = Type.GetTypeCode(type) switch
        {
            TypeCode.Int32 => (LogicalType.Int(32, true), PhysicalType.Int32),
            TypeCode.Int64 => (LogicalType.Int(64, true), PhysicalType.Int64),
            TypeCode.Single => (LogicalType.None(), PhysicalType.Float),
            TypeCode.Double => (LogicalType.None(), PhysicalType.Double),
            TypeCode.Boolean => (LogicalType.None(), PhysicalType.Boolean),
            TypeCode.String => (LogicalType.String(), PhysicalType.ByteArray),
            _ => throw new NotSupportedException($"No column of {type}."),
        };
        return new PrimitiveNode(name, Repetition.Required, logical, physical);
    }
}
