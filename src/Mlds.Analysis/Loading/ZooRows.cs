using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Analysis.Loading;

/// <summary>The networks of a zoo one after the other, for analyses of more than fit in memory.</summary>
public static class ZooRows
{
    /// <summary>The weights of every converged network, machine by machine and by seed, each checked against its SHA-256.</summary>
    /// <exception cref="ZooException">Missing or damaged weights; the message names the network.</exception>
    public static IEnumerable<float[]> Read(Zoo zoo) =>
        zoo.Networks().Where(network => network.Outcome == Outcome.Converged).Select(zoo.ReadWeights);
}
