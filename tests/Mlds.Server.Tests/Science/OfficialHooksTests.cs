using System.Xml.Linq;
using Mlds.Server.Science;
using Mlds.Zoos;

namespace Mlds.Server.Tests.Science;

/// <summary>The hooks of an official server, called as its daemons call them by default.</summary>
public sealed class OfficialHooksTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    static WorkOptions Options(int networks) => new(networks, UnitSeconds: 1, EpochLimit: 7, Quorum: 2);

    OfficialFolder Folder => OfficialFolder.OpenOrCreate(_scratch.In("work"), Small.Population);

    OfficialHooks Hooks => new(Folder, 0.2);

    /// <summary>The path that an official server gives the file that <paramref name="host"/> returned of a unit.</summary>
    string Upload(string unit, Volunteer host, int number = 0)
    {
        var path = _scratch.In($"{unit}_{number}_r{1000 + host.Id}_0");
        File.WriteAllBytes(path, host.Compute(Folder.Bundle(unit)!).ToBytes());
        return path;
    }

    [Fact]
    public void Units_go_through_the_hooks_until_the_zoo_is_the_one_that_generate_fills()
    {
        var rounds = 0;
        while (OfficialCutting.Cut(Folder, Options(5)) is { Count: > 0 } units)
        {
            Assert.True(rounds++ < 10);
            foreach (var unit in units)
            {
                Assert.Equal(Folder.Bundle(unit.Name)!.Bytes.ToArray(), File.ReadAllBytes(Folder.In("stage", unit.Name + ".bundle")));
                var (one, other) = (Upload(unit.Name, new Volunteer(1)), Upload(unit.Name, new Volunteer(2), 1));
                Assert.Equal(0, Hooks.Init([one], TestContext.Current.CancellationToken).Code);
                Assert.Equal(0, OfficialHooks.Compare([one, other]).Code);
                Assert.Equal(0, Hooks.Assimilate(["17", one]).Code);
                Assert.Equal(0, Hooks.Assimilate(["17", one]).Code);
            }
        }

        Assert.True(rounds > 1, "Networks that don't end in a unit go on in the next.");
        using var folder = new ScratchFolder();
        using var writer = ZooWriter.Open(folder.Path, ZooPopulation.Of(Small.Population));
        new GenerationRun(writer, Small.Population, new GenerationOptions(5)).Run(_ => { }, TestContext.Current.CancellationToken);
        using var zoo = Zoo.Open(Folder.Zoo);
        Assert.Equal(writer.Zoo.WeightsDigest(), zoo.WeightsDigest());
        Assert.Matches(@"^volunteers \(work unit small_\d{6}\)$", zoo.Networks().First().Provenance.Host);
    }

    [Fact]
    public void False_results_are_refused_and_different_ones_differ()
    {
        var unit = OfficialCutting.Cut(Folder, Options(5))[0].Name;
        var (honest, forged) = (Upload(unit, new Volunteer(1)), Upload(unit, new Volunteer(2, (network, _) => Forgers.Planted(network, 7)), 1));
        var strict = new OfficialHooks(Folder, 1);
        Assert.Equal(0, strict.Init([honest], TestContext.Current.CancellationToken).Code);
        Assert.Equal(1, strict.Init([forged], TestContext.Current.CancellationToken).Code);
        Assert.Equal(1, OfficialHooks.Compare([honest, forged]).Code);
        Assert.Equal(1, OfficialHooks.Compare([forged, honest]).Code);
        File.WriteAllText(forged, "not a result");
        Assert.Equal(1, strict.Init([forged], TestContext.Current.CancellationToken).Code);
        Assert.Equal(1, OfficialHooks.Compare([honest, forged]).Code);
        Assert.Contains("is false: ", File.ReadAllText(Folder.In("errors.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void Called_without_arguments_they_say_why_that_may_be_and_condemn_nothing()
    {
        Assert.All(
            [Hooks.Init([], TestContext.Current.CancellationToken), OfficialHooks.Compare([]), Hooks.Assimilate([])],
            answer =>
            {
                Assert.Equal(3, answer.Code);
                Assert.Contains("called without arguments", answer.Sentence, StringComparison.Ordinal);
            });
    }

    [Fact]
    public void A_unit_that_came_to_nothing_stops_no_daemon_and_is_made_again()
    {
        var first = OfficialCutting.Cut(Folder, Options(3));
        Assert.Empty(OfficialCutting.Cut(Folder, Options(3)));
        Assert.Equal(0, Hooks.Failed(["2", first[0].Name, "17", "0"]).Code);
        Assert.Equal(0, Hooks.Failed(["2", "no_such_unit", "18", "0"]).Code);
        Assert.Equal(0, Hooks.Failed(["?"]).Code);
        Assert.Equal(0, Hooks.Assimilate(["19", _scratch.In("no_such_unit_0_r1_0")]).Code);
        var again = OfficialCutting.Cut(Folder, Options(3));
        Assert.Equal(first[0].Networks, again.Sum(unit => unit.Networks));
        Assert.DoesNotContain(again, unit => unit.Name == first[0].Name);
    }

    [Fact]
    public void Templates_are_what_create_work_reads_and_their_bounds_never_fall()
    {
        var units = OfficialCutting.Cut(Folder, Options(5));
        OfficialTemplates.Write(Folder, units, 2);
        var input = XDocument.Load(Folder.In("templates", "mlds_in")).Root!;
        Assert.Equal("bundle", input.Element("workunit")!.Element("file_ref")!.Element("open_name")!.Value);
        Assert.Equal("2", input.Element("workunit")!.Element("min_quorum")!.Value);
        long Most() => long.Parse(XDocument.Load(Folder.In("templates", "mlds_out")).Root!.Element("file_info")!.Element("max_nbytes")!.Value, null);
        Assert.Equal(units.Max(unit => unit.LargestResult), Most());
        OfficialTemplates.Write(Folder, [units[0] with { LargestResult = 10 }], 2);
        Assert.Equal(units.Max(unit => unit.LargestResult), Most());
        Assert.All(units, unit => Assert.True(OfficialTemplates.Line(unit).Length < 4096));
    }
}
