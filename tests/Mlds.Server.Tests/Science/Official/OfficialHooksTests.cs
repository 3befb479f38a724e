using System.Globalization;
using System.Xml.Linq;
using Mlds.Boinc.Rules;
using Mlds.Bundles;
using Mlds.Recipes;
using Mlds.Server.Science;
using Mlds.Server.Science.Official;
using Mlds.Zoos;
using Mlds.Zoos.Generation;

namespace Mlds.Server.Tests.Science.Official;

/// <summary>The hooks of an official server, called as its daemons call them by default.</summary>
public sealed class OfficialHooksTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    static WorkOptions Options(int networks) => new(networks, UnitSeconds: 1, EpochLimit: 7, Quorum: 2);

    static Population Other { get; } = Population.Parse(
        Small.Population.CanonicalJson.Replace("\"small\"", "\"other\"", StringComparison.Ordinal), "other.json");

    OfficialWorkFolder Work => OfficialWorkFolder.OpenOrCreate(_scratch.In("work"));

    OfficialFolder Folder => Work.Of(Small.Population);

    OfficialHooks Hooks => new(Work, 0.2);

    string Errors => File.ReadAllText(Work.In("errors.txt"));

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The path that an official server gives the file that <paramref name="host"/> returned of a unit.</summary>
    string Upload(string unit, Volunteer host, int number = 0)
    {
        var path = _scratch.In($"{unit}_{number}_r{1000 + host.Id}_0");
        File.WriteAllBytes(path, host.Compute(Work.WithUnit(unit)!.Bundle(unit)!).ToBytes());
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
                Assert.Equal(0, Hooks.Init([one], Cancellation).Code);
                Assert.Equal(0, OfficialHooks.Compare([one, other]).Code);
                Assert.Equal(0, Hooks.Assimilate(["17", one], Cancellation).Code);
                Assert.Equal(0, Hooks.Assimilate(["17", one], Cancellation).Code);
            }
        }

        Assert.True(rounds > 1, "Networks that don't end in a unit go on in the next.");
        using var folder = new ScratchFolder();
        using var writer = ZooWriter.Open(folder.Path, ZooPopulation.Of(Small.Population));
        new GenerationRun(writer, Small.Population, new GenerationOptions(5)).Run(_ => { }, Cancellation);
        using var zoo = Zoo.Open(Folder.Zoo);
        Assert.Equal(writer.Zoo.WeightsDigest(), zoo.WeightsDigest());
        Assert.Matches(@"^volunteers \(work unit small-[0-9a-f]{5}_\d{6}\)$", zoo.Networks().First().Provenance.Host);
    }

    [Fact]
    public void False_results_are_refused_and_different_ones_differ()
    {
        var unit = OfficialCutting.Cut(Folder, Options(5))[0].Name;
        var honest = Upload(unit, new Volunteer(1));
        var forged = Upload(unit, new Volunteer(2, (network, _) => Forgers.Planted(network, 7)), 1);
        var strict = new OfficialHooks(Work, 1);
        Assert.Equal(0, strict.Init([honest], Cancellation).Code);
        Assert.Equal(1, strict.Init([forged], Cancellation).Code);
        Assert.Equal(1, OfficialHooks.Compare([honest, forged]).Code);
        Assert.Equal(1, OfficialHooks.Compare([forged, honest]).Code);
        File.WriteAllText(forged, "not a result");
        Assert.Equal(1, strict.Init([forged], Cancellation).Code);
        Assert.Equal(1, OfficialHooks.Compare([honest, forged]).Code);
        Assert.Contains("is false: ", Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Called_without_arguments_they_say_why_that_may_be_and_condemn_nothing()
    {
        Assert.All(
            [Hooks.Init([], Cancellation), OfficialHooks.Compare([]), Hooks.Assimilate([], Cancellation), Hooks.Failed([])],
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
        Assert.Equal(3, Hooks.Failed(["?"]).Code);
        var again = OfficialCutting.Cut(Folder, Options(3));
        Assert.Equal(first[0].Networks, again.Sum(unit => unit.Networks));
        Assert.DoesNotContain(again, unit => unit.Name == first[0].Name);
    }

    [Fact]
    public void A_file_that_belongs_to_no_unit_is_never_let_go_unless_the_operator_says_so()
    {
        OfficialCutting.Cut(Folder, Options(1));
        string[] unknown = [_scratch.In("lost-1a2b3_000001_0_r1_0"), _scratch.In("no_result_of_ours")];
        Assert.All(unknown, file =>
        {
            File.WriteAllText(file, "trained for weeks");
            Assert.Equal(3, Hooks.Init([file], Cancellation).Code);
            var answer = Hooks.Assimilate(["19", file], Cancellation);
            Assert.Equal(3, answer.Code);
            Assert.Contains("belongs to no work unit", answer.Sentence, StringComparison.Ordinal);
        });
        Assert.Equal(3, Hooks.Assimilate(["19"], Cancellation).Code);
        Assert.Equal(3, Hooks.Assimilate(["19", unknown[0], unknown[1]], Cancellation).Code);
        File.WriteAllText(Work.In("dropped", "lost-1a2b3_000001"), "");
        Assert.Equal(3, Hooks.Init([unknown[0]], Cancellation).Code);
        Assert.Equal(0, Hooks.Assimilate(["19", unknown[0]], Cancellation).Code);
    }

    [Fact]
    public void Several_populations_share_one_server()
    {
        OfficialFolder[] folders = [Folder, Work.Of(Other)];
        foreach (var folder in folders)
        {
            foreach (var unit in OfficialCutting.Cut(folder, new WorkOptions(2, EpochLimit: 40, Quorum: 2)))
            {
                var file = Upload(unit.Name, new Volunteer(1));
                Assert.Equal(0, Hooks.Init([file], Cancellation).Code);
                Assert.Equal(0, Hooks.Assimilate(["17", file], Cancellation).Code);
            }
        }

        Assert.All(folders, folder =>
        {
            using var zoo = Zoo.Open(folder.Zoo);
            Assert.Equal(folder.Population.Name, zoo.Population.Name);
            Assert.Equal(4, zoo.Status().Networks);
        });
        Assert.Equal(Folder.Path, Work.Of(Small.Population).Path);
    }

    [Fact]
    public void A_work_folder_of_an_earlier_version_goes_on_and_takes_further_populations()
    {
        OfficialFolder.Create(_scratch.In("work"), Small.Population, units: null);
        Directory.Delete(_scratch.In("work/judged"));
        Assert.Equal(_scratch.In("work"), Folder.Path);
        var old = OfficialCutting.Cut(Folder, Options(1))[0].Name;
        Assert.Equal("small_000001", old);
        var added = OfficialCutting.Cut(Work.Of(Other), Options(1))[0].Name;
        Assert.StartsWith("other-", added, StringComparison.Ordinal);
        foreach (var unit in (string[])[old, added])
        {
            var file = Upload(unit, new Volunteer(1));
            Assert.Equal(0, Hooks.Init([file], Cancellation).Code);
            Assert.Equal(0, Hooks.Assimilate(["17", file], Cancellation).Code);
            Assert.True(Work.WithUnit(unit)!.IsDone(unit));
        }
    }

    [Fact]
    public void What_was_judged_is_what_is_taken_over()
    {
        var unit = OfficialCutting.Cut(Folder, Options(2))[0];
        var file = Upload(unit.Name, new Volunteer(1));
        Assert.Equal(0, Hooks.Init([file], Cancellation).Code);

        // An official server's upload handler writes over a file that is there.
        File.Copy(Upload(unit.Name, new Volunteer(2, (network, _) => Forgers.Planted(network, 7)), 1), file, overwrite: true);
        Assert.Equal(0, Hooks.Assimilate(["17", file], Cancellation).Code);
        Assert.False(Zoo.Exists(Folder.Zoo));
        Assert.Contains("was changed after it had been found right", Errors, StringComparison.Ordinal);
        Assert.Equal(unit.Networks, OfficialCutting.Cut(Folder, Options(2)).Sum(again => again.Networks));
    }

    [Fact]
    public void A_result_that_no_verdict_is_known_of_is_looked_at_before_it_is_taken_over()
    {
        var unit = OfficialCutting.Cut(Folder, Options(2))[0];
        var file = Upload(unit.Name, new Volunteer(2, (network, _) => Forgers.Planted(network, 7)));
        Assert.Equal(0, new OfficialHooks(Work, 1).Assimilate(["17", file], Cancellation).Code);
        Assert.False(Zoo.Exists(Folder.Zoo));
        Assert.Contains(unit.Name, File.ReadAllText(Work.In("errors.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_that_was_never_sent_is_its_hosts_fault_and_a_missing_disk_is_not()
    {
        var unit = OfficialCutting.Cut(Folder, Options(2))[0].Name;
        Assert.Equal(1, Hooks.Init([_scratch.In($"{unit}_0_r1_0")], Cancellation).Code);
        Assert.Equal(3, Hooks.Init([_scratch.In($"unmounted/{unit}_0_r1_0")], Cancellation).Code);
        Assert.Equal(3, Hooks.Assimilate(["17", _scratch.In($"{unit}_0_r1_0")], Cancellation).Code);
        File.WriteAllText(Work.In("dropped", unit), "");
        Assert.Equal(0, Hooks.Assimilate(["17", _scratch.In($"{unit}_0_r1_0")], Cancellation).Code);
        Assert.DoesNotContain(unit, Folder.Out());
    }

    [Fact]
    public void A_bundle_that_was_damaged_here_condemns_nobody()
    {
        var unit = OfficialCutting.Cut(Folder, Options(2))[0].Name;
        var file = Upload(unit, new Volunteer(1));
        File.WriteAllText(Folder.In("bundles", unit), "damaged");
        Assert.ThrowsAny<InvalidDataException>(() => Hooks.Init([file], Cancellation));
        Assert.ThrowsAny<InvalidDataException>(() => Hooks.Assimilate(["17", file], Cancellation));
    }

    [Fact]
    public void A_unit_waits_until_the_server_has_it_and_no_name_comes_twice()
    {
        var units = Enumerable.Range(1, 3).SelectMany(networks => OfficialCutting.Cut(Folder, Options(networks))).ToList();
        Assert.Equal(units.Select(unit => unit.Name), Folder.Staged());
        Assert.Empty(OfficialCutting.Cut(Folder, Options(3)));
        Assert.Equal(units.Select(unit => unit.Name), Folder.Staged());
        Folder.Issued(units[0].Name);
        Assert.Equal(0, Hooks.Failed(["16", units[1].Name, "2", "0"]).Code);
        Assert.Equal(units.Skip(2).Select(unit => unit.Name), Folder.Staged());
        File.Delete(Folder.In("bundles", units[0].Name));
        Assert.NotEmpty(Folder.Staged());
        Assert.Empty(OfficialCutting.Cut(Folder, Options(5)).Select(unit => unit.Name).Intersect(units.Select(unit => unit.Name)));
        File.WriteAllText(Folder.In("bundles", "small_000099.new"), "half");
        Assert.DoesNotContain(Folder.Out(), unit => unit.EndsWith(".new", StringComparison.Ordinal));
    }

    [Fact]
    public void Templates_never_change_and_each_line_says_what_differs()
    {
        var work = Work;
        OfficialProject.Furnish(work.Path, work);
        string[] Templates() => [File.ReadAllText(work.In(OfficialTemplates.Input)), File.ReadAllText(work.In(OfficialTemplates.Output))];
        var before = Templates();
        var small = OfficialCutting.Cut(Folder, new WorkOptions(1, UnitSeconds: 1, EpochLimit: 1, Quorum: 2));
        var large = OfficialCutting.Cut(Folder, new WorkOptions(300, UnitSeconds: 36000, EpochLimit: 40, Quorum: 3));
        OfficialProject.Furnish(work.Path, work);
        Assert.Equal(before, Templates());
        Assert.True(large.Max(unit => unit.LargestResult) > 10 * small.Max(unit => unit.LargestResult));
        Assert.All([.. small, .. large], unit => Assert.True(unit.LargestResult <= OfficialTemplates.MostResultBytes));

        var input = XDocument.Parse(before[0]).Root!.Element("workunit")!;
        Assert.Equal("bundle", input.Element("file_ref")!.Element("open_name")!.Value);
        var output = XDocument.Parse(before[1]).Root!.Element("file_info")!;
        Assert.Equal(OfficialTemplates.MostResultBytes.ToString(CultureInfo.InvariantCulture), output.Element("max_nbytes")!.Value);
        var words = large[0].Words(3);
        Assert.Equal(large[0].Name + ".bundle", words[^1]);
        var named = words.Take(words.Count - 1).Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
        Assert.Equal("3", named["--min_quorum"]);

        // What the template says wins over create_work's line.
        Assert.All(named.Keys, option => Assert.Null(input.Element(option[2..])));
    }

    [Fact]
    public void Credit_is_what_the_work_costs_by_what_the_zoo_knows()
    {
        double Credit(OfficialUnit unit) => double.Parse(unit.Words(2)[^2], CultureInfo.InvariantCulture);
        var options = new WorkOptions(3, EpochLimit: 40, Quorum: 2);
        var unit = OfficialCutting.Cut(Folder, options)[0];
        Assert.Equal("--credit", unit.Words(2)[^3]);
        Assert.Equal(RecentCredit.OfFlops(unit.Flops), Credit(unit), 1e-5 * Credit(unit));
        Assert.True(Credit(unit) > 0);
        var file = Upload(unit.Name, new Volunteer(1));
        Assert.Equal(0, Hooks.Init([file], Cancellation).Code);
        Assert.Equal(0, Hooks.Assimilate(["17", file], Cancellation).Code);
        var spent = WorkCost.Of(Folder.Bundle(unit.Name)!, BundleResult.Read(File.ReadAllBytes(file), Folder.Bundle(unit.Name)!));
        var next = OfficialUnit.Of(unit.Name, Folder.Bundle(unit.Name)!, new OfficialCosts(Folder));
        Assert.Equal(RecentCredit.OfFlops(spent), Credit(next), 0.05 * Credit(next));
    }
}
