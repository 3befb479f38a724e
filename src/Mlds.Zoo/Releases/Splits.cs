using System.Globalization;
using System.Text;

namespace Mlds.Zoos.Releases;

/// <summary>
/// How a release is divided for learning from its weights. By seed: train, validation and test, a function of the seed alone, so that twins
/// (the same seed on several machines: same initial weights, same batches) are never on two sides, a network keeps its side in every subset
/// and every later release, and any few seeds in a row have their share of each. By machine: every machine left out in turn.
/// </summary>
static class Splits
{
    public const string Train = "train";
    public const string Validation = "validation";
    public const string Test = "test";

    public const string BySeedFile = "splits/by_seed.csv";
    public const string ByMachineFile = "splits/by_machine.csv";

    /// <summary>
    /// Of every twenty seeds fourteen train, three validate, three test. Seeds are exchangeable, so a fixed pattern is as good as a draw.
    /// </summary>
    public static string Of(uint seed) => (seed % 20) switch
    {
        2 or 9 or 16 => Validation,
        3 or 12 or 19 => Test,
        _ => Train,
    };

    /// <summary>Every seed of the release with its side.</summary>
    public static string BySeed(ReleasePlan plan)
    {
        var text = new StringBuilder("seed,split\n");
        foreach (var seed in plan.Networks.Select(released => released.Network.Seed).Distinct().Order())
            text.Append(CultureInfo.InvariantCulture, $"{seed},{Of(seed)}\n");
        return text.ToString();
    }

    /// <summary>For every machine left out, the side of every machine.</summary>
    public static string ByMachine(ReleasePlan plan)
    {
        var text = new StringBuilder("left_out,machine,split\n");
        foreach (var left in plan.Machines)
        {
            foreach (var machine in plan.Machines)
                text.Append(CultureInfo.InvariantCulture, $"{left.Name},{machine.Name},{(machine == left ? Test : Train)}\n");
        }

        return text.ToString();
    }

    /// <summary>Networks of the release on each side, by seed.</summary>
    public static IReadOnlyDictionary<string, int> Counts(ReleasePlan plan) =>
        new[] { Train, Validation, Test }
            .ToDictionary(split => split, split => plan.Networks.Count(released => Of(released.Network.Seed) == split));
}
