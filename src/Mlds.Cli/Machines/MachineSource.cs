using Mlds.Cli.Frame;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Tasks.Machines;

namespace Mlds.Cli.Machines;

/// <summary>A machine with its name, and how the sequences that it is judged on are drawn.</summary>
/// <param name="Data">Its data in the population it comes from, or a stand-in.</param>
/// <param name="Sequences">The same in the numbers that its networks learn from.</param>
/// <param name="DataSource">Where <paramref name="Data"/> comes from, in words.</param>
/// <param name="GoalLoss">The loss that counts as learned there.</param>
sealed record NamedMachine(string Name, IMachine Machine, DataSpec Data, DataSpec Sequences, string DataSource, double GoalLoss);

/// <summary>Finds machines for <c>mlds machines</c>: in the catalogue, in a population, or in a definition's file.</summary>
static class MachineSource
{
    const double UsualGoal = 1e-4;

    /// <summary>Enough to make errors of 1e-4 plainly visible.</summary>
    const int FewestSequences = 65_536;

    /// <summary>All machines of a population, or of the catalogue where <paramref name="population"/> is null.</summary>
    public static IReadOnlyList<NamedMachine> All(string? population, CancellationToken cancellation) =>
        population is null ? [.. MachineCatalogue.Names.Select(FromCatalogue)] : All(PopulationFile.Read(population, cancellation));

    /// <summary>
    /// What <paramref name="name"/> means: a machine of the population or the catalogue, or the path of a definition; the path of a
    /// population means all its machines.
    /// </summary>
    /// <exception cref="UsageException">Nothing; the message has the nearest names.</exception>
    public static IReadOnlyList<NamedMachine> Find(string name, string? population, CancellationToken cancellation)
    {
        if (population is not null)
        {
            var plan = PopulationFile.Read(population, cancellation);
            if (!plan.MachineNames.Contains(name)) throw PopulationFile.UnknownMachine(name, plan.MachineNames);
            return plan.TrueMachines.Contains(name)
                ? [FromPopulation(plan, name)]
                : throw new UsageException(
                    $"'{name}' in the population '{plan.Name}' is no machine: its networks learn {Learned(plan, name)}, behind which none "
                    + "is known, so that there is no automaton to describe.");
        }

        if (MachineCatalogue.Find(name) is not null) return [FromCatalogue(name)];
        if (File.Exists(name)) return FromFile(name, cancellation);
        if (name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            throw new UsageException($"There is no file '{name}'; give a machine's name, its definition or a population.");
        throw new UsageException(MachineCatalogue.Unknown(name));
    }

    static IReadOnlyList<NamedMachine> FromFile(string path, CancellationToken cancellation)
    {
        // Read once: it may be a stream.
        var text = InputText.Read(path, cancellation);
        var json = StrictJson.Parse(text, path);
        if (!json.IsObject || json.Optional("form") is null) return All(Population.Parse(text, path, TaskFiles.Beside(path)));
        return [WithoutPopulation(Path.GetFileNameWithoutExtension(path), MachineForms.Read(json).Build())];
    }

    static NamedMachine FromCatalogue(string name)
    {
        var population = PopulationFile.Shipped().FirstOrDefault(shipped => shipped.MachineNames.Contains(name));
        return population is null ? WithoutPopulation(name, MachineCatalogue.Build(name)) : FromPopulation(population, name);
    }

    /// <summary>Entries of another kind than machines are left out.</summary>
    /// <exception cref="UsageException">There is nothing else.</exception>
    static IReadOnlyList<NamedMachine> All(Population population)
    {
        NamedMachine[] machines = [.. population.TrueMachines.Select(name => FromPopulation(population, name))];
        return machines.Length > 0 ? machines : throw new UsageException(
            $"The population '{population.Name}' has no machine to describe: its networks learn "
            + $"{Learned(population, population.MachineNames[0])}, behind which none is known.");
    }

    static string Learned(Population population, string name) => population.Task(name) is ClassificationTask ? "images" : "sequences";

    static NamedMachine FromPopulation(Population population, string name)
    {
        var data = population.DataSpec(name);
        return new NamedMachine(
            name,
            population.Machine(name),
            // What is reported of a machine is about its own answers, which it gives in altered sequences alone, and without noise.
            data with
            {
                LabelNoise = 0,
                Training = Math.Max(data.Training, FewestSequences),
                Planted = data.Planted is { } planted ? planted with { SequenceEvery = 1 } : null,
            },
            data,
            $"drawn as in population {population.Name}",
            population.TrainingSpec(name).GoalLoss);
    }

    static NamedMachine WithoutPopulation(string name, IMachine machine)
    {
        var planted = machine is KeyedMachine keyed ? new PlantedKey(keyed.Key, 16) : null;
        var data = new DataSpec(1, FewestSequences, 1, 16, 1, 1, planted);
        return new NamedMachine(
            name, machine, data, data with { Training = 16_384, Validation = 2048, LongTest = 512, LongLength = 256 },
            "drawn from data seed 1", UsualGoal);
    }
}
