using Mlds.Bundles;
using Mlds.Kernels.Shapes;
using Mlds.Recipes;
using Mlds.Worker.Boinc;
using Mlds.Worker.Frame;
using Mlds.Worker.Units;

namespace Mlds.Worker.Tests.Units;

/// <summary>A unit whose networks learn from a file that comes beside it.</summary>
public sealed class UnitFilesTests : IDisposable
{
    readonly ScratchFolder _scratch = new();
    readonly string _sha256;
    readonly Population _population;
    readonly Bundle _bundle;

    public UnitFilesTests()
    {
        _sha256 = NpzFile.Write(_scratch.In("mine.npz"), NpzFile.Echo((64, 16, 4, 2, 8)));
        File.WriteAllText(_scratch.In("own.json"), new OwnSequences { Sha256 = _sha256 }.Json);
        _population = Population.Read(_scratch.In("own.json"));
        var networks = Enumerable.Range(0, 3).Select(seed => new BundleNetwork(_population.Recipe("Mine", (uint)seed), null));
        File.WriteAllBytes(_scratch.In("bundle"), Bundle.Of(5, [.. networks]).Bytes.ToArray());
        _bundle = BundleFile.Read(_scratch.In("bundle"));
    }

    public void Dispose() => _scratch.Dispose();

    string Kept => _scratch.In($"{_sha256}.npz");

    Command Unit() => Command.Run(
        (output, error) => CommandLine.Run(
            ["unit", _scratch.In("bundle"), "--out", _scratch.In("result"), "--allow-software-fma"], output, error));

    [Fact]
    public void A_bundle_names_its_files_by_their_SHA_256_and_wants_a_program_that_takes_them()
    {
        Assert.Equal([$"{_sha256}.npz"], _bundle.Files.Select(file => file.KeptName));
        Assert.Equal(WorkerLevel.Files, _bundle.WorkerLevel);
        var found = _bundle.WithFilesIn([_scratch.Path]);
        Assert.Equal((_bundle.Sha256, _bundle.Bytes), (found.Sha256, found.Bytes));
        Assert.Equal(_bundle.Networks.Select(network => network.Recipe), found.Networks.Select(network => network.Recipe));
        Assert.Same(found.Networks[0].Recipe.Task, found.Networks[2].Recipe.Task);
    }

    [Fact]
    public void A_unit_finds_them_beside_its_bundle()
    {
        File.Move(_scratch.In("mine.npz"), Kept);
        var (code, _, error) = Unit();
        Assert.True(code == ExitCode.Success, error);
        var result = BundleResult.Read(File.ReadAllBytes(_scratch.In("result")), _bundle);
        Assert.Equal(3, result.Parts.Count);
    }

    [Fact]
    public void A_file_that_is_missing_or_another_one_is_named_and_nothing_is_begun()
    {
        var (code, _, error) = Unit();
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains($"learn from the file of sequences '{_sha256}.npz', which isn't there", error, StringComparison.Ordinal);

        var other = NpzFile.Write(Kept, NpzFile.Echo((64, 16, 4, 2, 8), seed: 9));
        (code, _, error) = Unit();
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains($"its SHA-256 is {other}, not {_sha256}", error, StringComparison.Ordinal);
        Assert.False(File.Exists(_scratch.In("result")));
        Assert.False(File.Exists(_scratch.In("result.journal")));
    }

    [Fact]
    public void A_slots_link_leads_to_the_clients_copy()
    {
        Directory.CreateDirectory(_scratch.In("projects/p"));
        Directory.CreateDirectory(_scratch.In("slots/0"));
        File.Move(_scratch.In("mine.npz"), _scratch.In($"projects/p/{_sha256}.npz"));
        File.WriteAllText(_scratch.In($"slots/0/{_sha256}.npz"), $"<soft_link>../../projects/p/{_sha256}.npz</soft_link>\n");
        var found = UnitFiles.Found(_bundle, new Slot(_scratch.In("slots/0")).Resolve);
        Assert.Equal(_population.Recipe("Mine", 0).DataSha256, found.Networks[0].Recipe.Task.Generate().Sha256);
    }
}
