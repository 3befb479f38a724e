using System.Diagnostics;
using Mlds.Training;

namespace Mlds.Worker;

/// <summary>Where a run is kept while it goes on: the bytes of docs/formats/checkpoint.md, replaced whole, so that there is always a good one.</summary>
sealed class CheckpointFile(string path)
{
    /// <summary>Longest work that a power cut can lose.</summary>
    static readonly TimeSpan s_every = TimeSpan.FromMinutes(1);

    long _written = Stopwatch.GetTimestamp();

    /// <summary>What the file holds, or null where there is none.</summary>
    /// <exception cref="FailureException">It is damaged, or of another recipe.</exception>
    public Checkpoint? Read(string recipeId)
    {
        if (!File.Exists(path)) return null;
        try
        {
            var checkpoint = Checkpoint.FromBytes(File.ReadAllBytes(path));
            return checkpoint.RecipeId == recipeId
                ? checkpoint
                : throw new FailureException($"The checkpoint '{path}' is of recipe {checkpoint.RecipeId}, not of {recipeId}: name another file, or delete it to begin anew.");
        }
        catch (InvalidDataException problem)
        {
            throw new FailureException($"'{path}': {problem.Message}");
        }
    }

    public void Write(Checkpoint checkpoint)
    {
        var begun = path + ".new";
        File.WriteAllBytes(begun, checkpoint.ToBytes());
        File.Move(begun, path, overwrite: true);
        _written = Stopwatch.GetTimestamp();
    }

    public void WriteNowAndThen(TrainingRun run)
    {
        if (Stopwatch.GetElapsedTime(_written) >= s_every) Write(run.Checkpoint());
    }
}
