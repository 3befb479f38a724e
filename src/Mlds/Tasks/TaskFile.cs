namespace Mlds.Tasks;

/// <summary>A file that a task's examples are read from. Recipes name it by its SHA-256, never by a path.</summary>
/// <param name="Sha256">Of its bytes, or of what is packed in it: 64 lower-case hex digits.</param>
/// <param name="Places">Paths where it is looked for, the one to put it at first; none where nobody said where to look.</param>
public sealed record TaskFile(string Sha256, IReadOnlyList<string> Places)
{
    public TaskFileKind Kind { get; init; } = TaskFileKind.Sequences;

    /// <summary>Paths below a folder at which it may lie besides under its SHA-256.</summary>
    public IReadOnlyList<string> UsualNames { get; init; } = [];

    /// <summary>What it is, where that is known: "the training images of MNIST".</summary>
    public string? Title { get; init; }

    /// <summary>How to get it, as a part of a sentence; null where nobody knows.</summary>
    public string? Source { get; init; }

    /// <summary>What it is called in folders that keep files by their SHA-256: zoos, and releases with training data.</summary>
    public string KeptName => $"{Sha256}{Kind.Ending}";

    /// <summary>The first place that has the file; null where none has.</summary>
    public string? Path => Places.FirstOrDefault(place => FileKinds.IsFile(place) && Kind.MayBe(place, Sha256));

    /// <summary>Why its examples can't be had, in a sentence; null where the file is there.</summary>
    public string? Missing
    {
        get
        {
            if (Path is not null) return null;
            if (Places.FirstOrDefault(FileKinds.IsFile) is { } another) return Kind.Fault(another, this);
            var what = Title is null ? $"The {Kind.Noun} with SHA-256 {Sha256} is missing" : $"There is no file of {Title}";
            if (Source is not null) return $"{what}; {Source}.";
            return Places is [var first, ..] ? $"{what}; put it at '{first}'." : $"{what}, and a recipe says no place.";
        }
    }

    /// <summary>The same file in folders that keep it by its SHA-256, or by a name that it usually has.</summary>
    public TaskFile In(IReadOnlyList<string> folders) => this with
    {
        Places = [.. folders.SelectMany(folder => UsualNames.Prepend(KeptName).Select(name => System.IO.Path.Combine(folder, name)))],
    };

    /// <summary>Where a file lies is no part of what it is.</summary>
    public bool Equals(TaskFile? other) => other is not null && Sha256 == other.Sha256;

    public override int GetHashCode() => Sha256.GetHashCode(StringComparison.Ordinal);
}
