using System.Globalization;

namespace Mlds.Zoos.Releases;

/// <summary>What goes into a release besides what always does, and how it is written.</summary>
/// <param name="Subsets">Networks per machine of each subset; empty for one subset as large as every machine can fill.</param>
/// <param name="Formats">How weights are written: any of <see cref="KnownFormats"/>; none where only recipes are released.</param>
public sealed record ReleaseOptions(IReadOnlyList<int> Subsets, IReadOnlyCollection<string> Formats)
{
    public static IReadOnlyList<string> KnownFormats { get; } = ["npy", "h5", "safetensors"];

    /// <summary>Whether weights stay at home: whoever wants them trains again, to the same bits (<see cref="Regeneration"/>).</summary>
    public bool RecipesOnly => Formats.Count == 0;

    /// <summary>Whether the weights at every milestone come along (<see cref="Releases.Trajectories"/>).</summary>
    public bool Trajectories { get; init; }

    /// <summary>Whether the examples that the networks learned from and are judged on come along.</summary>
    public bool TrainingData { get; init; }

    /// <summary>One of <see cref="ReleaseArchive.KnownKinds"/> for an archive beside the folder, or null.</summary>
    public string? Archive { get; init; }

    /// <summary>
    /// Threads that train again what <see cref="Trajectories"/> need and the zoo lacks; 1 or more. No influence on the bytes.
    /// </summary>
    public int Threads { get; init; } = 1;

    /// <summary>Which of the zoo's networks it is of.</summary>
    public NetworkSelection Selection { get; init; } = NetworkSelection.Converged;

    /// <summary>What only the publisher knows.</summary>
    public Publication Publication { get; init; } = new();
}

/// <summary>
/// What only the publisher of a release knows; it goes into croissant.json and manifest.json. Never read from the clock: the same zoo gives
/// the same bytes.
/// </summary>
public sealed record Publication
{
    /// <summary>
    /// The day on which this form of release was settled; it stands in for a day that isn't given, since no release can be older.
    /// </summary>
    public static DateOnly Earliest { get; } = new(2026, 11, 25);

    /// <summary>Version of the dataset, MAJOR.MINOR.PATCH.</summary>
    public string Version { get; init; } = "1.0.0";

    /// <summary>Day of publication.</summary>
    public DateOnly Date { get; init; } = Earliest;

    /// <summary>The page of the dataset; that of the paper when not given.</summary>
    public string Url { get; init; } = "https://arxiv.org/abs/2104.10555";

    internal string Day => Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
