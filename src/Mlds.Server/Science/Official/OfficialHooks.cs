using System.Globalization;
using Mlds.Bundles;
using Mlds.Zoos;

namespace Mlds.Server.Science;

/// <summary>What an official server's hook answers by its exit code, and why.</summary>
/// <param name="Code">0 yes; 1 no; 3 ask again later.</param>
/// <param name="Sentence">For the daemon's log; may be empty.</param>
public sealed record HookAnswer(int Code, string Sentence)
{
    public const int Yes = 0;
    public const int No = 1;
    public const int Later = 3;
}

/// <summary>
/// The hooks of an official BOINC server's <c>script_validator</c> and <c>script_assimilator</c>, with the arguments that those give by default. They are
/// called in any order and more than once, so they look things up and leave everything as it is, except that a finished unit is taken over.
/// </summary>
/// <param name="share">Share of the networks that is trained again.</param>
public sealed class OfficialHooks(OfficialFolder folder, double share)
{
    const string NoArguments =
        "The hook was called without arguments. Servers since July 2025 give none when the daemon's line in config.xml names tokens after the script: leave them out there, the default ones are the right ones (docs/official-server.md).";

    readonly ResultExaminer _examiner = new();

    /// <summary><c>init FILE</c>: is this result right by itself?</summary>
    public HookAnswer Init(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        if (files.Count == 0) return new HookAnswer(HookAnswer.Later, NoArguments);
        if (files.Count != 1) return new HookAnswer(HookAnswer.No, $"A result has one file, not {files.Count}.");
        if (Unit(files[0]) is not var (name, bundle)) return Unknown(files[0]);
        var lot = new ReplayLot(folder.Secret);
        var examined = _examiner.Examine(File.ReadAllBytes(files[0]), bundle, (position, _) => lot.Draw(Path.GetFileName(files[0]), position) < share, _ => null, cancellation);
        if (examined.Fault is { } fault)
        {
            folder.Complain($"{Path.GetFileName(files[0])} is false: {fault}");
            return new HookAnswer(HookAnswer.No, fault);
        }

        return new HookAnswer(HookAnswer.Yes, $"{name}: {bundle.Networks.Count} networks are right as far as looked at, {examined.Retrained} of them trained again.");
    }

    /// <summary><c>compare FILE FILE</c>: are two results the same?</summary>
    public static HookAnswer Compare(IReadOnlyList<string> files)
    {
        if (files.Count == 0) return new HookAnswer(HookAnswer.Later, NoArguments);
        if (files.Count != 2) return new HookAnswer(HookAnswer.No, $"Two results have two files, not {files.Count}.");
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

    /// <summary><c>assimilate WU_ID FILE</c>: takes a finished unit over. The daemon stops at any answer but yes, so a unit that is wrong in itself is complained of and passed by.</summary>
    public HookAnswer Assimilate(IReadOnlyList<string> words)
    {
        if (words.Count == 0) return new HookAnswer(HookAnswer.Later, NoArguments);
        if (words.Count != 2) return PassBy($"Work unit {words[0]} came with {words.Count - 1} files instead of one.");
        if (Unit(words[1]) is not var (name, bundle)) return PassBy(Unknown(words[1]).Sentence);
        if (folder.IsDone(name)) return new HookAnswer(HookAnswer.Yes, $"{name} was taken over before.");
        BundleResult result;
        try
        {
            result = BundleResult.Read(File.ReadAllBytes(words[1]), bundle);
        }
        catch (InvalidDataException problem)
        {
            return PassBy($"{name}: {problem.Message}");
        }

        Store(name, result);
        return new HookAnswer(HookAnswer.Yes, $"{name}: {result.Parts.Count(part => part.Outcome is not null)} networks are in the zoo, {result.Parts.Count(part => part.Outcome is null)} are to be gone on with.");
    }

    /// <summary><c>assimilate --error MASK WU_NAME WU_ID BATCH</c>: a unit came to nothing; its networks are given out again by the next <c>work add</c>.</summary>
    public HookAnswer Failed(IReadOnlyList<string> words)
    {
        if (words.Count != 4 || !int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var mask))
            return PassBy($"A failed work unit comes as MASK NAME ID BATCH, not '{string.Join(' ', words)}'.");
        var name = words[1];
        if (folder.Bundle(Path.GetFileName(name)) is null) return PassBy($"The failed work unit '{name}' is none of '{folder.Path}'.");
        if (!folder.IsDone(name)) File.WriteAllText(folder.In("failed", name), FormattableString.Invariant($"{mask}\n"));
        return PassBy($"{name} came to nothing (error mask {mask}, docs/official-server.md); `mlds project work add … --official` makes work of its networks again.");
    }

    void Store(string name, BundleResult result)
    {
        foreach (var part in result.Parts.Where(part => part.Outcome is null)) folder.Keep(part.State);
        var by = ClaimedProvenance.Of(result, $"volunteers (work unit {name})");
        var ended = result.Parts.Where(part => part.Outcome is not null).Select(part => part.Network(by)).ToList();
        using (var writer = ZooWriter.Open(folder.Zoo, ZooPopulation.Of(folder.Population))) writer.Add(ended);
        foreach (var network in ended) File.Delete(folder.In("continue", network.Recipe.Id));
        File.WriteAllText(folder.In("done", name), "");
    }

    HookAnswer PassBy(string sentence)
    {
        folder.Complain(sentence);
        return new HookAnswer(HookAnswer.Yes, sentence);
    }

    (string Name, Bundle Bundle)? Unit(string path) => OfficialFolder.UnitOf(path) is { } name && folder.Bundle(name) is { } bundle ? (name, bundle) : null;

    HookAnswer Unknown(string path)
    {
        var sentence = $"'{Path.GetFileName(path)}' belongs to no work unit of '{folder.Path}'.";
        folder.Complain(sentence);
        return new HookAnswer(HookAnswer.Later, sentence);
    }
}
