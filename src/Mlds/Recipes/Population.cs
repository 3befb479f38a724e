using System.Text;
using Mlds.Networks;
using Mlds.Tasks;
using Mlds.Tasks.Machines;

namespace Mlds.Recipes;

/// <summary>The recipes of one controlled plan: a population file, read (docs/formats/population.md).</summary>
/// <remarks>Safe to share between threads.</remarks>
public sealed class Population
{
    readonly Dictionary<string, PopulationMachine> _machines;
    readonly PopulationFactors _factors;

    internal Population(
        string name,
        string description,
        string licence,
        NetworkSpec network,
        int networks,
        IReadOnlyList<PopulationMachine> machines,
        PopulationFactors factors,
        string canonicalJson)
    {
        (Name, Description, Licence, Network, DefaultNetworks) = (name, description, licence, network, networks);
        (_factors, CanonicalJson) = (factors, canonicalJson);
        MachineNames = [.. machines.Select(machine => machine.Name)];
        _machines = machines.ToDictionary(machine => machine.Name);
        Sha256 = Sha256Hash.HexOf(Encoding.UTF8.GetBytes(canonicalJson));
    }

    /// <summary>The population's name, as in the file.</summary>
    public string Name { get; }

    /// <summary>What the population is for, in a sentence or two; may be empty.</summary>
    public string Description { get; }

    /// <summary>The licence of the networks, as an SPDX identifier.</summary>
    public string Licence { get; }

    /// <summary>The shape of every network.</summary>
    public NetworkSpec Network { get; }

    /// <summary>SHA-256 of the canonical JSON of the file, by which a zoo knows its population.</summary>
    public string Sha256 { get; }

    /// <summary>The file's text in canonical JSON.</summary>
    public string CanonicalJson { get; }

    /// <summary>Names of its machines, in the file's order.</summary>
    public IReadOnlyList<string> MachineNames { get; }

    /// <summary>What differs between its networks besides the seed, as the file declares it; empty where machines' names say it.</summary>
    public IReadOnlyList<Factor> Factors => _factors.Declared;

    /// <summary>Networks per machine when the command line doesn't say how many.</summary>
    public int DefaultNetworks { get; }

    /// <summary>The population in a file.</summary>
    /// <exception cref="FormatException">Unknown key, machine or value; the message has the JSON path and the nearest valid
    /// names.</exception>
    public static Population Read(string path) => Parse(InputText.Read(path), path, TaskFiles.Beside(path));

    /// <summary>The population in a text, such as <see cref="CanonicalJson"/>.</summary>
    /// <param name="source">What to call the text in messages.</param>
    /// <param name="files">Where files that it names are looked for; null where nobody can say, so that it may name none.</param>
    /// <exception cref="FormatException">As <see cref="Read"/>.</exception>
    public static Population Parse(string json, string source, TaskFiles? files = null) => PopulationJson.Read(json, source, files);

    /// <summary>The population in a text, or everything that is wrong with it.</summary>
    /// <param name="source">As for <see cref="Parse"/>.</param>
    /// <param name="files">As for <see cref="Parse"/>.</param>
    public static PopulationCheck Check(string json, string source, TaskFiles? files = null) => PopulationJson.Check(json, source, files);

    /// <summary>The machine called <paramref name="machineName"/> here.</summary>
    /// <exception cref="ArgumentException">There is none; the message has the nearest names.</exception>
    public IMachine Machine(string machineName) => MachineTask(machineName).Build();

    /// <summary>Names of those that are machines indeed, and not another kind of task.</summary>
    public IEnumerable<string> TrueMachines => MachineNames.Where(name => _machines[name].Task is MachineTask);

    /// <summary>What the networks of one machine learn.</summary>
    public LearningTask Task(string machineName) => Find(machineName).Task;

    /// <summary>
    /// The factors of one machine's networks, as the file gives them; where it declares none, as the machine's name says.
    /// </summary>
    /// <exception cref="ArgumentException">As <see cref="Machine"/>.</exception>
    public MachineFactors FactorsOf(string machineName) => _factors.Of(Find(machineName).Name);

    /// <summary>Which sequences the networks of one machine learn from.</summary>
    public DataSpec DataSpec(string machineName) => MachineTask(machineName).Data;

    /// <summary>How the networks of one machine are trained.</summary>
    public TrainingSpec TrainingSpec(string machineName) => Find(machineName).Training;

    /// <summary>The examples of one machine, generated once and shared by all its networks.</summary>
    public TrainingData Data(string machineName) => Find(machineName).Examples.Value;

    /// <summary>The recipe of one network: machine <paramref name="machineName"/>, seed <paramref name="seed"/>.</summary>
    public Recipe Recipe(string machineName, uint seed)
    {
        var machine = Find(machineName);
        return new Recipe(machine.Name, machine.Task, machine.DataSha256 ?? machine.Examples.Value.Sha256, Network, machine.Training, seed);
    }

    MachineTask MachineTask(string name) =>
        Find(name).Task as MachineTask ?? throw new ArgumentException($"'{name}' in the population '{Name}' is no machine.");

    PopulationMachine Find(string name) =>
        _machines.GetValueOrDefault(name) ?? throw new ArgumentException(
            $"The population '{Name}' has no machine '{name}'. {NearestName.DidYouMean(name, MachineNames)}Its machines: "
            + $"{string.Join(", ", MachineNames)}.");
}

/// <summary>One machine of a population with all that its networks share.</summary>
sealed record PopulationMachine(string Name, LearningTask Task, TrainingSpec Training)
{
    /// <summary>What <see cref="Task"/> generates; tests put a broken generator here.</summary>
    internal Lazy<TrainingData> Examples { get; init; } = new(Task.Generate);

    /// <summary>SHA-256 of the examples where it is known before they are made.</summary>
    internal string? DataSha256 { get; init; }
}
