using Mlds.Analysis.Decomposition;
using Mlds.Analysis.Loading;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Analysis.Tests.Loading;

public sealed class ZooRowsTests
{
    [Fact]
    public void The_converged_networks_of_a_zoo_come_one_by_one_and_their_components_are_those_of_all_at_once()
    {
        var folder = Directory.CreateTempSubdirectory("mlds-rows-").FullName;
        try
        {
            using (var writer = ZooWriter.Open(folder, ZooPopulation.Of(TrainedDs1.Population)))
            {
                writer.Add(
                    [.. TrainedDs1.Networks.Select((network, i) => i == 5 ? network with { Outcome = Outcome.NotConverged } : network)]);
            }

            using var zoo = Zoo.Open(folder);
            int[] kept = [.. Enumerable.Range(0, TrainedDs1.Networks.Count).Where(i => i != 5)];
            Assert.Equal(kept.Select(i => TrainedDs1.Networks[i].Weights), ZooRows.Read(zoo));
            var streamed = StreamedPca.Fit(ZooRows.Read(zoo), 4364, 2, TestContext.Current.CancellationToken);
            var whole = Pca.Fit(Mlds.Analysis.Views.View.Raw.Build(TrainedDs1.Matrix).Select(kept), new PcaOptions(2));
            Near.All(whole.ExplainedVarianceRatio, streamed.ExplainedVarianceRatio, 1e-5);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
