using System.Globalization;
using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Verification;

/// <summary>
/// The splits of a release: nothing on one side may be on another. <see cref="Duplicates"/> checks that no network is there twice.
/// </summary>
sealed class SplitChecks(Release release, ReleaseTable table, VerificationLog log)
{
    const string BySeed = "splits/by_seed.csv";
    const string ByMachine = "splits/by_machine.csv";
    const string Test = "test";

    static readonly string[] s_sides = ["train", "validation", Test];

    public void Check()
    {
        var sides = new Dictionary<uint, string>();
        if (HasFile(BySeed)) log.Try(Checks.Splits, BySeed, () => CheckSeeds(sides));
        if (sides.Count > 0) log.Try(Checks.Splits, NetworksTable.FileName, () => CheckColumn(sides));
        if (HasFile(ByMachine)) log.Try(Checks.Splits, ByMachine, CheckMachines);
    }

    bool HasFile(string name)
    {
        if (File.Exists(Path.Combine(release.Folder, name))) return true;
        log.Note(Checks.Splits, $"the release has no {name}");
        return false;
    }

    IEnumerable<string[]> Rows(string name, string header)
    {
        var lines = File.ReadAllLines(Path.Combine(release.Folder, name));
        if (lines is not [var first, ..] || first != header) throw new InvalidDataException($"its first line isn't {header}");
        var columns = header.Split(',').Length;
        foreach (var (i, line) in lines.Index().Skip(1))
        {
            yield return line.Split(',') is var row && row.Length == columns
                ? row
                : throw new InvalidDataException($"line {i + 1} doesn't have {columns} columns");
        }
    }

    void CheckSeeds(Dictionary<uint, string> sides)
    {
        foreach (var row in Rows(BySeed, "seed,split"))
        {
            log.Count(Checks.Splits);
            if (!uint.TryParse(row[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seed) || !s_sides.Contains(row[1]))
            {
                log.Doubt(
                    Checks.Splits, BySeed, $"'{string.Join(',', row)}' is no seed with its side, one of {string.Join(", ", s_sides)}");
            }
            else if (!sides.TryAdd(seed, row[1]))
            {
                log.Doubt(Checks.Splits, BySeed, $"seed {seed} is there twice ({sides[seed]}, {row[1]}): its twins would be on two sides");
            }
        }

        var seeds = release.Networks.Select(network => network.Seed).ToHashSet();
        foreach (var seed in seeds.Where(seed => !sides.ContainsKey(seed)).Order())
            log.Doubt(Checks.Splits, BySeed, $"seed {seed} has no side");
        foreach (var seed in sides.Keys.Where(seed => !seeds.Contains(seed)).Order())
            log.Doubt(Checks.Splits, BySeed, $"no network has seed {seed}");
    }

    void CheckColumn(Dictionary<uint, string> sides)
    {
        if (table.Column<string>("split") is not { } column) return;
        for (var row = 0; row < column.Length; row++)
        {
            var network = release.Networks[row];
            if (sides.TryGetValue(network.Seed, out var side) && side != column[row])
                log.Doubt(Checks.Splits, network, $"its split is {column[row]}, but {BySeed} has its seed, and so its twins, in {side}");
        }
    }

    void CheckMachines()
    {
        var rows = Rows(ByMachine, "left_out,machine,split").ToList();
        log.Count(Checks.Splits, rows.Count);
        var expected = release.Machines.SelectMany(
            left => release.Machines.Select(machine => (left, machine, side: left == machine ? Test : "train"))).ToHashSet();
        foreach (var row in rows)
        {
            if (!expected.Remove((row[0], row[1], row[2])))
            {
                log.Doubt(
                    Checks.Splits, ByMachine,
                    $"'{string.Join(',', row)}' is there twice, or not a machine left out that is in test, or another in train");
            }
        }

        foreach (var (left, machine, side) in expected)
            log.Doubt(Checks.Splits, ByMachine, $"with {left} left out, {machine} isn't in {side}");
    }
}
