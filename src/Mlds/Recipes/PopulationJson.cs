using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Networks;
using Mlds.Tasks;
using Mlds.Tasks.Machines;

namespace Mlds.Recipes;

/// <summary>Reads population files (docs/formats/population.md).</summary>
static class PopulationJson
{
    const int LongestName = 64;

    /// <summary>By this key an editor finds docs/formats/population.schema.json. It says nothing of the plan.</summary>
    const string Schema = "$schema";

    /// <param name="files">Where files that the population names are looked for; null where nobody can say.</param>
    internal static Population Read(string text, string source, TaskFiles? files) => Read(StrictJson.Parse(text, source), text, files)!;

    /// <summary>Reads all of it, whatever is wrong on the way.</summary>
    internal static PopulationCheck Check(string text, string source, TaskFiles? files)
    {
        var faults = new JsonFaults();
        StrictJson json;
        try
        {
            json = StrictJson.Parse(text, source, faults);
        }
        catch (FormatException invalid)
        {
            var at = (invalid.InnerException as JsonException)?.LineNumber;
            return new PopulationCheck(null, [new PopulationFault("$", (int)(at ?? 0) + 1, invalid.Message)]);
        }

        json.Try(() => Read(json, text, files), out var population);
        IReadOnlyList<JsonFault> all = faults.All.Count > 0 ? faults.All : [.. Superfluous(population!)];
        if (all.Count == 0) return new PopulationCheck(population, []);
        var lines = JsonFaults.Lines(text);
        return new PopulationCheck(
            null,
            [.. all.Select(fault => new PopulationFault(fault.Path, lines.GetValueOrDefault(fault.Path, 1), fault.Problem))
                .OrderBy(fault => fault.Line)]);
    }

    /// <summary>
    /// Automata with states that nothing needs, which were hardly meant. They are no faults to <see cref="Population.Parse"/>: recipes hold
    /// such tables, and stay valid.
    /// </summary>
    static IEnumerable<JsonFault> Superfluous(Population population)
    {
        for (var i = 0; i < population.MachineNames.Count; i++)
        {
            if (population.Task(population.MachineNames[i]) is MachineTask task && Automaton.Within(task.Build()) is { } automaton
                && automaton.Superfluous().Sentence() is { Length: > 0 } sentence)
            {
                yield return new JsonFault(
                    $"$.machines[{i}].machine", $"{sentence} Take out what isn't needed, or correct what leads there");
            }
        }
    }

    /// <summary>The population, or null where faults are collected and there are some.</summary>
    static Population? Read(StrictJson json, string text, TaskFiles? files)
    {
        json.WithKeys(Schema, "name", "description", "licence", "network", "networks", "defaults", "factors", "vary", "machines");
        json.Optional(Schema)?.Text();
        var network = json.Try(() => NetworkSpec.Read(json.Required("network")), out var spec) ? spec : null;
        json.Try(() => json.Required("defaults").WithKeys("data", "training"), out var defaults);
        json.Try(() => json.Required("machines").Items(1), out var entries);
        var named = entries!.Select(ReadNamed).ToArray();
        var known = Definitions(named);
        json.Try(() => ReadName(json.Required("name")), out var name);
        var description = json.Optional("description")?.Text() ?? "";
        var licence = json.Required("licence").Text();
        var networks = json.Required("networks").Integer(1, int.MaxValue);
        var machines = named.Select(entry => entry.Form is { } form
            ? TaskEntry.Read(entry.Json, form, entry.Name, defaults, network, files)
            : ReadMachine(entry, defaults, network, known)).ToArray();
        var isRead = json.Try(() => PopulationFactors.Read(json, [.. named.Select(entry => (entry.Json, entry.Name))]), out var factors);
        isRead &= json.Try(() => ReadVariation(json, network, machines), out var variation);
        return network is null || name is null || machines.Contains(null) || !isRead
            ? null
            : new Population(
                name, description, licence, network, networks, machines!, factors!, variation!, CanonicalText(text));
    }

    /// <summary>The canonical JSON of a file, without what it says to editors alone.</summary>
    static string CanonicalText(string text)
    {
        var json = JsonNode.Parse(text)!.AsObject();
        json.Remove(Schema);
        return Canonical.Serialize(json);
    }

    /// <summary>Tries every value that the file gives on its first machine: what one machine allows, all do.</summary>
    static Variation ReadVariation(StrictJson json, NetworkSpec? network, PopulationMachine?[] machines)
    {
        var variation = Variation.Read(json);
        if (variation.IsNone || network is null || machines.Contains(null)) return variation;
        var vary = json.Required("vary");
        var first = new NetworkSetting(network, machines[0]!.Task, machines[0]!.Training);
        var largest = first;
        foreach (var (field, value, place) in Variation.Samples(vary))
        {
            vary.Try(() =>
            {
                try
                {
                    first.With(field, value);
                    largest = Larger(largest, largest.With(field, value));
                }
                catch (FormatException problem)
                {
                    throw place.Error((JsonFaults.Of(problem)?.Problem ?? problem.Message).TrimEnd('.'));
                }
            });
            foreach (var machine in machines.Where(machine => field.Part == VariedField.Data && machine!.Task is not MachineTask))
                vary.Try(() => throw place.Error($"the examples of {machine!.Name} come from a file, so they can't be varied"));
        }

        if (largest.Task is MachineTask task) DataSpecJson.CheckSize(vary, task.Data);
        return variation;
    }

    /// <summary>Whichever takes more memory: what counts and lengths come to together is limited too.</summary>
    static NetworkSetting Larger(NetworkSetting one, NetworkSetting other) => other.Task.Bytes > one.Task.Bytes ? other : one;

    /// <summary>An entry's name and definition: a catalogue name, or an object with a catalogue name or a definition.</summary>
    static Entry ReadNamed(StrictJson json)
    {
        if (json.IsText) return new Entry(json, json.Text(), Found(json, FromCatalogue));
        if (TaskEntry.FormOf(json) is { } form)
        {
            json.Try(() => TaskEntry.CheckKeys(json, form));
            return new Entry(json, Found(json.Required("name"), ReadName) ?? "", null) { Form = form };
        }

        json.WithKeys("machine", "name", "factors", "data", "training");
        var machine = json.Required("machine");
        if (machine.IsText)
        {
            var own = machine.Text();
            if (json.Optional("name") is { } given) own = Found(given, ReadName) ?? own;
            return new Entry(json, own, Found(machine, FromCatalogue));
        }

        return new Entry(json, Found(json.Required("name"), ReadName) ?? "", Found(machine, MachineForms.Read));
    }

    /// <summary>What <paramref name="read"/> makes of a value, or null where it is wrong and that is collected.</summary>
    static T? Found<T>(StrictJson json, Func<StrictJson, T> read)
        where T : class => json.Try(() => read(json), out var value) ? value : null;

    static MachineDefinition FromCatalogue(StrictJson json) =>
        MachineCatalogue.Find(json.Text()) ?? throw json.Error(MachineCatalogue.Unknown(json.Text()).TrimEnd('.'));

    /// <summary>What <c>key_of</c> may name: this file's machines, and the catalogue's where the file has none of that name.</summary>
    static Dictionary<string, MachineDefinition?> Definitions(IEnumerable<Entry> entries)
    {
        var definitions = new Dictionary<string, MachineDefinition?>();
        foreach (var entry in entries.Where(entry => entry.Name.Length > 0))
        {
            entry.Json.Try(
                () =>
                {
                    if (definitions.TryAdd(entry.Name, entry.Definition)) return;
                    throw entry.Json.Error($"there are two machines called '{entry.Name}'; give one of them another 'name'");
                });
        }

        foreach (var name in MachineCatalogue.Names) definitions.TryAdd(name, MachineCatalogue.Find(name));
        // What is no machine has no key, whatever is called so in the catalogue.
        foreach (var entry in entries.Where(entry => entry.Form is not null)) definitions.Remove(entry.Name);
        return definitions;
    }

    /// <summary>The machine, or null where something of it is wrong and that is collected.</summary>
    static PopulationMachine? ReadMachine(
        Entry entry, StrictJson defaults, NetworkSpec? network, Dictionary<string, MachineDefinition?> known)
    {
        var machine = entry.Definition?.Build();
        var ownData = entry.Json.IsObject ? entry.Json.Optional("data") : null;
        // Whose definition can't be read has a key that can't be checked.
        PlantedKey Planted(StrictJson json) => machine is null ? s_unread : ReadPlanted(json, entry.Name, machine, known);
        // A default key that the entry replaces needn't suit its machine, so it isn't read.
        var replaced = ownData?.Optional("planted") is not null;
        var hasData = entry.Json.Try(
            () => DataSpecJson.ReadData(defaults.Required("data"), null, json => replaced ? s_unread : Planted(json)), out var basis);
        var data = basis;
        if (ownData is { } changes) hasData &= entry.Json.Try(() => DataSpecJson.ReadData(changes, basis ?? s_any, Planted), out data);
        if (hasData) hasData = entry.Json.Try(() => DataSpecJson.CheckSize(ownData ?? defaults.Required("data"), data!));
        var hasTraining = TaskEntry.ReadTraining(entry.Json, defaults, network, out var training);
        if (entry.Definition is null || network is null || !hasData) return null;
        var task = new MachineTask(entry.Definition, data!);
        return entry.Json.Try(() => network.CheckFit(entry.Json, entry.Name, task)) && hasTraining
            ? new PopulationMachine(entry.Name, task, training!)
            : null;
    }

    /// <summary>
    /// <c>{"key": […], "one_in": n}</c>, <c>{"key_of": name, "one_in": n}</c>, or <c>{"one_in": n}</c> for a keyed machine's own key; each
    /// may have <c>sequence_every</c> as well.
    /// </summary>
    static PlantedKey ReadPlanted(StrictJson json, string name, IMachine machine, Dictionary<string, MachineDefinition?> known)
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

    static IReadOnlyList<int> KeyOf(StrictJson json, IMachine machine, Dictionary<string, MachineDefinition?> known)
    {
        var name = json.Text();
        var keyed = known.Where(pair => pair.Value is KeyedDefinition).Select(pair => pair.Key).ToArray();
        // What is wrong with its definition is noted where that is.
        if (known.TryGetValue(name, out var unread) && unread is null) return s_unread.Key;
        if (!keyed.Contains(name))
        {
            throw json.Error(
                $"there is no keyed machine '{name}'. {NearestName.DidYouMean(name, keyed)}Keyed machines: {string.Join(", ", keyed)}");
        }

        var key = ((KeyedDefinition)known[name]!).Key;
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

    /// <param name="Name">Empty where it is wrong and that is collected.</param>
    /// <param name="Definition">Null where it is wrong and that is collected.</param>
    sealed record Entry(StrictJson Json, string Name, MachineDefinition? Definition)
    {
        /// <summary>The kind of task, where it is no machine.</summary>
        internal TaskForm? Form { get; init; }
    }

    static readonly PlantedKey s_unread = new([0], 1);

    /// <summary>Stands for defaults that can't be read, so that what is laid over them is read all the same.</summary>
    static readonly DataSpec s_any = new(0, 1, 1, 1, 1, 1, null);
}
