using System.Text;
using Mlds.Recipes;

namespace Mlds.Zoos.Planning;

/// <summary>
/// Which machines of a population can be learned, by its pilots: a file beside the population's (docs/formats/plan.md).
/// </summary>
/// <param name="Population">The population's name.</param>
/// <param name="Machines">In the population's order.</param>
public sealed record Verdict(string Population, IReadOnlyList<MachineVerdict> Machines)
{
    const string Ending = ".plan.json";

    /// <summary>The verdict's file: <c>ds1.plan.json</c> beside <c>ds1.json</c>.</summary>
    public static string PathOf(string populationFile)
    {
        const string Json = ".json";
        return (populationFile.EndsWith(Json, StringComparison.Ordinal) ? populationFile[..^Json.Length] : populationFile) + Ending;
    }

    /// <summary>Whether a file is a verdict, by its name.</summary>
    public static bool IsPath(string path) => path.EndsWith(Ending, StringComparison.Ordinal);

    /// <summary>The verdict in a file, or null while there is none.</summary>
    /// <exception cref="InvalidDataException">No verdict, or a damaged one; the message says what to do.</exception>
    public static Verdict? Read(string path)
    {
        if (!FileKinds.IsFile(path)) return null;
        try
        {
            return VerdictJson.Read(InputText.Read(path), path);
        }
        catch (Exception problem) when (problem is FormatException or InvalidDataException)
        {
            throw new InvalidDataException(
                $"The verdict '{path}' can't be read: {problem.Message.TrimEnd('.')}. Delete it; `mlds plan` makes a new one.", problem);
        }
    }

    /// <summary>Writes it whole: whoever reads meanwhile, or after a kill, finds the old file or the new one.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public void Write(string path)
    {
        FileKinds.IsFile(path);
        var begun = path + ".new";
        File.Delete(begun);
        using (var file = new FileStream(begun, FileMode.CreateNew, FileAccess.Write))
        {
            file.Write(Encoding.UTF8.GetBytes(VerdictJson.Write(this)));
            file.Flush(flushToDisk: true);
        }

        File.Move(begun, path, overwrite: true);
    }

    /// <summary>The machines of <paramref name="population"/> that none of its pilots learned; empty if all is well.</summary>
    /// <remarks>Only their sequences are made, so that it takes no time where all is well.</remarks>
    public IReadOnlyList<MachineVerdict> Refused(Population population) =>
        [.. Machines.Where(machine => (machine with { IsSweep = population.IsVaried }).IsRefused && IsValid(machine, population))];

    static bool IsValid(MachineVerdict machine, Population population) =>
        population.MachineNames.Contains(machine.Name)
        && population.PlanSha256(machine.Name) == machine.RecipeSha256;
}
