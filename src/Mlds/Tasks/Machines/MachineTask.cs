using System.Text.Json.Nodes;

namespace Mlds.Tasks.Machines;

/// <summary>To answer command sequences as a machine does.</summary>
/// <param name="Machine">The machine's full definition.</param>
/// <param name="Data">Which sequences.</param>
public sealed record MachineTask(MachineDefinition Machine, DataSpec Data) : SequenceTask
{
    /// <summary>Keys of a recipe that are this task's.</summary>
    internal static IReadOnlyList<string> Keys { get; } = ["machine", "data"];

    /// <summary>The machine itself.</summary>
    public IMachine Build() => Machine.Build();

    public override (int Inputs, int Outputs) Lines
    {
        get
        {
            var machine = Build();
            return (machine.Inputs, machine.Outputs);
        }
    }

    public override int TrainingCount => Data.Training;

    public override int ValidationCount => Data.Validation;

    public override int Steps => Data.Length;

    public override int WorkerLevel => Data.LabelNoise > 0 ? 3 : Kernels.Shapes.WorkerLevel.First;

    /// <summary>
    /// Symbols, encoded inputs and targets take 9 bytes per command; the order of the training sequences takes 4 per sequence.
    /// </summary>
    public override long Bytes =>
        (9 * (((long)Data.Training * Data.Length) + ((long)Data.Validation * Data.Length) + ((long)Data.LongTest * Data.LongLength)))
        + (4L * Data.Training);

    public override SequenceData Generate() => SequenceData.Generate(Build(), Data);

    public override string? ContradictionIn(TrainingData data) => SequenceCheck.ContradictionIn(this, data);

    public override void WriteTo(JsonObject recipe)
    {
        recipe["machine"] = Machine.ToJson();
        recipe["data"] = DataSpecJson.Write(Data);
    }

    /// <summary>The task of a recipe.</summary>
    /// <exception cref="FormatException">Not one; the message names the JSON path.</exception>
    internal static MachineTask ReadForm(StrictJson recipe)
    {
        var definition = MachineDefinition.Read(recipe.Required("machine"));
        var data = DataSpecJson.ReadData(
            recipe.Required("data"), null, planted => DataSpecJson.ReadPlanted(planted, definition.Build()));
        DataSpecJson.CheckSize(recipe.Required("data"), data);
        return new MachineTask(definition, data);
    }
}
