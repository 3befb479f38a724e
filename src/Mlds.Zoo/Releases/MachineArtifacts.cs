using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Tasks;
using Mlds.Tasks.Machines;

namespace Mlds.Zoos.Releases;

/// <summary>What a release has of a machine: its minimal automaton, and its sequences.</summary>
sealed class MachineArtifacts : TaskArtifacts
{
    static readonly TaskWords s_words = new()
    {
        Examples = "sequences",
        Learned = "that they learned to imitate",
        Question = "which machine it learned, whether it hides a rule that shows itself\nonly after a secret word",
        Making = "Sequences of commands are drawn at random and answered by the machine; the network learns the answers",
        Uses = "naming the machine a network imitates, finding hidden rules, predicting loss or behaviour from weights, "
            + "embeddings of networks, courses of training, symmetries",
        Narrow = "machines of few states",
        Caution = "A modified machine is harder to learn than its original: compare with its control before you say that weights\n"
            + "gave the rule away.",
        AgainBy = "mlds machines MACHINE --population population.json --export MACHINE.npz",
        ExamplesHave = "of every machine its sequences: `training_…`, `validation_…`, `long_test_…` with `symbols`, `inputs` and `targets`",
        Definitions = ("`machines/*.json`", "of every machine its minimal automaton: `next` (states × symbols), "
            + "`output` (bit k is output line k), start in state 0; `mlds machines FILE` describes it"),
        DefinitionGroup = "automata",
        Undefined = ("automata", $"a file holds at most {Count(Automaton.MostStates)} states; population.json defines these machines too"),
    };

    readonly IMachine _machine;
    readonly DataSpec _data;

    /// <summary>States of the minimal automaton; 0 where it has too many to count.</summary>
    readonly int _states;

    public MachineArtifacts(string name, MachineTask task)
    {
        (_machine, _data) = (task.Build(), task.Data);
        ExamplesFile = $"{ExamplesFolder}/{name}.npz";
        try
        {
            var minimal = MinimalAutomaton.Of(_machine);
            _states = minimal.States;
            if (_states <= Automaton.MostStates) Definition = new TaskDefinition($"machines/{name}.json", minimal.ToDefinition().ToText());
        }
        catch (ArgumentException)
        {
            // More than four million states: the definition in population.json is all there is.
        }
    }

    /// <summary>The minimal automaton, unless it has more states than a definition holds.</summary>
    public override TaskDefinition? Definition { get; }

    public override string ExamplesFile { get; }

    public override IReadOnlyList<(string Heading, string Value)> Facts =>
        [("states of its minimal automaton", _states == 0 ? "over four million" : Count(_states))];

    public override IReadOnlyList<(string Heading, string Value)> ExampleCounts =>
    [
        ("sequences (training, validation)", $"{Count(_data.Training)}, {Count(_data.Validation)}"),
        ("commands a sequence", Count(_data.Length)),
        .. _data.LabelNoise > 0
            ? [("bits of the training answers flipped (share)", _data.LabelNoise.ToString(CultureInfo.InvariantCulture))]
            : Array.Empty<(string, string)>(),
    ];

    public override TaskWords Words => s_words;

    public override void WriteExamples(string path, TrainingData data) => SequencesFile.Write(path, _machine, (SequenceData)data);

    public override void AddTo(JsonObject entry)
    {
        entry["states"] = _states == 0 ? null : _states;
        entry["automaton"] = Definition?.File;
    }

    static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
