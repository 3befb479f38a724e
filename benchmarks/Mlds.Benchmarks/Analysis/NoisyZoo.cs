using Mlds.Analysis.Data;
using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Benchmarks.Analysis;

/// <summary>
/// A large zoo made from a small one: every row has the weights of one of its trained networks, in turn, with normal noise. What streams
/// through an analysis is as large as a real zoo and nearly as varied.
/// </summary>
static class NoisyZoo
{
    internal const double Noise = 0.1;
    const int Batch = 500;

    /// <summary>
    /// Writes <paramref name="rows"/> converged networks, rounded down to the same number for each machine, into the new zoo
    /// <paramref name="folder"/>.
    /// </summary>
    internal static void Write(Zoo trained, string folder, int rows)
    {
        var population = Population.Parse(trained.Population.CanonicalJson, trained.Population.Name);
        using var writer = ZooWriter.Open(folder, trained.Population);
        foreach (var machine in trained.Machines)
        {
            var sources = trained.Networks(machine).Where(network => network.Outcome == Outcome.Converged)
                .Select(trained.ReadWeights).ToArray();
            if (sources.Length == 0) continue;
            foreach (var seeds in Enumerable.Range(0, rows / trained.Machines.Count).Chunk(Batch))
            {
                writer.Add([.. seeds.AsParallel().AsOrdered()
                    .Select(seed => Network(population.Recipe(machine, (uint)seed), sources[seed % sources.Length]))]);
            }
        }
    }

    static TrainedNetwork Network(Recipe recipe, float[] weights)
    {
        var random = new SeededRandom(recipe.Seed, SeededRandom.Stream("noisy_zoo"));
        EpochRecord[] history = [new EpochRecord(1, 0.1f, 0.1f, 0.01f)];
        return new TrainedNetwork(
            recipe, Outcome.Converged, 1, 0.1f, 0.1f, [.. weights.Select(weight => weight + (float)(Noise * random.NextNormal()))],
            history, [], new Provenance("0", "noise", "none", "", 1));
    }
}
