using System.CommandLine;
using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Zoos;
using Mlds.Zoos.Merging;

namespace Mlds.Cli.Zoos;

/// <summary><c>mlds merge</c>: brings the zoos of one population together, such as the shards of a cluster.</summary>
static class MergeVerb
{
    static readonly Argument<string[]> s_zoos =
        new("ZOO") { Description = "Folders of zoos of one population; they are only read.", Arity = ArgumentArity.OneOrMore };
    static readonly Option<string> s_into =
        new("--into") { Description = "The zoo that gets everything; made if it doesn't exist.", Required = true, HelpName = "ZOO" };

    static readonly Option<int?> s_shards = new("--shards")
    {
        Description = "Demand all N parts of `generate --shard i/N`, whole; if any is missing, it is named and nothing is merged.",
        HelpName = "N",
    };

    public static Command Create() =>
        new Verb(
            "merge",
            "Merges zoos of one population. Different bits for the same network are an error; "
            + "however it was stopped, the same command goes on from there.",
            "mlds merge z0 z1 z2 --into z", "mlds merge shard-* --into z --shards 16")
        {
            s_zoos, s_into, s_shards,
        }
        .Runs(Run);

    static int Run(VerbRun run)
    {
        var (sources, into) = (run.Get(s_zoos), run.Get(s_into)!);
        var shards = run.Get(s_shards) is { } count ? Limits.Check("--shards", count, 1, Shard.MostShards) : (int?)null;
        var result = run.WithProgress(view =>
        {
            var item = default(IProgressItem);
            try
            {
                return ZooMerge.Run(sources, into, (done, total) => (item ??= view.Begin("Merging", total)).Report(done), run.Cancellation,
                    shards);
            }
            catch (OperationCanceledException)
            {
                throw new OperationCanceledException(
                    "Interrupted: what was merged is stored; the same command goes on from there.", run.Cancellation);
            }
        });
        using var zoo = Zoo.Open(into);
        var status = zoo.Status();
        run.Output.WriteLine(
            $"{result.Added} networks added to '{into}', {result.WereThere} were there; "
            + $"{result.Checkpoints} unfinished runs and {result.Kept} kept checkpoints came along. {status.Networks} networks in all.");
        ZooTable.Write(run.Output, status);
        if (AskedNetworks.Of(zoo) is { IsAll: false } asked) run.Output.WriteLine($"{asked}");
        run.PrintJson(() =>
        {
            var document = ZooJson.Status(zoo, status);
            (document["added"], document["were_there"], document["checkpoints"], document["kept_checkpoints"]) =
                (result.Added, result.WereThere, result.Checkpoints, result.Kept);
            return (JsonNode)document;
        });
        return ExitCode.Success;
    }
}
