using System.Globalization;
using Mlds.Bundles;
using Mlds.Tasks;
using Mlds.Zoos;

namespace Mlds.Server.Science.Official;

/// <summary>What an official server's hook answers by its exit code, and why.</summary>
/// <param name="Code">0 yes; 1 no; 3 ask again later.</param>
/// <param name="Sentence">For the daemon's log; may be empty.</param>
public sealed record HookAnswer(int Code, string Sentence)
{
    public const int Yes = 0;
    public const int No = 1;
    public const int Later = 3;

    /// <summary>
    /// The answer as a word. The hook's script believes an exit code only together with it: 0, 1 and 3 come from other programs too.
    /// </summary>
    public string Word => Code switch { Yes => "yes", No => "no", _ => "later" };
}

/// <summary>
/// The hooks of an official BOINC server's <c>script_validator</c> and <c>script_assimilator</c>, with the arguments that those give by
/// default. They are called in any order and more than once, so they only look things up, except that a finished unit is taken over.
/// Whatever isn't plainly the result's own fault is answered with "later": a wrong "no" costs the host its credit, and a wrong "yes" to
/// <see cref="Assimilate"/> loses the networks.
/// </summary>
/// <param name="work">Where the unit is looked for, by its name.</param>
/// <param name="share">The share of networks that are trained again.</param>
/// <param name="project">The server's own folder, whose settings are checked; null where there is none.</param>
public sealed class OfficialHooks(OfficialWorkFolder work, double share, OfficialProject? project = null)
{
    const string NoArguments =
        "The hook was called without arguments. Servers since July 2025 give none when the daemon's line in config.xml names tokens after "
        + "the script: leave them out there, the default ones are the right ones (docs/official-server.md).";

    readonly ResultExaminer _examiner = new();

    /// <summary><c>init FILE</c>: is this result right by itself?</summary>
    public HookAnswer Init(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        if (files.Count == 0) return new HookAnswer(HookAnswer.Later, NoArguments);
        if (files.Count != 1) return Wait($"A result has one file, not {files.Count}: {string.Join(' ', files)}.");
        if (project?.Refusal is { } refusal) return Wait(refusal);
        if (Find(files[0]) is not var (name, folder)) return Unknown(files[0]);
        folder.Issued(name);
        if (!File.Exists(files[0])) return Missing(files[0], name, folder);
        var bytes = File.ReadAllBytes(files[0]);
        var examined = Examine(files[0], bytes, name, folder, cancellation);
        if (examined.Fault is { } fault)
        {
            // A server that itself computes wrongly would find every honest result false.
            if (KnownAnswer.Compute() != KnownAnswer.Expected)
                return Wait("This server computes wrongly: a training whose result is known gives another here. Is its memory broken?");
            work.Complain($"{Path.GetFileName(files[0])} is false: {fault}");
            return new HookAnswer(HookAnswer.No, fault);
        }

        if (!folder.IsDone(name)) folder.Judged(Path.GetFileName(files[0]), bytes);
        var (count, again) = (examined.Result!.Parts.Count, examined.Retrained);
        return new HookAnswer(HookAnswer.Yes, $"{name}: {count} networks are right as far as looked at, {again} of them trained again.");
    }

    /// <summary><c>compare FILE FILE</c>: are two results the same?</summary>
    public static HookAnswer Compare(IReadOnlyList<string> files)
    {
        if (files.Count == 0) return new HookAnswer(HookAnswer.Later, NoArguments);
        if (files.Count != 2)
            return new HookAnswer(HookAnswer.Later, $"Two results have two files, not {files.Count}: {string.Join(' ', files)}.");
        try
        {
            var (one, other) = (BundleResult.Hashes(File.ReadAllBytes(files[0])), BundleResult.Hashes(File.ReadAllBytes(files[1])));
            return one == other ? new HookAnswer(HookAnswer.Yes, "") : new HookAnswer(HookAnswer.No, "The results differ.");
        }
        catch (InvalidDataException problem)
        {
            return new HookAnswer(HookAnswer.No, problem.Message);
        }
    }

    /// <summary>
    /// <c>assimilate WU_ID FILE</c>: takes over a finished unit. The server deletes the file after a yes, so the answer isn't yes while
    /// anything in the file is still needed: at any other answer the daemon stops, and its log has the sentence.
    /// </summary>
    public HookAnswer Assimilate(IReadOnlyList<string> words, CancellationToken cancellation)
    {
        if (words.Count == 0) return new HookAnswer(HookAnswer.Later, NoArguments);
        if (words.Count != 2)
            return Wait($"Work unit {words[0]} came with {words.Count - 1} files instead of one: {string.Join(' ', words)}.");
        if (Find(words[1]) is not var (name, folder)) return Dropped(words[1]) ?? Unknown(words[1]);
        folder.Issued(name);
        if (folder.IsDone(name)) return new HookAnswer(HookAnswer.Yes, $"{name} was taken over before.");
        if (work.IsDropped(name)) return GiveUp(folder, name, "it was let go, as its file in 'dropped' says");
        if (!File.Exists(words[1])) return Wait($"The file '{words[1]}' isn't there. {LetGo(name)}");
        var bytes = File.ReadAllBytes(words[1]);
        if (Damage(words[1], bytes, name, folder, cancellation) is { } damage) return GiveUp(folder, name, damage);
        var result = BundleResult.Read(bytes, folder.Bundle(name)!);
        Store(folder, name, result);
        var ended = result.Parts.Count(part => part.Outcome is not null);
        var begun = result.Parts.Count - ended;
        return new HookAnswer(HookAnswer.Yes, $"{name}: {ended} networks are in the zoo, {begun} are to be gone on with.");
    }

    /// <summary>
    /// <c>assimilate --error MASK WU_NAME WU_ID BATCH</c>: a unit came to nothing; the next <c>work add</c> gives its networks out again.
    /// </summary>
    public HookAnswer Failed(IReadOnlyList<string> words)
    {
        if (words.Count == 0) return new HookAnswer(HookAnswer.Later, NoArguments);
        if (words.Count != 4 || !int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var mask))
            return Wait($"A failed work unit comes as MASK NAME ID BATCH, not '{string.Join(' ', words)}'.");
        var name = words[1];

        // No file could be lost here: a unit that somebody else made is theirs.
        if (work.WithUnit(Path.GetFileName(name)) is not { } folder)
            return PassBy($"The failed work unit '{name}' is none of '{work.Path}'.");
        folder.Issued(name);
        if (folder.IsDone(name)) return new HookAnswer(HookAnswer.Yes, $"{name} was taken over before.");
        return GiveUp(folder, name, FormattableString.Invariant($"it came to nothing (error mask {mask}, docs/official-server.md)"));
    }

    Examination Examine(string file, byte[] bytes, string name, OfficialFolder folder, CancellationToken cancellation)
    {
        var lot = new ReplayLot(folder.Secret);
        return _examiner.Examine(
            bytes, folder.Bundle(name)!, (position, _) => lot.Draw(Path.GetFileName(file), position) < share, _ => null, cancellation);
    }

    /// <summary>
    /// Why these bytes can't be taken over although their result was found right, or null: what is taken over is what was judged.
    /// </summary>
    string? Damage(string file, byte[] bytes, string name, OfficialFolder folder, CancellationToken cancellation) =>
        folder.WasJudged(Path.GetFileName(file), bytes) switch
        {
            true => null,
            false => $"its file {Path.GetFileName(file)} was changed after it had been found right",
            null when Examine(file, bytes, name, folder, cancellation).Fault is { } fault =>
                $"its file {Path.GetFileName(file)} is false: {fault}",
            null => null,
        };

    static void Store(OfficialFolder folder, string name, BundleResult result)
    {
        foreach (var part in result.Parts.Where(part => part.Outcome is null)) folder.Keep(part.State);
        var by = ClaimedProvenance.Of(result, $"volunteers (work unit {name})");
        var examples = new ExampleCache();
        var ended = result.Parts.Where(part => part.Outcome is not null).Select(part => part.Network(by, examples)).ToList();
        using (var writer = ZooWriter.Open(folder.Zoo, ZooPopulation.Of(folder.Population))) writer.Add(ended);
        foreach (var network in ended) File.Delete(folder.In("continue", network.Recipe.Id));
        folder.Done(name);
    }

    /// <summary>The unit's networks become work again.</summary>
    HookAnswer GiveUp(OfficialFolder folder, string name, string why)
    {
        folder.Failed(name, why);
        return PassBy($"{name}: {why}; `mlds project work add … --official` makes work of its networks again.");
    }

    HookAnswer PassBy(string sentence)
    {
        work.Complain(sentence);
        return new HookAnswer(HookAnswer.Yes, sentence);
    }

    HookAnswer Wait(string sentence)
    {
        work.Complain(sentence);
        return new HookAnswer(HookAnswer.Later, sentence);
    }

    /// <summary>
    /// A file that a client never sent, though it says so, is its fault; a missing disk, or a file that the server deleted, is not.
    /// </summary>
    HookAnswer Missing(string file, string name, OfficialFolder folder)
    {
        if (folder.IsDone(name) || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))))
            return Wait($"The file '{file}' isn't there.");
        work.Complain($"{Path.GetFileName(file)} was reported and never sent.");
        return new HookAnswer(HookAnswer.No, $"The file '{file}' was never sent.");
    }

    (string Name, OfficialFolder Folder)? Find(string path) =>
        OfficialFolder.UnitOf(path) is { } name && work.WithUnit(name) is { } folder ? (name, folder) : null;

    /// <summary>A unit of no population, which the operator has told us to let go.</summary>
    HookAnswer? Dropped(string path) => OfficialFolder.UnitOf(path) is { } name && work.IsDropped(name)
        ? PassBy($"{name} is none of '{work.Path}' and was let go, as its file in 'dropped' says.")
        : null;

    HookAnswer Unknown(string path) => Wait(
        $"'{Path.GetFileName(path)}' belongs to no work unit of '{work.Path}': is a population's folder missing there? "
        + LetGo(OfficialFolder.UnitOf(path) ?? "UNIT"));

    string LetGo(string name) => $"If it is lost for good, make an empty file '{work.In("dropped", name)}'.";
}
