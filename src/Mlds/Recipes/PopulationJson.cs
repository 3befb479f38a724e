using System.Text.Json.Nodes;
using Mlds.Networks;
using Mlds.Tasks.Machines;

namespace Mlds.Recipes;

/// <summary>Reads population files (docs/formats/population.md).</summary>
static class PopulationJson
{
    const int LongestName = 64;

    internal static Population Read(string text, string source)
    {
        var json = StrictJson.Parse(text, source)
            .WithKeys("name", "description", "licence", "network", "networks", "defaults", "factors", "machines");
        var network = NetworkSpec.Read(json.Required("network"));
        var defaults = json.Required("defaults").WithKeys("data", "training");
        var named = json.Required("machines").Items(1).Select(ReadNamed).ToArray();
        var known = Definitions(named);
        return new Population(
            ReadName(json.Required("name")),
            json.Optional("description")?.Text() ?? "",
            json.Required("licence").Text(),
            network,
            json.Required("networks").Integer(1, int.MaxValue),
            [.. named.Select(entry => ReadMachine(entry, defaults, network, known))],
            PopulationFactors.Read(json, [.. named.Select(entry => (entry.Json, entry.Name))]),
            Canonical.Serialize(JsonNode.Parse(text)));
    }

    /// <summary>An entry's name and definition: a catalogue name, or an object with a catalogue name or a definition.</summary>
    static Entry ReadNamed(StrictJson json)
    {
        if (json.IsText) return new Entry(json, json.Text(), FromCatalogue(json));
        json.WithKeys("machine", "name", "factors", "data", "training");
        var machine = json.Required("machine");
        if (machine.IsText)
            return new Entry(json, json.Optional("name") is { } name ? ReadName(name) : machine.Text(), FromCatalogue(machine));
        return new Entry(json, ReadName(json.Required("name")), MachineDefinition.Read(machine));
    }

    static MachineDefinition FromCatalogue(StrictJson json) =>
        MachineCatalogue.Find(json.Text()) ?? throw json.Error(MachineCatalogue.Unknown(json.Text()).TrimEnd('.'));

    /// <summary>What <c>key_of</c> may name: this file's machines, and the catalogue's where the file has none of that name.</summary>
    static Dictionary<string, MachineDefinition> Definitions(IEnumerable<Entry> entries)
    {
        var definitions = new Dictionary<string, MachineDefinition>();
        foreach (var entry in entries)
        {
            if (!definitions.TryAdd(entry.Name, entry.Definition))
                throw entry.Json.Error($"there are two machines called '{entry.Name}'; give one of them another 'name'");
        }

        foreach (var name in MachineCatalogue.Names) definitions.TryAdd(name, MachineCatalogue.Find(name)!);
        return definitions;
    }

    static PopulationMachine ReadMachine(Entry entry, StrictJson defaults, NetworkSpec network, Dictionary<string, MachineDefinition> known)
    {
        var machine = entry.Definition.Build();
        var own = entry.Json.IsObject ? entry.Json : (StrictJson?)null;
        var (ownData, ownTraining) = (own?.Optional("data"), own?.Optional("training"));
        PlantedKey Planted(StrictJson json) => ReadPlanted(json, entry.Name, machine, known);

        // A default key that the entry replaces needn't suit its machine, so it isn't read.
        var replaced = ownData?.Optional("planted") is not null;
        var data = DataSpecJson.ReadData(defaults.Required("data"), null, json => replaced ? s_unread : Planted(json));
        if (ownData is { } changes) data = DataSpecJson.ReadData(changes, data, Planted);
        DataSpecJson.CheckSize(ownData ?? defaults.Required("data"), data);
        var training = SpecJson.ReadTraining(defaults.Required("training"), null);
        if (ownTraining is { } others) training = SpecJson.ReadTraining(others, training);
        var task = new MachineTask(entry.Definition, data);
        network.CheckFit(entry.Json, entry.Name, task);
        return new PopulationMachine(entry.Name, task, training);
    }

    /// <summary>
    /// <c>{"key": […], "one_in": n}</c>, <c>{"key_of": name, "one_in": n}</c>, or <c>{"one_in": n}</c> for a keyed machine's own key; each
    /// may have <c>sequence_every</c> as well.
    /// </summary>
    static PlantedKey ReadPlanted(StrictJson json, string name, IMachine machine, Dictionary<string, MachineDefinition> known)
    {
        json.WithKeys("key", "key_of", "one_in", "sequence_every");
        PlantedKey Plant(IReadOnlyList<int> key) => new(key, DataSpecJson.ReadOneIn(json), DataSpecJson.ReadSequenceEvery(json));
        if (json.Optional("key") is { } key)
        {
            if (json.Optional("key_of") is not null) throw json.Error("say either 'key' or 'key_of', not both");
            return Plant(KeyedDefinition.ReadWord(key, machine, KeyedMachine.MostKey));
        }

        if (json.Optional("key_of") is { } other) return Plant(KeyOf(other, machine, known));
        if (machine is KeyedMachine keyed) return Plant(keyed.Key);
        throw json.Error($"{name} has no key of its own; add 'key' with the symbols or 'key_of' with the name of its keyed twin");
    }

    static IReadOnlyList<int> KeyOf(StrictJson json, IMachine machine, Dictionary<string, MachineDefinition> known)
    {
        var name = json.Text();
        var keyed = known.Where(pair => pair.Value is KeyedDefinition).Select(pair => pair.Key).ToArray();
        if (!keyed.Contains(name))
        {
            throw json.Error(
                $"there is no keyed machine '{name}'. {NearestName.DidYouMean(name, keyed)}Keyed machines: {string.Join(", ", keyed)}");
        }

        var key = ((KeyedDefinition)known[name]).Key;
        if (key.Any(symbol => symbol >= machine.Symbols))
            throw json.Error($"the key of {name} has symbols beyond this machine's 0 to {machine.Symbols - 1}");
        return key;
    }

    static string ReadName(StrictJson json)
    {
        var name = json.Text();
        var fits = name.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(name[0])
            && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
        return fits ? name : throw json.Error(
            $"'{name}' is no name; use up to {LongestName} letters, digits, '-', '_' and '.', the first a letter or digit");
    }

    sealed record Entry(StrictJson Json, string Name, MachineDefinition Definition);

    static readonly PlantedKey s_unread = new([0], 1);
}
