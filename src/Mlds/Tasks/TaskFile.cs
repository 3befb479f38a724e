namespace Mlds.Tasks;

/// <summary>A file that a task's examples are read from. Recipes name it by its SHA-256, never by a path.</summary>
/// <param name="Sha256">Of its bytes: 64 lower-case hex digits.</param>
/// <param name="Places">Paths where it is looked for, the one to put it at first; none where nobody said where to look.</param>
public sealed record TaskFile(string Sha256, IReadOnlyList<string> Places)
{
    /// <summary>What it is called in folders that keep files by their SHA-256: zoos, and releases with training data.</summary>
    public string KeptName => $"{Sha256}.npz";

    /// <summary>The first place that has a file; null where none has.</summary>
    public string? Path => Places.FirstOrDefault(FileKinds.IsFile);

    /// <summary>Why its examples can't be had, in a sentence; null where the file is there.</summary>
    public string? Missing => Path is not null ? null : Places is [var first, ..]
        ? $"The file of sequences with SHA-256 {Sha256} is missing; put it at '{first}'."
        : $"The file of sequences with SHA-256 {Sha256} is missing, and a recipe says no place.";

    /// <summary>The same file in folders that keep it by its SHA-256.</summary>
    public TaskFile In(IReadOnlyList<string> folders) =>
        this with { Places = [.. folders.Select(folder => System.IO.Path.Combine(folder, KeptName))] };

    /// <summary>Where a file lies is no part of what it is.</summary>
    public bool Equals(TaskFile? other) => other is not null && Sha256 == other.Sha256;

    public override int GetHashCode() => Sha256.GetHashCode(StringComparison.Ordinal);
}
