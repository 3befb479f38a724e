using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Zoos.Planning;

namespace Mlds.Cli.Frame;

/// <summary>Finds population files: by path, or by the name of one that ships with the program.</summary>
static class PopulationFile
{
    /// <summary>Folder of the shipped population files, beside the program.</summary>
    static string ShippedFolder => Path.Combine(AppContext.BaseDirectory, "populations");

    /// <summary>Reads <paramref name="name"/>: a path such as populations/ds1.json, or the name of a shipped one such as ds1.</summary>
    /// <param name="cancellation">Ends the wait for a stream, such as /dev/stdin.</param>
    /// <param name="data">A folder that was named for files that tasks are read from.</param>
    /// <exception cref="UsageException">There is none.</exception>
    public static Population Read(string name, CancellationToken cancellation = default, string? data = null)
    {
        var path = Find(name);
        return Population.Parse(InputText.Read(path, cancellation), path, TaskFiles.Beside(path, data));
    }

    /// <summary>The path of what <see cref="Read"/> reads.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static string Find(string name)
    {
        if (File.Exists(name)) return name;
        // "populations/ds1.json" names the shipped file also outside the source tree.
        var shipped = Path.Combine(ShippedFolder, Path.GetFileNameWithoutExtension(name) + ".json");
        var isShipped = !name.Contains("..", StringComparison.Ordinal)
            && (Path.GetDirectoryName(name) is "" or "populations")
            && File.Exists(shipped);
        if (isShipped) return shipped;
        if (Directory.Exists(name))
            throw new UsageException($"'{name}' is a folder; give a population file, such as populations/ds1.json.");
        throw new UsageException(
            $"There is no population file '{name}'; give the path of one, or the name of one that ships: "
            + $"{string.Join(", ", ShippedNames())}.");
    }

    /// <summary>The first shipped population that has <paramref name="machine"/>, in alphabetical order of the files.</summary>
    /// <exception cref="UsageException">None has it.</exception>
    public static Population WithMachine(string machine)
    {
        var known = new List<string>();
        foreach (var population in Shipped())
        {
            if (population.MachineNames.Contains(machine)) return population;
            known.AddRange(population.MachineNames);
        }

        throw UnknownMachine(machine, known.Distinct());
    }

    /// <summary>The shipped populations, in alphabetical order of their files.</summary>
    public static IEnumerable<Population> Shipped() =>
        ShippedNames().Select(name => Population.Read(Path.Combine(ShippedFolder, name + ".json")));

    public static UsageException UnknownMachine(string machine, IEnumerable<string> known)
    {
        var names = known.ToList();
        var hint = NearestName.DidYouMean(machine, names) is { Length: > 0 } near
            ? near.TrimEnd()
            : $"There are {string.Join(", ", names)}.";
        return new UsageException($"There is no machine '{machine}'. {hint}");
    }

    static IReadOnlyList<string> ShippedNames() =>
        Directory.Exists(ShippedFolder)
            ? [.. Directory.GetFiles(ShippedFolder, "*.json").Where(path => !Verdict.IsPath(path))
                .Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)]
            : [];
}
