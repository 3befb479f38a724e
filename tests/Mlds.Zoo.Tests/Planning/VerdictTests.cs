using Mlds.Training;
using Mlds.Zoos.Planning;

namespace Mlds.Zoos.Tests.Planning;

public sealed class VerdictTests
{
    const string Machine = "SimpleXORMachine";

    static readonly MachineVerdict s_untried = MachineVerdict.Untried(Example.Small, Machine);

    static Pilot Ended(uint seed, Outcome outcome) => Pilot.Of(Example.Network(Example.Small, Machine, seed, outcome), 2.5);

    static BegunPilot Begun(uint seed) => new(seed, Example.Checkpoint(Example.Small.Recipe(Machine, seed), 4), 1.25);

    static Verdict Of(MachineVerdict machine) => new("small", [machine]);

    [Theory]
    [InlineData("", 0, false)]
    [InlineData("", 1, false)]
    [InlineData("C", 0, false)]
    [InlineData("N", 0, true)]
    [InlineData("D", 0, true)]
    [InlineData("ND", 0, true)]
    [InlineData("NC", 0, false)]
    [InlineData("NN", 1, false)]
    public void Machines_are_refused_whose_pilots_all_failed(string outcomes, int begun, bool refused)
    {
        var machine = s_untried with
        {
            Pilots = [.. outcomes.Select((letter, seed) => Ended(
                (uint)seed, letter switch { 'C' => Outcome.Converged, 'N' => Outcome.NotConverged, _ => Outcome.Diverged }))],
            Begun = [.. Enumerable.Range(outcomes.Length, begun).Select(seed => Begun((uint)seed))],
        };
        Assert.Equal((refused, refused), (machine.IsRefused, machine.Reason is not null));
        Assert.Equal(refused ? [Machine] : [], Of(machine).Refused(Example.Small).Select(found => found.Name));
    }

    [Theory]
    [InlineData(1, 0.009, false)]
    [InlineData(5, 0.009, false)]
    [InlineData(6, 0.009, true)]
    [InlineData(1, 0.011, true)]
    public void A_machine_that_was_nearly_learned_has_six_chances(int failed, double shareOfPlateau, bool refused)
    {
        var best = (float)(shareOfPlateau * s_untried.Difficulty!.PlateauLoss);
        var machine = s_untried with
        {
            Pilots = [.. Enumerable.Range(0, failed).Select(
                seed => Ended((uint)seed, Outcome.NotConverged) with { BestValidationLoss = seed == 0 ? best : 1 })],
        };
        Assert.Equal(refused, machine.IsRefused);
    }

    [Fact]
    public void A_machine_of_another_recipe_or_name_is_not_refused()
    {
        var failed = s_untried with { Pilots = [Ended(0, Outcome.NotConverged)] };
        Assert.Empty(Of(failed with { RecipeSha256 = new string('0', 64) }).Refused(Example.Small));
        Assert.Empty(Of(failed with { Name = "NoSuchMachine" }).Refused(Example.Small));
        Assert.Empty(Of(failed).Refused(Example.Ds1Shape));
    }

    [Fact]
    public void A_verdict_is_read_as_it_was_written()
    {
        using var scratch = new ScratchFolder();
        var path = scratch.In("small.plan.json");
        Assert.Null(Verdict.Read(path));
        var verdict = new Verdict("small",
        [
            s_untried with { Pilots = [Ended(0, Outcome.Converged), Ended(3, Outcome.Diverged)], Begun = [Begun(1)] },
            s_untried with { Name = "other", Difficulty = null, DataFault = "it \"isn't\"" },
        ]);
        verdict.Write(path);
        var read = Verdict.Read(path)!;
        Assert.Equal([path], Directory.GetFileSystemEntries(scratch.Path));
        Assert.Equal(verdict.Machines.SelectMany(machine => machine.Pilots), read.Machines.SelectMany(machine => machine.Pilots));
        Assert.True(verdict.Machines[0].Begun[0].State.HasSameBits(read.Machines[0].Begun[0].State));
        Assert.Equal(verdict.Machines.Select(Rest), read.Machines.Select(Rest));

        var text = File.ReadAllText(path);
        read.Write(path);
        Assert.Equal(text, File.ReadAllText(path));

        static (string, string, Difficulty?, string?) Rest(MachineVerdict machine) =>
            (machine.Name, machine.RecipeSha256, machine.Difficulty, machine.DataFault);
    }

    [Fact]
    public void A_verdict_cut_short_anywhere_is_a_sentence()
    {
        using var scratch = new ScratchFolder();
        var path = scratch.In("small.plan.json");
        Of(s_untried with { Pilots = [Ended(0, Outcome.Converged)], Begun = [Begun(1)] }).Write(path);
        var text = File.ReadAllText(path).TrimEnd();
        for (var length = 0; length < text.Length; length += 97)
        {
            File.WriteAllText(path, text[..length]);
            var damaged = Assert.Throws<InvalidDataException>(() => Verdict.Read(path));
            Assert.Contains("`mlds plan` makes a new one", damaged.Message);
        }
    }

    [Theory]
    [InlineData("\"seconds\": 2.5", "\"seconds\": -2.5")]
    [InlineData("\"outcome\": \"converged\"", "\"outcome\": \"fine\"")]
    [InlineData("\"epochs\": 4", "\"epochs\": 5")]
    [InlineData("\"checkpoint\": \"", "\"checkpoint\": \"*")]
    [InlineData("\"checkpoint\": \"TUxE", "\"checkpoint\": \"")]
    [InlineData("\"plan\": 1", "\"plan\": 2")]
    [InlineData("\"data_fault\": null,", "")]
    public void A_verdict_altered_is_a_sentence(string old, string altered)
    {
        using var scratch = new ScratchFolder();
        var path = scratch.In("small.plan.json");
        Of(s_untried with { Pilots = [Ended(0, Outcome.Converged)], Begun = [Begun(1)] }).Write(path);
        var text = File.ReadAllText(path);
        Assert.Contains(old, text);
        File.WriteAllText(path, text.Replace(old, altered));
        Assert.Throws<InvalidDataException>(() => Verdict.Read(path));
    }

    [Theory]
    [InlineData("populations/ds1.json", "populations/ds1.plan.json")]
    [InlineData("ds1", "ds1.plan.json")]
    public void The_verdict_is_beside_the_population(string population, string verdict)
    {
        Assert.Equal(verdict, Verdict.PathOf(population));
        Assert.True(Verdict.IsPath(verdict));
        Assert.False(Verdict.IsPath(population));
    }
}
