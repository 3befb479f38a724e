using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Zoos.Verification;

/// <summary>A doubt: what was checked, in which file or network it failed, and how.</summary>
/// <param name="Check">Name of the check, one of <see cref="VerificationReport.Checks"/>.</param>
/// <param name="Subject">A file's name, or the network: recipe id, machine and seed.</param>
/// <param name="RecipeId">The network's recipe id, or null where the doubt isn't about one network.</param>
/// <param name="Message">What is wrong: a sentence without its full stop.</param>
public sealed record Doubt(string Check, string Subject, string? RecipeId, string Message);

/// <summary>A kind of check and how it went.</summary>
/// <param name="Meaning">What was compared with what.</param>
/// <param name="Count">Things checked: files, networks, checkpoints.</param>
/// <param name="Doubts">How many doubts came up.</param>
/// <param name="Notes">What could not be checked and why; remarks that aren't doubts.</param>
public sealed record CheckResult(string Name, string Meaning, long Count, int Doubts, IReadOnlyList<string> Notes);

/// <summary>A network or a segment that was trained again here.</summary>
/// <param name="FromEpoch">0 from the initial weights, else a kept checkpoint.</param>
/// <param name="Recorded">Where the stored bits come from; a release doesn't name hosts.</param>
/// <param name="Here">Where it was trained again.</param>
public sealed record Retrained(
    string RecipeId, string Machine, uint Seed, int FromEpoch, int ToEpoch, bool IsEqual, string RecordedSha256,
    string Sha256, Provenance Recorded, Provenance Here);

/// <summary>What <see cref="Verifier"/> found out.</summary>
/// <param name="Kind"><c>zoo</c> or <c>release</c>.</param>
/// <param name="WeightsDigest">SHA-256 over the sorted lines <c>recipe_id weights_sha256</c>, of the recorded hashes; null where they can't
/// be read.</param>
/// <param name="Networks">Networks checked.</param>
public sealed record VerificationReport(
    string Kind,
    string Folder,
    string? Population,
    string? WeightsDigest,
    int Networks,
    IReadOnlyList<CheckResult> Checks,
    IReadOnlyList<Doubt> Doubts,
    IReadOnlyList<Retrained> Retrained,
    IReadOnlyList<Retrained> Segments,
    VerificationOptions Options,
    double Seconds)
{
    public bool IsSound => Doubts.Count == 0;

    /// <summary>What a zoo was asked for and what of it is missing, which is no doubt; null where it doesn't say, and of a
    /// release.</summary>
    public AskedNetworks? Asked { get; init; }
}

/// <param name="Retrain">Networks to train again.</param>
/// <param name="Segments">Segments between kept checkpoints to train again.</param>
/// <param name="Seed">Decides which.</param>
/// <param name="Threads">Networks worked on at once.</param>
public sealed record VerificationOptions(int Retrain = 0, int Segments = 0, uint Seed = 1, int Threads = 1)
{
    /// <summary>A folder to look in for files that tasks are read from; null for the usual places.</summary>
    public string? Data { get; init; }

    /// <summary>A recipe whose files, where they are missing otherwise, are looked for there.</summary>
    internal Recipe WithFiles(Recipe recipe) =>
        Data is { } folder && recipe.Task.MissingFile is not null ? recipe.WithFilesIn(folder) : recipe;
}
