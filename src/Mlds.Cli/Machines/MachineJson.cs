using System.Text.Json.Nodes;
using Mlds.Tasks.Machines;

namespace Mlds.Cli.Machines;

/// <summary>What <c>mlds machines --json</c> prints (docs/formats/machine.md).</summary>
static class MachineJson
{
    public static JsonObject Table(IReadOnlyList<(NamedMachine Named, MinimalAutomaton Minimal)> machines) => new()
    {
        ["machines"] = Array(machines.Select(machine => (JsonNode)Summary(machine.Named, machine.Minimal))),
    };

    public static JsonObject Full(MachineStudy study)
    {
        var machine = study.Named.Machine;
        var json = Summary(study.Named, study.Minimal);
        json["definition"] = machine.Definition.ToJson();
        json["inputs"] = machine.Inputs;
        json["outputs"] = machine.Outputs;
        json["symbols"] = Array(Enumerable.Range(0, machine.Symbols).Select(symbol => (JsonNode)machine.Describe(symbol)));
        json["given_states"] = study.Minimal.GivenStates;
        json["reachable_states"] = study.Minimal.ReachableStates;
        json["was_minimal"] = study.Minimal.WasMinimal;
        if (Automaton.Within(machine) is { } automaton) json["superfluous_states"] = Superfluous(automaton.Superfluous());
        json["definite_memory"] = study.Minimal.DefiniteMemory();
        json["example"] = Array(study.Example.Select(step => (JsonNode)Step(machine, step)));
        json["learnability"] = Measured(study);
        return json;
    }

    public static JsonObject Difficulty(MachineDifficulty difficulty) => new()
    {
        ["states"] = difficulty.States,
        ["length"] = difficulty.Length,
        ["told_by_last"] = Array(difficulty.ToldByLast.Select(share => (JsonNode)share)),
        ["constant_error"] = difficulty.ConstantError,
    };

    static JsonObject Summary(NamedMachine named, MinimalAutomaton minimal)
    {
        var json = new JsonObject
        {
            ["name"] = named.Name,
            ["live_outputs"] = Array(MachineWords.LiveLines(named.Machine).Select(line => (JsonNode)line)),
            ["states"] = minimal.States,
            ["transitions"] = minimal.Transitions,
        };
        if (named.Machine is not KeyedMachine keyed) return json;
        json["key"] = Array(keyed.Key.Select(symbol => (JsonNode)symbol));
        json["key_words"] = Array(keyed.Key.Select(symbol => (JsonNode)keyed.Describe(symbol)));
        json["rule"] = keyed.Rule == KeyRule.Invert ? "invert" : "hold";
        json["changed_steps"] = keyed.Steps;
        return json;
    }

    static JsonObject Superfluous(SuperfluousStates states) => new()
    {
        ["unreachable"] = Array(states.Unreachable.Select(state => (JsonNode)state)),
        ["equal"] = Array(states.Equal.Select(group => (JsonNode)Array(group.Select(state => (JsonNode)state)))),
    };

    static JsonObject Step(IMachine machine, ExampleStep step)
    {
        var json = new JsonObject
        {
            ["symbol"] = step.Symbol,
            ["command"] = machine.Describe(step.Symbol),
            ["outputs"] = MachineWords.Digits(machine, step.Outputs),
        };
        if (machine is not KeyedMachine) return json;
        json["without_key"] = MachineWords.Digits(machine, step.WithoutKey);
        json["key_complete"] = step.KeyComplete;
        json["changed_step"] = step.Changed;
        return json;
    }

    static JsonObject Measured(MachineStudy study)
    {
        var measured = study.Learnability;
        var json = new JsonObject
        {
            ["sequences"] = study.Sequences.Count,
            ["length"] = study.Sequences.Length,
            ["data_seed"] = study.Named.Data.Seed,
            ["goal_loss"] = study.Named.GoalLoss,
            ["plateau_loss"] = measured.PlateauLoss,
            ["error_with_last"] = Array(measured.ErrorWithLast.Select(error => (JsonNode)error)),
            ["output_entropy_bits"] = measured.OutputEntropy,
            ["lines"] = Array(measured.Lines.Select(
                line => (JsonNode)new JsonObject { ["line"] = line.Line, ["ones"] = line.Ones, ["constant_error"] = line.ConstantError })),
        };
        if (study.Named.Data.Planted is { } planted)
        {
            json["planted"] =
                new JsonObject { ["key"] = Array(planted.Key.Select(symbol => (JsonNode)symbol)), ["one_in"] = planted.OneIn };
        }

        if (measured.Key is not { } key) return json;
        json["keys_a_sequence"] = key.KeysASequence;
        json["changed_share"] = key.ChangedShare;
        json["error_ignoring_key"] = key.ErrorIgnoringKey;
        json["share_of_rule_to_learn"] = key.ShareToLearn(study.Named.GoalLoss);
        return json;
    }

    static JsonArray Array(IEnumerable<JsonNode> items) => new([.. items]);
}
