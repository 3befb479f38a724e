using System.Data.Common;
using System.Globalization;
using Mlds.Server.Database;

namespace Mlds.Server.Project;

/// <summary>
/// An input file of a work unit, as the database has it: a line <c>name logical bytes md5</c>, and <c>shared</c> after it where other units
/// have it too.
/// </summary>
sealed record StoredInput(string Name, string LogicalName, long Bytes, string Md5, bool IsShared = false)
{
    const string Shared = "shared";

    public static IReadOnlyList<StoredInput> Parse(string lines) =>
        [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
            .Select(part => new StoredInput(
                part[0], part[1], long.Parse(part[2], CultureInfo.InvariantCulture), part[3], part is [_, _, _, _, Shared]))];

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} {LogicalName} {Bytes} {Md5}{(IsShared ? $" {Shared}" : "")}");
}

/// <summary>An output file of a work unit's results: a line <c>logical max_bytes optional</c>.</summary>
sealed record StoredOutput(string LogicalName, long MaxBytes, bool Optional)
{
    public static IReadOnlyList<StoredOutput> Parse(string lines) =>
        [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
            .Select(part => new StoredOutput(part[0], long.Parse(part[1], CultureInfo.InvariantCulture), part[2] == "1"))];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{LogicalName} {MaxBytes} {(Optional ? 1 : 0)}");
}

/// <summary>What the scheduler needs of a work unit.</summary>
sealed record WorkUnitRow(
    long Id,
    string Name,
    string AppName,
    double FpopsEstimate,
    double FpopsBound,
    double MemoryBound,
    double DiskBound,
    long DelayBound,
    string CommandLine,
    bool OnePerAccount,
    int ProgramLevel,
    IReadOnlyList<StoredInput> Inputs,
    IReadOnlyList<StoredOutput> Outputs)
{
    /// <summary>The columns that <see cref="Read"/> takes, of <c>workunit w JOIN app a</c>.</summary>
    public const string Columns =
        "w.id, w.name, a.name, w.fpops_estimate, w.fpops_bound, w.memory_bound, w.disk_bound, w.delay_bound, "
        + "w.command_line, w.one_per_account, w.program_level, w.inputs, w.outputs";

    public const int ColumnCount = 13;

    public static WorkUnitRow Read(DbDataReader row, int first = 0) => new(
        row.Long(first),
        row.Text(first + 1),
        row.Text(first + 2),
        row.Real(first + 3),
        row.Real(first + 4),
        row.Real(first + 5),
        row.Real(first + 6),
        row.Long(first + 7),
        row.Text(first + 8),
        row.Bool(first + 9),
        row.Int(first + 10),
        StoredInput.Parse(row.Text(first + 11)),
        StoredOutput.Parse(row.Text(first + 12)));

    /// <summary>The physical name of a result's output file: nobody can guess it, and each try has its own.</summary>
    public static string OutputName(string resultName, long random, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{resultName}_r{random}_{index}");

    /// <summary>Splits such a name into its parts.</summary>
    public static bool TryParseOutputName(string name, out string resultName, out long random, out int index)
    {
        (resultName, random, index) = ("", 0, 0);
        var last = name.LastIndexOf('_');
        if (last < 0 || !int.TryParse(name.AsSpan(last + 1), NumberStyles.None, CultureInfo.InvariantCulture, out index)) return false;
        var before = name.LastIndexOf("_r", last - 1, StringComparison.Ordinal);
        if (before <= 0
            || !long.TryParse(name.AsSpan(before + 2, last - before - 2), NumberStyles.None, CultureInfo.InvariantCulture, out random))
        {
            return false;
        }

        resultName = name[..before];
        return true;
    }
}
