using Mlds.Bundles;
using Mlds.Recipes;
using Mlds.Server.Science;
using Mlds.Training;

namespace Mlds.Server.Tests.Science;

public sealed class VolunteerCostTests
{
    static readonly Population s_population = Population.Parse(new TinyPopulation().Json, "tiny");

    static readonly WorkOptions s_usual = new(0);

    static VolunteersShare Share(int networks, double epochs, int machine = 0) =>
        new(s_population.Recipe(s_population.MachineNames[machine], 0), networks, epochs);

    [Fact]
    public void Uploads_are_as_large_as_the_results_of_real_units()
    {
        var options = s_usual with { EpochLimit = 3 };
        var (sent, said) = (0.0, 0.0);
        for (var seed = 0u; seed < 6; seed++)
        {
            var recipe = s_population.Recipe(s_population.MachineNames[0], seed);
            Checkpoint? from = null;
            do
            {
                var bundle = Bundle.Of(options.EpochLimit, [new BundleNetwork(recipe, from)]);
                using var run = new TrainingRun(recipe, s_population.Data(recipe.MachineName), from);
                while (run.Outcome is null && run.Epoch < TrainedPart.LastEpoch(bundle.Networks[0], options.EpochLimit)) run.NextEpoch();
                var part = TrainedPart.Of(run);
                var by = Provenance.Here("avx2") with { Host = "" };
                sent += new BundleResult(bundle.Sha256, by, new string('0', 64), [part]).ToBytes().Length;
                from = part.Outcome is null ? part.State : null;
                if (from is null) said += VolunteerCost.Of([Share(1, run.Epoch)], options).UploadBytes;
            }
            while (from is not null);
        }

        Assert.InRange(said / sent, 0.9, 1.1);
    }

    [Fact]
    public void A_network_that_takes_longer_than_a_unit_comes_in_parts()
    {
        var options = s_usual with { EpochLimit = 10 };
        Assert.Equal(1, VolunteerCost.Of([Share(1, 10)], options).Units);
        Assert.Equal(2, VolunteerCost.Of([Share(1, 11)], options).Units);
        Assert.Equal(5, VolunteerCost.Of([Share(1, 50)], options).Units);
    }

    [Fact]
    public void Units_are_no_longer_than_was_asked()
    {
        // A second at the usual speed holds a hundred networks of these; only towards the end are units shorter.
        var (share, options) = (Share(100_000, 50), s_usual with { UnitSeconds = 1 });
        var seconds = 100_000 * 50 * WorkCost.OfEpoch(share.Recipe) / WorkCost.UsualFlops;
        Assert.InRange(VolunteerCost.Of([share], options).Units, seconds, 1.3 * seconds);
    }

    [Fact]
    public void Every_result_of_a_quorum_is_counted()
    {
        var shares = new[] { Share(100, 20), Share(50, 40, machine: 1) };
        var (one, three) = (VolunteerCost.Of(shares, s_usual), VolunteerCost.Of(shares, s_usual with { Quorum = 3 }));
        Assert.Equal((one.Units, 3 * one.Units, 3 * one.UploadBytes), (three.Units, three.Results, three.UploadBytes));
    }

    [Fact]
    public void Ten_times_as_many_networks_cost_ten_times_as_much_however_many()
    {
        var (few, many) = (VolunteerCost.Of([Share(200_000, 20)], s_usual), VolunteerCost.Of([Share(2_000_000, 20)], s_usual));
        Assert.Equal(10, many.UploadBytes / few.UploadBytes, 2);
        Assert.Equal(10, many.Units / few.Units, 2);
    }

    [Fact]
    public void Nothing_costs_nothing() => Assert.Equal(new VolunteerCost(0, 0, 0), VolunteerCost.Of([], s_usual));
}
