using Mlds.Networks;
using Mlds.Tasks;

namespace Mlds.Recipes;

/// <summary>
/// Entries of a population's <c>machines</c> that are no machines but another kind of task, which they give by its key
/// (docs/formats/population.md).
/// </summary>
static class TaskEntry
{
    /// <summary>The kind of task that an entry asks for; null for machines.</summary>
    internal static TaskForm? FormOf(StrictJson entry) =>
        entry.IsObject ? TaskForms.Others.FirstOrDefault(form => entry.Optional(form.Key) is not null) : null;

    /// <summary>Holds an entry to the keys that it may have.</summary>
    internal static void CheckKeys(StrictJson entry, TaskForm form)
    {
        if (entry.Optional("machine") is not null) throw entry.Error($"say either 'machine' or '{form.Key}', not both");
        if (entry.Optional("data") is { } data)
            throw data.Error($"'data' says how a machine's sequences are drawn, and '{form.Key}' draws none; leave it out here");
        entry.WithKeys("name", form.Key, "factors", "training");
    }

    /// <summary>How an entry of any kind has its networks trained: its own <c>training</c> over the defaults'.</summary>
    /// <param name="network">What is trained; null where it can't be read.</param>
    /// <returns>False where something of it is wrong and that is collected.</returns>
    internal static bool ReadTraining(StrictJson entry, StrictJson defaults, NetworkSpec? network, out TrainingSpec? training)
    {
        var isRead = entry.Try(() => SpecJson.ReadTraining(defaults.Required("training"), null), out var common);
        training = common;
        if (entry.IsObject && entry.Optional("training") is { } own)
            isRead &= entry.Try(() => SpecJson.ReadTraining(own, common), out training);
        if (!isRead || network is null) return isRead;
        var loss = training!.Loss;
        var given = entry.IsObject ? entry.Optional("training")?.Optional("loss") : null;
        return entry.Try(() => network.CheckLoss(given ?? defaults.Required("training").Required("loss"), loss));
    }

    /// <summary>The entry, or null where something of it is wrong and that is collected.</summary>
    internal static PopulationMachine? Read(
        StrictJson entry, TaskForm form, string name, StrictJson defaults, NetworkSpec? network, TaskFiles? files)
    {
        var hasTask = entry.Try(() => form.OfPopulation(entry.Required(form.Key), files), out var planned);
        var hasTraining = ReadTraining(entry, defaults, network, out var training);
        if (!hasTask || network is null) return null;
        return entry.Try(() => network.CheckFit(entry, name, planned!.Task)) && hasTraining
            ? new PopulationMachine(name, planned!.Task, training!) { DataSha256 = planned.DataSha256 }
            : null;
    }
}
