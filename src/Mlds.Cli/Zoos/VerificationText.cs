using Mlds.Cli.Frame;
using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos.Verification;

namespace Mlds.Cli.Zoos;

/// <summary>A verification for people who didn't watch it: what was checked, how, and with what result.</summary>
static class VerificationText
{
    const int MostDoubts = 50;

    public static void Write(TextWriter output, VerificationReport report)
    {
        output.WriteLine(
            $"Verification of the {report.Kind} '{report.Folder}'"
            + $"{(report.Population is null ? "" : $" of the population '{report.Population}'")}: {report.Networks} networks.");
        output.WriteLine(
            $"By mlds {Provenance.Version}, arithmetic version {Recipe.ArithmeticVersion}, "
            + $"in {Terminal.Duration(TimeSpan.FromSeconds(report.Seconds))}; the {report.Kind} was only read.");
        if (report.WeightsDigest is not null) output.WriteLine($"Weights digest {report.WeightsDigest}");
        output.WriteLine();
        foreach (var check in report.Checks) Write(output, check);
        Write(output, report.Retrained, "Networks trained again:");
        Write(output, report.Segments, "Segments trained again:");
        if (report.Doubts.Count > 0)
        {
            output.WriteLine();
            foreach (var doubt in report.Doubts.Take(MostDoubts)) output.WriteLine($"{doubt.Check}: {doubt.Subject}: {doubt.Message}.");
            if (report.Doubts.Count > MostDoubts) output.WriteLine($"… and {report.Doubts.Count - MostDoubts} more; --json lists all.");
        }

        output.WriteLine();
        output.WriteLine(Verdict(report));
    }

    /// <summary>One sentence that says how it ended.</summary>
    public static string Verdict(VerificationReport report)
    {
        if (report.Doubts is not [var first, ..])
        {
            return "All equal: "
                + $"no doubt about the {report.Kind} '{report.Folder}'.{(report.Asked is { IsAll: false } asked ? $" But: {asked}" : "")}";
        }

        var more = report.Doubts.Count switch { 1 => "", 2 => ", and 1 more doubt", var count => $", and {count - 1} more doubts" };
        return $"The {report.Kind} '{report.Folder}' is not sound: {first.Check}: {first.Subject}: {first.Message}{more}.";
    }

    static void Write(TextWriter output, CheckResult check)
    {
        var result = check.Doubts > 0 ? "FAILED" : check.Count > 0 ? "ok" : "-";
        output.WriteLine(
            $"{result,-6}  {check.Name.Replace('_', ' '),-16}  {check.Count,8}  "
            + $"{check.Meaning}{(check.Doubts > 0 ? $"; doubts: {check.Doubts}" : "")}");
        foreach (var note in check.Notes.Take(5)) output.WriteLine($"{"",36}{note}");
        if (check.Notes.Count > 5) output.WriteLine($"{"",36}… and {check.Notes.Count - 5} more notes");
    }

    static void Write(TextWriter output, IReadOnlyList<Retrained> retrained, string title)
    {
        if (retrained.Count == 0) return;
        output.WriteLine();
        output.WriteLine(title);
        foreach (var again in retrained)
        {
            output.WriteLine(
                $"{(again.IsEqual ? "equal" : "OTHER")}  {again.RecipeId[..16]} …  {again.Machine}, "
                + $"seed {again.Seed}, epochs {again.FromEpoch} to {again.ToEpoch}: weights {again.Sha256[..16]} …");
            output.WriteLine($"       recorded {again.Recorded.Origin}; here {again.Here.Origin}");
        }
    }
}
