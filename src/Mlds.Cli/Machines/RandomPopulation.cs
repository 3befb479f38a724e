using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Mlds.Networks;
using Mlds.Tasks.Machines;

namespace Mlds.Cli.Machines;

/// <summary>The population file of a set of random automata (docs/formats/population.md).</summary>
/// <param name="Name">The population's name.</param>
/// <param name="Set">The set.</param>
/// <param name="Automata">Its automata, in order.</param>
sealed record RandomPopulation(string Name, RandomAutomata Set, IReadOnlyList<AutomatonDefinition> Automata)
{
    const int Widest = 140;

    /// <summary>What automaton <paramref name="number"/> is called.</summary>
    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"Automaton{number:000}");

    /// <summary>The command that draws the set, without where it writes to.</summary>
    public string Command() => string.Create(
        CultureInfo.InvariantCulture,
        $"mlds machines --random {Automata.Count} --seed {Set.Seed} --states {Set.LeastStates}..{Set.LargestStates} "
        + $"--symbols {Set.Symbols} --outputs {Set.Outputs} --stay {Set.Stay}");

    /// <summary>The text of the file. The recipe is the one found for ds3 (docs/recipes.md).</summary>
    public string ToText()
    {
        var ds1 = RecurrentSpec.Ds1;
        var linear = $"\"linear\": [{string.Join(", ", [.. ds1.Linear.SkipLast(1), Set.Outputs])}]";
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {
              "name": {{JsonValue.Create(Name).ToJsonString()}},
              "description": "Random automata, drawn by `{{Command()}}`.",
              "licence": "CC-BY-SA-4.0",
              "network": {"inputs": {{Set.Symbols}}, "hidden": {{ds1.Hidden}}, "layers": {{ds1.Layers}}, {{linear}}, "activation": "none"},
              "networks": 100,
              "defaults": {
                "data": {"seed": 1, "training": 32768, "validation": 2048, "length": 16, "long_test": 512, "long_length": 256},
                "training": {
                  "optimizer": "adam", "loss": "mean_squared_error", "batch": 128,
                  "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8, "clip_norm": 0.1,
                  "schedule": {"halve_after": 5, "minimum": 0.0005}, "goal_loss": 0.0001, "epoch_limit": 100, "milestone_every": 10
                }
              },
              "factors": {
                "states": {"kind": "number", "description": "States of the automaton, which is minimal."}
              },
              "machines": [
            {{string.Join(",\n", Automata.Select(Entry))}}
              ]
            }

            """);
    }

    string Entry(AutomatonDefinition automaton, int number)
    {
        var json = automaton.ToJson();
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
                {
                  "name": "{{NameOf(number)}}", "factors": {"states": {{automaton.Next.Count}}},
                  "machine": {
                    "form": "automaton", "symbols": {{automaton.Symbols}}, "outputs": {{automaton.Outputs}}, "start": {{automaton.Start}},
                    "next": [{{Wrapped(json["next"]!.AsArray())}}],
                    "output": [{{Wrapped(json["output"]!.AsArray())}}]
                  }
                }
            """);
    }

    /// <summary>An array's items, in as few lines as there can be.</summary>
    static string Wrapped(JsonArray items)
    {
        const string Indent = "          ";
        var text = new StringBuilder();
        var column = 0;
        foreach (var (index, item) in items.Index())
        {
            var json = item!.ToJsonString() + (index < items.Count - 1 ? "," : "");
            if (column == 0 || column + json.Length >= Widest)
            {
                text.Append('\n').Append(Indent);
                column = Indent.Length;
            }
            else
            {
                text.Append(' ');
                column++;
            }

            text.Append(json);
            column += json.Length;
        }

        return text.Append("\n        ").ToString();
    }
}
