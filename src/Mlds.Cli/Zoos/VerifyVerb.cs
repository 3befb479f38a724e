using System.CommandLine;
using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos.Verification;

namespace Mlds.Cli.Zoos;

/// <summary><c>mlds verify</c>: proves a zoo or a release, or names what is wrong with it.</summary>
static class VerifyVerb
{
    static readonly Argument<string> s_source =
        new("ZOO-or-RELEASE") { Description = "The folder of a zoo or of a release; it is only read." };
    static readonly Option<int> s_retrain =
        new("--retrain") { Description = "Train N networks again, drawn at random, and compare every bit.", HelpName = "N" };
    static readonly Option<int> s_segments = new("--segments")
    {
        Description = "Train N segments between kept checkpoints again; needs a zoo made with --keep-milestones.",
        HelpName = "N",
    };
    static readonly Option<uint> s_seed =
        new("--seed") { Description = "Decides which networks and segments are drawn.", HelpName = "S", DefaultValueFactory = _ => 1 };
    static readonly Option<int> s_threads = new("--threads")
    {
        Description = "Networks worked on at once; one per core when not given.",
        HelpName = "T",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    static readonly Option<string?> s_data = DataFolder.Option();

    public static Command Create() =>
        new Verb(
            "verify",
            "Checks all that can be checked in a zoo or a release; can train some of its networks again and compare every bit.",
            "mlds verify r --retrain 5",
            "mlds verify z --segments 20 --seed 3 --json")
        {
            s_source, s_retrain, s_segments, s_seed, s_threads, s_data,
        }
        .Runs(Run);

    static int Run(VerbRun run)
    {
        var options = new VerificationOptions(
            Limits.Check("--retrain", run.Get(s_retrain), 0, 10_000_000),
            Limits.Check("--segments", run.Get(s_segments), 0, 10_000_000),
            run.Get(s_seed),
            Limits.Check("--threads", run.Get(s_threads), 1, 1024))
        {
            Data = DataFolder.Get(run, s_data),
        };
        var report = run.WithProgress(view =>
        {
            var items = new Dictionary<string, IProgressItem>();
            return Verifier.Run(run.Get(s_source), options, Show, run.Cancellation);
            void Show(VerificationProgress progress)
            {
                lock (items)
                {
                    if (!items.TryGetValue(progress.Step, out var item))
                        items.Add(progress.Step, item = view.Begin(progress.Step, progress.Total));
                    item.Report(progress.Done);
                }
            }
        });
        VerificationText.Write(run.Output, report);
        run.PrintJson(() => Json(report));
        if (!report.IsSound) run.Error.WriteLine($"mlds: {VerificationText.Verdict(report)}");
        return report.IsSound ? ExitCode.Success : ExitCode.Failure;
    }

    static JsonObject Json(VerificationReport report) => new()
    {
        ["source"] = report.Folder,
        ["kind"] = report.Kind,
        ["population"] = report.Population,
        ["checked"] = report.Networks,
        ["failed"] = report.Doubts.Count,
        ["failures"] = new JsonArray([.. report.Doubts.Select(doubt => new JsonObject
        {
            ["check"] = doubt.Check,
            ["subject"] = doubt.Subject,
            ["recipe_id"] = doubt.RecipeId,
            ["message"] = doubt.Message,
        })]),
        ["checks"] = new JsonArray([.. report.Checks.Select(check => new JsonObject
        {
            ["name"] = check.Name,
            ["meaning"] = check.Meaning,
            ["count"] = check.Count,
            ["failed"] = check.Doubts,
            ["notes"] = new JsonArray([.. check.Notes.Select(note => (JsonNode)note)]),
        })]),
        ["retrained"] = new JsonArray([.. report.Retrained.Select(Json)]),
        ["segments"] = new JsonArray([.. report.Segments.Select(Json)]),
        ["seed"] = report.Options.Seed,
        ["asked_for"] = ZooJson.Asked(report.Asked),
        ["weights_digest"] = report.WeightsDigest,
        ["program_version"] = Provenance.Version,
        ["arithmetic_version"] = Recipe.ArithmeticVersion,
        ["seconds"] = VerbRun.Number(report.Seconds),
    };

    static JsonObject Json(Retrained retrained) => new()
    {
        ["recipe_id"] = retrained.RecipeId,
        ["machine"] = retrained.Machine,
        ["seed"] = retrained.Seed,
        ["from_epoch"] = retrained.FromEpoch,
        ["to_epoch"] = retrained.ToEpoch,
        ["equal"] = retrained.IsEqual,
        ["recorded_weights_sha256"] = retrained.RecordedSha256,
        ["weights_sha256"] = retrained.Sha256,
        ["recorded"] = ZooJson.Provenance(retrained.Recorded),
        ["here"] = ZooJson.Provenance(retrained.Here),
    };
}
