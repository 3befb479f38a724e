using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Releases;
using Mlds.Zoos;

namespace Mlds.Cli;

/// <summary><c>mlds release</c>: cuts a versioned dataset from a zoo.</summary>
static class ReleaseVerb
{
    static readonly Argument<string> s_zoo = new("ZOO") { Description = "The zoo's folder." };
    static readonly Option<string> s_out = new("--out") { Description = "The folder of the release; must not exist yet.", Required = true, HelpName = "DIR" };
    static readonly Option<string?> s_subsets = new("--subsets") { Description = "Networks a machine of each nested subset; when not given, one as large as every machine can fill.", HelpName = "N,N" };
    static readonly Option<string> s_formats = new("--formats") { Description = "How to write the weights: npy, h5 or npy,h5.", HelpName = "F,F", DefaultValueFactory = _ => "npy" };

    public static Command Create() =>
        new Verb("release", "Cuts an immutable dataset from a zoo: balanced, nested subsets of converged networks.", "mlds release z --out r --subsets 20,100 --formats npy,h5")
        {
            s_zoo, s_out, s_subsets, s_formats,
        }
        .Runs(Run);

    static int Run(VerbRun run)
    {
        var options = new ReleaseOptions(Subsets(run.Get(s_subsets)), Formats(run.Get(s_formats)!));
        using var zoo = Zoo.Open(run.Get(s_zoo));
        var release = run.WithProgress(view =>
        {
            var item = default(IProgressItem);
            var total = zoo.Status().Machines.Count * (options.Subsets.Count > 0 ? options.Subsets.Max() : zoo.Status().Machines.Min(machine => machine.Converged));
            return ReleaseWriter.Write(zoo, run.Get(s_out)!, options, done => (item ??= view.Begin("Writing weights", total)).Report(done), run.Cancellation);
        });
        var output = run.Output;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Release '{release.Folder}' of '{zoo.Population.Name}': {release.Plan.Networks.Count} networks, subsets of {string.Join(", ", release.Plan.Subsets)} a machine, {release.BytesPerNetwork:0} bytes a network."));
        foreach (var file in release.Files) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {file.Bytes,13:N0}  {file.Name}"));
        run.PrintJson(() => Json(zoo, release));
        return ExitCode.Success;
    }

    static JsonObject Json(Zoo zoo, WrittenRelease release) => new()
    {
        ["folder"] = release.Folder,
        ["population"] = zoo.Population.Name,
        ["networks"] = release.Plan.Networks.Count,
        ["subsets"] = new JsonArray([.. release.Plan.Subsets.Select(size => (JsonNode)size)]),
        ["bytes"] = release.Bytes,
        ["bytes_per_network"] = VerbRun.Number(release.BytesPerNetwork),
        ["weights_digest"] = release.WeightsDigest,
        ["files"] = new JsonArray([.. release.Files.Select(file => new JsonObject { ["name"] = file.Name, ["bytes"] = file.Bytes, ["sha256"] = file.Sha256 })]),
    };

    static IReadOnlyList<int> Subsets(string? text)
    {
        if (text is null) return [];
        var sizes = text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 0).ToList();
        return sizes.TrueForAll(size => size is >= 1 and <= 10_000_000) ? sizes : throw new UsageException($"--subsets takes whole numbers from 1, with commas between, such as 20,100; not '{text}'.");
    }

    static IReadOnlyCollection<string> Formats(string text)
    {
        var formats = text.Split(',').Distinct().ToList();
        var unknown = formats.Find(format => !ReleaseOptions.KnownFormats.Contains(format));
        return unknown is null ? formats : throw new UsageException($"--formats takes {string.Join(", ", ReleaseOptions.KnownFormats)} with commas between, not '{unknown}'.");
    }
}
