using Mlds.Bundles;

namespace Mlds.Server.Science;

/// <summary>
/// A unit's name, how large it may get, and what it needs of a host: the same whether our own server or an official one gives it out.
/// </summary>
static class UnitNeeds
{
    /// <summary>The most bytes that a volunteer should have to send at once; a single network may need more.</summary>
    public const long MostResultBytes = 64 << 20;

    /// <summary>What the worker calls the file with the unit's bundle.</summary>
    public const string Input = "bundle";

    /// <summary>What the worker calls the file with its result.</summary>
    public const string Output = "result";

    /// <summary>Memory of the program beside its networks', in bytes.</summary>
    const double ProgramMemory = 200e6;

    /// <summary>Disk of the program beside its results', in bytes.</summary>
    const double ProgramDisk = 50e6;

    /// <summary>What the names of a population's units begin with. BOINC's file names have no two dots in a row.</summary>
    public static string Prefix(string population) => population.Replace("..", "__", StringComparison.Ordinal);

    public static string Name(string prefix, long number) => FormattableString.Invariant($"{prefix}_{number:d6}");

    /// <summary>Operations after which a client gives the unit up.</summary>
    /// <param name="flops">Operations that it will probably take.</param>
    public static double FlopsBound(Bundle bundle, double flops)
    {
        var most = bundle.Networks.Sum(
            network => WorkCost.OfEpoch(network.Recipe) * (TrainedPart.LastEpoch(network, bundle.EpochLimit) - network.Begun));
        return WorkCost.Bound(Math.Max(most, flops));
    }

    /// <summary>Bytes of memory that the unit may take.</summary>
    public static double Memory(Bundle bundle) => bundle.Memory + ProgramMemory;

    /// <summary>Bytes of disk that the unit may take: journal, result, and room to rewrite either.</summary>
    public static double Disk(Bundle bundle) => (3.0 * bundle.LargestResult) + ProgramDisk;

    /// <summary>The most results of one unit, good or not, before it is given up.</summary>
    public static int MostResults(int quorum) => Math.Max(10, 3 * quorum);

    /// <summary>The most results of one unit that may come back without an error and not agree, before it is given up.</summary>
    public static int MostSuccesses(int quorum) => Math.Max(5, 2 * quorum);
}
