using System.CommandLine;
using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Server.Science.Official;

namespace Mlds.Cli.Projects;

/// <summary>
/// <c>mlds hook init|compare|assimilate</c>: the hooks of an official BOINC server's script_validator and script_assimilator.
/// </summary>
static class HookVerb
{
    static readonly Option<string> s_state =
        new("--state") { Description = "The folder that `mlds project work add --official` made.", Required = true, HelpName = "DIR" };
    static readonly Option<string?> s_projectDir =
        new("--project-dir") { Description = "The server's project folder; its config.xml is read.", HelpName = "DIR" };
    static readonly Option<double> s_share = new("--retrain")
    {
        Description = "Share of the networks that are trained again and compared bit for bit.",
        HelpName = "S",
        DefaultValueFactory = _ => 0.1,
    };
    static readonly Argument<string[]> s_files =
        new("FILE") { Description = "As the daemon gives them.", Arity = ArgumentArity.ZeroOrMore };
    static readonly Argument<string[]> s_words = new("WORD")
    {
        Description = "As the daemon gives them: a work unit's number and its file, or after --error what failed.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    static readonly Option<bool> s_error = new("--error") { Description = "The work unit failed: MASK NAME NUMBER BATCH follow." };

    public static Command Create()
    {
        var hook = new Command("hook", "Hooks for the daemons of an official BOINC server; prints yes, no or later; exit code 0, 1, 3.")
        {
            new Verb(
                "init", "Says whether a result is right by itself.", "mlds hook init --state boinc-work upload/1a/ds1_000001_0_r12345_0")
            {
                s_files, s_state, s_projectDir, s_share,
            }
                .Runs(run => Answer(run, hooks => hooks.Init(run.Get(s_files), run.Cancellation))),
            new Verb(
                "compare", "Says whether two results are the same.",
                "mlds hook compare --state boinc-work upload/1a/ds1_000001_0_r12345_0 upload/2b/ds1_000001_1_r678_0")
            {
                s_files,
                s_state,
                s_projectDir,
            }
                .Runs(run => Answer(run, _ => OfficialHooks.Compare(run.Get(s_files)))),
            new Verb(
                "assimilate", "Puts the networks of a finished work unit into the zoo.",
                "mlds hook assimilate --state boinc-work 17 upload/1a/ds1_000001_0_r12345_0",
                "mlds hook assimilate --state boinc-work --error 2 ds1_000001 17 0")
                { s_words, s_state, s_projectDir, s_share, s_error }
                .Runs(run => Answer(
                    run,
                    hooks => run.Get(s_error) ? hooks.Failed(run.Get(s_words)) : hooks.Assimilate(run.Get(s_words), run.Cancellation))),
        };
        return hook;
    }

    /// <summary>Whatever goes wrong here is not the result's fault: the daemon should ask again.</summary>
    static int Answer(VerbRun run, Func<OfficialHooks, HookAnswer> ask)
    {
        HookAnswer answer;
        try
        {
            var project = run.Get(s_projectDir) is { } path ? OfficialProject.Open(path) : null;
            answer = ask(new OfficialHooks(OfficialWorkFolder.Open(run.Get(s_state)!), Share(run), project));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            answer = new HookAnswer(HookAnswer.Later, exception.Message);
        }

        if (answer.Sentence.Length > 0) run.Error.WriteLine($"mlds: {answer.Sentence}");
        run.Output.WriteLine(answer.Word);
        run.PrintJson(() => new JsonObject { ["code"] = answer.Code, ["sentence"] = answer.Sentence });
        return answer.Code;
    }

    static double Share(VerbRun run) =>
        run.Get(s_share) is >= 0 and <= 1 and var share ? share : throw new UsageException("--retrain takes 0 … 1.");
}
