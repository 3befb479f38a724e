using System.Diagnostics;
using Mlds.Training;
using Mlds.Worker.Frame;

namespace Mlds.Worker.Units;

/// <summary>
/// Where a run is kept while it goes on, in the format of docs/formats/checkpoint.md. The file is replaced as a whole, so there is always a
/// good one.
/// </summary>
sealed class CheckpointFile(string path)
{
    /// <summary>The most work that a power cut can lose.</summary>
    static readonly TimeSpan s_every = TimeSpan.FromMinutes(1);

    long _written = Stopwatch.GetTimestamp();

    /// <summary>What the file holds, or null where there is none or only zeros.</summary>
    /// <exception cref="FailureException">It is damaged, or of another recipe.</exception>
    public Checkpoint? Read(string recipeId)
    {
        if (!File.Exists(path)) return null;
        try
        {
            var bytes = File.ReadAllBytes(path);
            // Zeros are what a power cut leaves of a file whose bytes had not reached the disk: nothing is lost by beginning anew.
            if (!bytes.AsSpan().ContainsAnyExcept((byte)0)) return null;
            var checkpoint = Checkpoint.FromBytes(bytes);
            return checkpoint.RecipeId == recipeId
                ? checkpoint
                : throw new FailureException(
                    $"The checkpoint '{path}' is of recipe {checkpoint.RecipeId}, not of {recipeId}: "
                    + "name another file, or delete it to begin anew.");
        }
        catch (InvalidDataException problem)
        {
            throw new FailureException($"'{path}': {problem.Message}");
        }
    }

    public void Write(Checkpoint checkpoint)
    {
        BundleFile.Write(path, checkpoint.ToBytes());
        _written = Stopwatch.GetTimestamp();
    }

    public void WriteNowAndThen(TrainingRun run)
    {
        if (Stopwatch.GetElapsedTime(_written) >= s_every) Write(run.Checkpoint());
    }
}
