using Mlds.Networks;
using Mlds.Tasks;
using Mlds.Tasks.Machines;

namespace Mlds.Recipes;

/// <summary>All of a recipe but its seed and its machine's name: what networks of a machine share unless a population varies it.</summary>
sealed record NetworkSetting(NetworkSpec Network, LearningTask Task, TrainingSpec Training)
{
    /// <summary>The same with another value of one field.</summary>
    /// <exception cref="FormatException">The field doesn't allow it; the message says what is allowed.</exception>
    internal NetworkSetting With(VariedField field, FactorValue value)
    {
        var json = StrictJson.Parse(field.With(value), field.Path);
        switch (field.Part)
        {
            case VariedField.Network:
                var network = Network.ToJson();
                network[field.Key] = value.ToJson();
                return this with { Network = NetworkSpec.Read(StrictJson.Parse(network.ToJsonString(), field.Path)) };
            case VariedField.Data:
                var task = Task as MachineTask ?? throw json.Error("its examples come from a file, so they can't be varied");
                return this with { Task = task with { Data = DataSpecJson.ReadData(json, task.Data, _ => task.Data.Planted!) } };
            default:
                return this with { Training = SpecJson.ReadTraining(json, Training) };
        }
    }

    /// <summary>The same with another value of several fields.</summary>
    internal NetworkSetting With(IReadOnlyList<(VariedField Field, FactorValue Value)> values) =>
        values.Aggregate(this, (setting, one) => setting.With(one.Field, one.Value));
}
