using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
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
    readonly Variation _variation;
    readonly ConcurrentDictionary<(string Machine, uint Point), NetworkSetting> _points = [];
    readonly ConcurrentDictionary<LearningTask, string> _sha256s = [];
    readonly ExampleCache _examples = new();

    internal Population(
        string name,
        string description,
        string licence,
        NetworkSpec network,
        int networks,
        IReadOnlyList<PopulationMachine> machines,
        PopulationFactors factors,
        Variation variation,
        string canonicalJson)
    {
        (Name, Description, Licence, Network, DefaultNetworks) = (name, description, licence, network, networks);
        (_factors, _variation, CanonicalJson) = (factors, variation, canonicalJson);
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

    /// <summary>The shape of every network; where the file varies it, of those that it doesn't.</summary>
    public NetworkSpec Network { get; }

    /// <summary>Whether networks of one machine differ in more than their seed.</summary>
    public bool IsVaried => !_variation.IsNone;

    /// <summary>Points of the grid: so many networks of a machine have every setting once; 1 where there is no grid.</summary>
    public int GridPoints => _variation.Points;

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

    /// <summary>Which sequences the networks of one machine learn from, but for what the file varies.</summary>
    public DataSpec DataSpec(string machineName) => MachineTask(machineName).Data;

    /// <summary>How the networks of one machine are trained, but for what the file varies.</summary>
    public TrainingSpec TrainingSpec(string machineName) => Find(machineName).Training;

    /// <summary>The examples of one machine, but for what the file varies; generated once and shared by all its networks.</summary>
    /// <exception cref="FormatException">They aren't those that the file names by their SHA-256.</exception>
    public TrainingData Data(string machineName) => Checked(Find(machineName));

    /// <summary>The examples of one network; what the file doesn't vary is generated once for all.</summary>
    public TrainingData Data(string machineName, uint seed)
    {
        var machine = Find(machineName);
        var task = SettingOf(machine, seed).Task;
        return task == machine.Task ? Checked(machine) : _examples.Of(task);
    }

    /// <summary>The recipe of one network: machine <paramref name="machineName"/>, seed <paramref name="seed"/>.</summary>
    public Recipe Recipe(string machineName, uint seed)
    {
        var machine = Find(machineName);
        var setting = SettingOf(machine, seed);
        var sha256 = setting.Task == machine.Task
            ? machine.DataSha256 ?? machine.Examples.Value.Sha256
            : _sha256s.GetOrAdd(setting.Task, task => _examples.Of(task).Sha256);
        return new Recipe(machine.Name, setting.Task, sha256, setting.Network, setting.Training, seed);
    }

    /// <summary>
    /// Lower-case hex SHA-256 of what determines all networks of a machine: of the recipe without its seed and, where the file varies it,
    /// of how.
    /// </summary>
    public string PlanSha256(string machineName)
    {
        var machine = Find(machineName);
        var recipe = new Recipe(
            machine.Name, machine.Task, machine.DataSha256 ?? machine.Examples.Value.Sha256, Network, machine.Training, 0).SeedlessSha256;
        if (!IsVaried) return recipe;
        var vary = Canonical.Serialize(JsonNode.Parse(CanonicalJson)!["vary"]);
        return Sha256Hash.HexOf(Encoding.UTF8.GetBytes($"{recipe} {vary}"));
    }

    TrainingData Checked(PopulationMachine machine)
    {
        var data = machine.Examples.Value;
        if (machine.DataSha256 is not { } named || named == data.Sha256) return data;
        throw new FormatException(
            $"The examples of '{machine.Name}' in the population '{Name}' have SHA-256 {data.Sha256}, but its data_sha256 is {named}; "
            + "correct that, or leave it out.");
    }

    /// <summary>A grid's settings are kept, so that networks of one setting share its parts.</summary>
    NetworkSetting SettingOf(PopulationMachine machine, uint seed)
    {
        var setting = new NetworkSetting(Network, machine.Task, machine.Training);
        if (_variation.IsNone) return setting;
        return _variation.IsGrid
            ? _points.GetOrAdd((machine.Name, _variation.PointOf(seed)), _ => setting.With(_variation.Of(seed)))
            : setting.With(_variation.Of(seed));
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
