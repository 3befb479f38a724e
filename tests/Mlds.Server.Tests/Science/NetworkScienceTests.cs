using Mlds.Boinc.States;
using Mlds.Bundles;
using Mlds.Kernels.Shapes;
using Mlds.Recipes;
using Mlds.Server.Contract;
using Mlds.Server.Science;
using Mlds.Training;
using Mlds.Zoos;
using Mlds.Zoos.Generation;

namespace Mlds.Server.Tests.Science;

/// <summary>From a population to units, through hosts, into the zoo.</summary>
public sealed class NetworkScienceTests
{
    static readonly ReplayPolicy s_policy = new(First: 3, Floor: 0.02, Release: 5);

    /// <summary>The digest of what <c>generate</c> makes of the small population.</summary>
    static string Generated(int networks, Population? population = null)
    {
        using var folder = new ScratchFolder();
        population ??= Small.Population;
        using var writer = ZooWriter.Open(folder.Path, ZooPopulation.Of(population));
        new GenerationRun(writer, population, new GenerationOptions(networks)).Run(_ => { }, TestContext.Current.CancellationToken);
        return writer.Zoo.WeightsDigest();
    }

    static string Digest(Volunteers project)
    {
        using var zoo = Zoo.Open(Path.Combine(project.Folder, "zoo"));
        return zoo.WeightsDigest();
    }

    [Fact]
    public async Task Two_hosts_fill_the_zoo_that_generate_fills()
    {
        await using var project = new Volunteers(s_policy);
        var added = WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(20, EpochLimit: 7));
        Assert.Equal((40, 40), (added.Added, added.Planned));
        project.Run(new Volunteer(1), new Volunteer(2));
        project.ProveHeld();
        project.Run(new Volunteer(1), new Volunteer(2));
        while (project.Held > 0)
        {
            project.ProveHeld();
            project.Run(new Volunteer(1), new Volunteer(2));
        }

        Assert.Equal(Generated(20), Digest(project));
        using var zoo = Zoo.Open(Path.Combine(project.Folder, "zoo"));
        Assert.Contains(zoo.Networks(), network => network.Epochs > 7);
        Assert.Matches(@"^volunteer \(host [12], work unit small_\d{6}\)$", zoo.Networks().First().Provenance.Host);
        Assert.All(project.Checks, check => Assert.Equal(Verdict.Valid, check.Check.Verdict));
        Assert.True(
            project.Checks.Sum(check => check.Check.Retrained) < project.Checks.Count * 4, "Not everything is to be trained again.");
    }

    [Theory]
    [InlineData("lstm", 2)]
    [InlineData("elman", 2)]
    [InlineData("gru", 3)]
    public async Task Networks_of_other_cells_and_descents_come_back_as_generate_makes_them(string cell, int level)
    {
        await using var project = new Volunteers(s_policy);
        var population = level == 2 ? Small.Of(cell) : Small.OfOtherDescents();
        Assert.True(WorkAdding.Add(project.Database, project.Folder, population, new WorkOptions(6, EpochLimit: 7)).LacksProgram);
        do
        {
            project.Run(new Volunteer(1), new Volunteer(2));
            project.ProveHeld();
            project.Run(new Volunteer(1), new Volunteer(2));
        }
        while (project.Held > 0);

        Assert.Equal(Generated(6, population), Digest(project));
        Assert.All(project.Checks, check => Assert.Equal(Verdict.Valid, check.Check.Verdict));
        Assert.All(project.Units, unit => Assert.Equal(level, unit.ProgramLevel));
    }

    [Fact]
    public async Task Images_come_beside_the_units_and_their_networks_come_back_as_generate_makes_them()
    {
        await using var project = new Volunteers(s_policy);
        using var files = new ScratchFolder();
        var population = Small.Images(files.Path);
        var expected = Generated(4, population);
        Assert.True(WorkAdding.Add(project.Database, project.Folder, population, new WorkOptions(4, EpochLimit: 5)).LacksProgram);
        // From here on the project has all that it needs.
        Directory.Delete(files.In("images"), recursive: true);
        do
        {
            project.Run(new Volunteer(1), new Volunteer(2));
            project.ProveHeld();
            project.Run(new Volunteer(1), new Volunteer(2));
        }
        while (project.Held > 0);

        Assert.Equal(expected, Digest(project));
        Assert.All(project.Checks, check => Assert.Equal(Verdict.Valid, check.Check.Verdict));
        Assert.All(project.Units, unit => Assert.Equal(WorkerLevel.Files, unit.ProgramLevel));
        var shared = project.Units.First().Shared;
        Assert.Equal(4, shared.Count);
        Assert.All(shared, file => Assert.Equal(file.Sha256, Path.GetFileNameWithoutExtension(file.Name)));
        Assert.All(project.Units, unit => Assert.Equal(shared, unit.Shared));
    }

    [Fact]
    public async Task Networks_that_a_population_varies_come_back_as_generate_makes_them()
    {
        await using var project = new Volunteers(s_policy);
        WorkAdding.Add(project.Database, project.Folder, Small.Varied, new WorkOptions(40, EpochLimit: 7));
        do
        {
            project.Run(new Volunteer(1), new Volunteer(2));
            project.ProveHeld();
            project.Run(new Volunteer(1), new Volunteer(2));
        }
        while (project.Held > 0);

        Assert.Equal(Generated(40, Small.Varied), Digest(project));
        Assert.All(project.Checks, check => Assert.Equal(Verdict.Valid, check.Check.Verdict));
    }

    [Fact]
    public async Task Units_of_a_population_of_many_machines_hold_no_more_machines_than_a_bundle_may()
    {
        await using var project = new Volunteers(s_policy);
        WorkAdding.Add(project.Database, project.Folder, Small.OfMachines(100), new WorkOptions(60));
        for (var i = 0; i < 3; i++)
        {
            var networks = project.BundleOf(project.Next()!).Networks;
            Assert.InRange(networks.Select(network => network.Recipe.MachineName).Distinct().Count(), 50, Bundle.MostForms);
            Assert.InRange(networks.Count, Bundle.MostForms, 6000 / 32);
        }
    }

    [Fact]
    public async Task The_same_work_added_again_changes_nothing_and_more_networks_are_added_to_it()
    {
        await using var project = new Volunteers(s_policy);
        WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(3));
        Assert.Equal((0, 6), Counts(WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(3))));
        Assert.Equal((4, 10), Counts(WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(5))));
        static (int, int) Counts(AddedWork work) => (work.Added, (int)work.Planned);
    }

    [Fact]
    public async Task Credit_is_the_recipes_known_cost_whatever_the_host_claims()
    {
        await using var project = new Volunteers(s_policy);
        WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(2));
        project.Run(new Volunteer(1), new Volunteer(2));
        var epochs = Enumerable.Range(0, 2).Sum(seed => Small.Population.MachineNames.Sum(name =>
            Trainer.Train(Small.Population.Recipe(name, (uint)seed), Small.Population.Data(name)).Epochs));
        var flops = WorkCostOf() * epochs;
        Assert.Equal(Boinc.Rules.RecentCredit.OfFlops(flops), project.Checks.Sum(check => check.Check.Credit), 1e-9);

        // 2 operations per multiply-add, by hand: three gates of 5 units from 9 inputs and 5 states, then 5 → 6 → 8; forward once, backward
        // twice but not to the inputs.
        static double WorkCostOf() => 2.0 * (3 * ((3 * 5 * 14) + (6 * 5) + (8 * 6)) - (3 * 5 * 9)) * 6 * (96 + (24 / 3.0));
    }

    [Fact]
    public async Task A_unit_that_no_host_can_compute_is_given_out_again_and_in_the_end_trained_here_slice_by_slice()
    {
        await using var project = new Volunteers(s_policy);
        WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(2));
        var failed = 0;
        while (project.Next() is { } unit)
        {
            Assert.True(failed++ < 50);
            project.Fail(unit);
        }

        // Nothing was trained while units were taken over: it waits for the trainer, which stores how far it came after every slice, here
        // of an epoch.
        using (var before = Zoo.Open(Path.Combine(project.Folder, "zoo"))) Assert.Empty(before.Networks());
        Assert.Equal(4, project.Database.Read(project.Science.WaitingForServer));
        var (seconds, networks, slices) = project.TrainHere(TimeSpan.Zero);
        Assert.Equal(4, networks);
        Assert.True(seconds > 0 && slices > 20, $"{slices} slices of {seconds} s");
        Assert.Equal(0, project.Database.Read(project.Science.WaitingForServer));
        Assert.Equal(Generated(2), Digest(project));
    }

    [Fact]
    public async Task A_network_that_can_not_be_read_keeps_no_other_waiting()
    {
        await using var project = new Volunteers(s_policy);
        WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(2));
        while (project.Next() is { } unit) project.Fail(unit);
        project.Write(session => session.Execute(
            "UPDATE science_network SET checkpoint = $1 WHERE id = (SELECT min(id) FROM science_network)", new byte[100]));
        Assert.ThrowsAny<Exception>(() => project.TrainHere(TimeSpan.FromHours(1)));
        Assert.Equal(3, project.TrainHere(TimeSpan.FromHours(1)).Networks);
        Assert.Equal(1, project.Database.Read(project.Science.WaitingForServer));
    }

    [Fact]
    public async Task What_was_trained_here_and_could_not_be_stored_counts_as_spent()
    {
        await using var project = new Volunteers(s_policy);
        WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(1));
        while (project.Next() is { } unit) project.Fail(unit);
        var zoo = Path.Combine(project.Folder, "zoo");
        Directory.Delete(zoo, recursive: true);
        File.WriteAllText(zoo, "no folder, so no zoo");
        var spent = new List<ComputedHere>();
        for (var network = 0; network < 2; network++)
        {
            Assert.ThrowsAny<Exception>(() => project.Science.ComputeHere(
                project.Database, TimeSpan.FromHours(1), (_, done) => spent.Add(done), CancellationToken.None));
        }

        Assert.False(
            project.Science.ComputeHere(project.Database, TimeSpan.FromHours(1), (_, done) => spent.Add(done), CancellationToken.None),
            "Not at once again.");
        Assert.Equal(2, spent.Count);
        Assert.All(spent, done => Assert.True(done is { CoreSeconds: > 0, Ended: false }));
    }

    [Fact]
    public async Task Training_here_that_was_killed_goes_on_where_it_was_and_counts_nothing_twice()
    {
        await using var project = new Volunteers(s_policy);
        WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(1));
        while (project.Next() is { } unit) project.Fail(unit);
        var noted = 0;

        // Killed after the zoo has the network and before the row says so: the transaction fails.
        for (var i = 0; i < 2; i++)
        {
            Assert.ThrowsAny<Exception>(() => project.Science.ComputeHere(
                project.Database, TimeSpan.FromHours(1), (_, _) => throw new IOException("killed"), CancellationToken.None));
            Assert.Equal(2, project.Database.Read(project.Science.WaitingForServer));
        }

        while (project.Science.ComputeHere(
            project.Database, TimeSpan.FromHours(1), (_, done) => noted += done.Ended ? 1 : 0, CancellationToken.None))
        {
        }

        Assert.Equal(2, noted);
        Assert.Equal(2, project.Database.Read(session => session.Number("SELECT sum(ended) FROM science_machine")));
        Assert.Equal(Generated(1), Digest(project));
    }

    [Fact]
    public async Task Of_a_suspect_host_every_network_is_trained_again_whatever_the_lot_says()
    {
        await using var project = new Volunteers(new ReplayPolicy(First: 0, Floor: 1e-9, Release: 1000));
        WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(20, EpochLimit: 7));
        project.Return(project.Next()!, new Volunteer(1));
        Assert.Equal(0, project.Checks[0].Check.Retrained);
        project.Suspects.Add(2);
        project.Return(project.Next()!, new Volunteer(2));
        Assert.True(project.Checks[1].Check.Proved);
    }

    [Fact]
    public async Task Cancelled_networks_are_withdrawn()
    {
        await using var project = new Volunteers(s_policy);
        WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(1));
        while (project.Next() is { } unit) project.Fail(unit, WorkUnitErrors.Cancelled);
        using var zoo = Zoo.Open(Path.Combine(project.Folder, "zoo"));
        Assert.Empty(zoo.Networks());
    }

    [Fact]
    public async Task Units_are_as_long_as_wanted_and_shorter_towards_the_end()
    {
        await using var project = new Volunteers(s_policy);
        WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(200));
        var sizes = new List<int>();
        while (project.Next() is { } unit) sizes.Add(project.BundleOf(unit).Networks.Count);
        Assert.Equal(400, sizes.Sum());
        Assert.Equal(12, sizes[0]);
        Assert.Equal(1, sizes[^1]);
        Assert.Equal(sizes.OrderDescending(), sizes);

        await using var slow = new Volunteers(s_policy);
        WorkAdding.Add(slow.Database, slow.Folder, Small.Population, new WorkOptions(200, UnitSeconds: 1));
        var cut = slow.Write(session => slow.Science.Generate(session, new WorkWanted(1, 2 * 40 * 2.0 * 729 * 6 * 104 * 1.01, 1)));
        Assert.Equal(2, Bundles.Bundle.Read(cut[0].Inputs[0].Content.ToArray()).Networks.Count);
    }

    [Fact]
    public async Task Networks_come_in_an_order_that_tells_nothing_of_seeds()
    {
        await using var project = new Volunteers(s_policy);
        WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(200));
        var seeds = project.BundleOf(project.Next()!).Networks.Select(network => (long)network.Recipe.Seed).ToList();
        Assert.NotEqual(seeds.Order(), seeds);
        Assert.True(seeds.Max() > 20);
    }
}
