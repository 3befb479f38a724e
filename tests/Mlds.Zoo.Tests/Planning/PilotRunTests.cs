using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos.Planning;

namespace Mlds.Zoos.Tests.Planning;

public sealed class PilotRunTests
{
    static readonly TimeSpan s_long = TimeSpan.FromMinutes(5);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    static Verdict Run(Population population, int pilots, int threads, Verdict? before = null) =>
        new PilotRun(population, before, new PilotOptions(pilots, threads, s_long), delegate { }).Run(delegate { }, Token);

    /// <summary>All that must not depend on the machine that trained them.</summary>
    static IEnumerable<(string, uint, string, Outcome, int, float, float, float, string)> Bits(Verdict verdict) =>
        verdict.Machines.SelectMany(machine => machine.Pilots.Select(pilot => (
            machine.Name, pilot.Seed, pilot.RecipeId, pilot.Outcome, pilot.Epochs, pilot.ValidationLoss, pilot.BestValidationLoss,
            pilot.LongLoss, pilot.WeightsSha256)));

    [Fact]
    public void A_pilot_is_the_network_of_its_recipe()
    {
        var population = Example.Small;
        Assert.All(Run(population, 2, 2).Machines, machine =>
        {
            Assert.Equal([0u, 1u], machine.Pilots.Select(pilot => pilot.Seed));
            Assert.All(machine.Pilots, pilot =>
            {
                var recipe = population.Recipe(machine.Name, pilot.Seed);
                var network = Trainer.Train(recipe, population.Data(machine.Name), cancellation: Token);
                Assert.Equal(
                    (recipe.Id, network.Outcome, network.Epochs, network.ValidationLoss, network.LongLoss, network.WeightsSha256),
                    (pilot.RecipeId, pilot.Outcome, pilot.Epochs, pilot.ValidationLoss, pilot.LongLoss, pilot.WeightsSha256));
                Assert.Equal(network.History.Min(epoch => epoch.ValidationLoss), pilot.BestValidationLoss);
                Assert.Equal("", pilot.By.Host);
            });
        });
    }

    /// <summary>Its goal is out of reach, its machine isn't.</summary>
    [Fact]
    public void A_machine_that_pilots_nearly_learn_is_tried_with_more_seeds_before_it_is_given_up()
    {
        var near = new TinyPopulation
        {
            Hidden = 8,
            Data = (4096, 256, 8, 8, 32),
            GoalLoss = 1e-30,
            EpochLimit = 25,
            Machines = TinyPopulation.Named("SingleDirectMachine"),
        };
        var verdict = Run(Population.Parse(near.Json, "near.json"), 1, 2).Machines.Single();
        Assert.Equal([0u, 1u, 2u, 3u, 4u, 5u], verdict.Pilots.Select(pilot => pilot.Seed));
        Assert.True(verdict.IsRefused);

        var hopeless = Population.Parse((near with { EpochLimit = 1, LearningRate = 1e-6 }).Json, "hopeless.json");
        Assert.Single(Run(hopeless, 1, 2).Machines.Single().Pilots);
    }

    [Fact]
    public void However_often_it_is_broken_off_and_on_however_many_threads_the_verdict_is_the_same()
    {
        var straight = Run(Example.Small, 2, 1);
        using var scratch = new ScratchFolder();
        var path = scratch.In("small.plan.json");
        var (runs, begun) = (0, 0);
        Verdict verdict;
        do
        {
            // No time at all: an epoch of a pilot on each thread.
            var run = new PilotRun(
                Example.Small, Verdict.Read(path), new PilotOptions(2, 1 + (runs % 3), TimeSpan.Zero), kept => kept.Write(path));
            verdict = run.Run(delegate { }, Token);
            begun += verdict.Machines.Sum(machine => machine.Begun.Count);
            runs++;
        }
        while (verdict.Machines.Any(machine => machine.Pilots.Count < 2));
        Assert.Equal(Bits(straight), Bits(verdict));
        Assert.All(verdict.Machines, machine => Assert.Empty(machine.Begun));
        Assert.True(begun > 0, "No pilot was ever broken off.");
    }

    [Fact]
    public void Every_machine_is_tried_before_any_is_tried_twice()
    {
        var order = new List<int>();
        new PilotRun(Example.Small, null, new PilotOptions(3, 1, s_long), verdict => order.Add(verdict.Machines.Min(m => m.Pilots.Count)))
            .Run(delegate { }, Token);
        Assert.Equal([0, 0, 0, 1, 1, 1, 2, 2, 2, 3], order);
    }

    [Fact]
    public void What_was_begun_is_kept_when_it_is_interrupted()
    {
        using var interruption = new CancellationTokenSource();
        Verdict? kept = null;
        var run = new PilotRun(Example.Slow, null, new PilotOptions(1, 2, s_long), verdict => kept = verdict);
        Assert.Throws<OperationCanceledException>(() => run.Run(_ => interruption.Cancel(), interruption.Token));
        var begun = kept!.Machines.SelectMany(machine => machine.Begun).ToList();
        Assert.Equal(2, begun.Count);
        Assert.All(begun, pilot => Assert.InRange(pilot.State.Epoch, 1, 29));
    }

    [Fact]
    public void A_machine_whose_recipe_changed_begins_anew_and_the_others_do_not()
    {
        var before = Run(Example.Small, 1, 1);
        var changed = Population.Parse(
            Example.Small.CanonicalJson.Replace(
                "{\"machine\":\"ParityMachine\"}", "{\"machine\":\"ParityMachine\",\"training\":{\"batch\":8}}"),
            "changed");
        var after = Run(changed, 1, 1, before);
        Assert.Equal(
            before.Machines.Take(2).SelectMany(machine => machine.Pilots), after.Machines.Take(2).SelectMany(machine => machine.Pilots));
        Assert.NotEqual(before.Machines[2].Pilots[0].WeightsSha256, after.Machines[2].Pilots[0].WeightsSha256);
        Assert.Equal(
            ["ParityMachine"], before.Machines.Zip(after.Machines).Where(pair => pair.First.RecipeSha256 != pair.Second.RecipeSha256)
                .Select(pair => pair.First.Name));
    }
}
