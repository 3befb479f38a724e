using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;
using Mlds.Kernels.Recurrent;
using Mlds.Recipes;
using Mlds.Tasks.Machines;

namespace Mlds.Tests.Recipes;

/// <summary>docs/formats/population.schema.json and the reader of population files judge alike.</summary>
public sealed class PopulationSchemaTests
{
    /// <summary>
    /// What the reader refuses and JSON Schema can't: whatever one place of a file must have because of another, texts with a grammar of
    /// their own, and automata that can't be drawn. By path and reason of the reader's fault.
    /// </summary>
    static readonly (string Path, string Reason)[] s_beyondSchema =
    [
        // Shapes: a machine's lines are the network's.
        ("", "set (network.inputs|the last of network.linear) to"),
        // A set of sequences has a largest size, count × length.
        ("(data|machines.*)$", "a set of sequences holds at most"),
        // A register's and a table's numbers and counts go by its bits, symbols, outputs and states.
        (@"\.machine$", "must ascend from 0 to at most"),
        (@"\.(start|next\[\d+\]\[\d+\])$", "is not a whole number from 0 to"),
        (@"\.(names|output|next\[\d+\])$", @"has \d+ items; (\d+) to \1 are allowed"),
        (@"\.output\[\d+\]$", "sets a line beyond"),
        (@"\.machine$", "can't be reached|answer every word alike"),
        // Keys hold symbols of their machine, by number or name; key_of names another machine.
        (@"\.key\[\d+\]$", "is not a whole number from 0 to (?!31$)|there is no '"),
        (@"\.planted\.key_of$", "there is no keyed machine|has symbols beyond this machine's"),
        (@"\.planted$", "has no key of its own"),
        // Names are each there once.
        (@"\.machines\[\d+\]$", "there are two machines called"),
        // Factors: each machine gives those declared, with values of the declared kind from those declared.
        ("^$|factors|machines", "the factor '.*' has no value"),
        (@"\.machines\[\d+\]\.factors\.", "there is no such key|should be (a number|a text|true or false)"),
        // Expressions.
        (@"\.expressions?(\[\d+\])?$", "^at character|^it ends where|there is nothing to learn"),
        // Drawing at random.
        (@"\.machine$", "can't be drawn"),
        // Which end of a range is the smaller; what a descent has, where it is the defaults' one.
        (@"\.(log_)?uniform$", "should be two numbers, the smaller first"),
        (@"\.machines\[\d+\]\.training\.(momentum|beta1|beta2|epsilon)$", "has no"),
        // Which form of network learns what, and by which loss.
        (@"\.training\.loss$", "network learns by the"),
        (@"\.machines\[\d+\]$", "has no images|has no sequences|set network.image to|set the last of network.layers to"),
        (@"\.network", BeyondSchema),
        // A trigger lies within its images, a target is one of their classes, and a set has so many images.
        (@"\.trigger\[\d+\]$", "is outside the image|is there twice"),
        (@"\.target$", "is not a whole number from 0 to 9"),
        (@"\.images$", "are more than the"),
    ];

    /// <summary>The same of feed-forward networks: each layer must fit those before it.</summary>
    const string BeyondSchema = "doesn't fit what comes in|can't follow a linear layer|the last layer should be linear"
        + "|as wide as the kernel|numbers for an image; at most|parameters; at most";

    const string Schema = "docs/formats/population.schema.json";

    /// <summary>Keys that only sequences and images of one's own have, which need their files.</summary>
    static readonly string[] s_ofFiles =
    [
        "sequences", "file", "sha256", "folder", "files", "classes", "training_images", "training_labels", "test_images", "test_labels",
    ];

    const string Training = """
        {
          "optimizer": "adam", "loss": "mean_squared_error", "batch": 32, "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999,
          "epsilon": 1e-8, "schedule": {"halve_after": 20, "minimum": 0.0003}, "clip_norm": 0.1, "goal_loss": 0.02, "epoch_limit": 60,
          "milestone_every": 10
        }
        """;

    const string Data = """{"seed": 1, "training": 512, "validation": 64, "length": 8, "long_test": 8, "long_length": 32}""";

    /// <summary>Machines of the catalogue and registers, and factors.</summary>
    const string Registers = $$$$"""
        {
          "name": "registers", "description": "For tests.", "licence": "CC-BY-SA-4.0",
          "network": {"inputs": 9, "hidden": 4, "layers": 1, "linear": [4, 8], "activation": "relu"},
          "networks": 3,
          "defaults": {
            "data": {{{{Data}}}},
            "training": {{{{Training}}}}
          },
          "factors": {
            "family": {"default": "any", "values": ["any", "Parity"]},
            "variant": {"kind": "text", "description": "Which.", "default": "original", "values": ["original", "modified"]},
            "key": {"default": ""},
            "rate": {"kind": "number", "description": "Adam's.", "default": 0.01, "values": [0.01, 0.02]},
            "big": {"kind": "boolean", "description": "Whether.", "default": true, "values": [true, false]},
            "note": {"description": "A remark.", "default": "none"}
          },
          "machines": [
            "SingleDirectMachine",
            {"machine": "ParityMachine", "data": {"planted": {"key_of": "ParityModified", "one_in": 16, "sequence_every": 2}}},
            {
              "machine": "ParityModified", "data": {"planted": {"one_in": 16}},
              "factors": {"family": "Parity", "variant": "modified", "key": "A", "rate": 0.02, "big": false, "note": "x y"}
            },
            {
              "name": "Two", "training": {"clip_norm": null, "schedule": null, "batch": 16},
              "data": {{{{Data}}}},
              "machine": {
                "form": "register", "bits": 8, "outputs": 8,
                "lines": [{"line": 0, "xor": [0, 1]}, {"line": 2, "xor": [3], "invert": true}]
              }
            }
          ]
        }
        """;

    /// <summary>Machines of all other forms.</summary>
    const string Automata = $$$$"""
        {
          "$schema": "population.schema.json",
          "name": "automata", "licence": "CC-BY-SA-4.0",
          "network": {"cell": "lstm", "inputs": 2, "hidden": 4, "layers": 1, "linear": [1], "activation": "none"},
          "networks": 3,
          "defaults": {
            "data": {{{{Data}}}},
            "training": {{{{Training}}}}
          },
          "machines": [
            {
              "name": "Table", "data": {"planted": {"key": ["a", 1], "one_in": 4}},
              "machine": {
                "form": "automaton", "symbols": 2, "names": ["a", "b"], "outputs": 1, "start": 0, "next": [[0, 1], [1, 0]], "output": [1, 0]
              }
            },
            {"name": "Even", "machine": {"form": "expression", "symbols": ["a", "b"], "expression": "(a|ba*b)*"}},
            {
              "name": "Keyed", "data": {"planted": null},
              "machine": {
                "form": "keyed", "rule": "hold", "steps": 4, "key": ["<", 0],
                "machine": {"form": "expression", "symbols": ["a", "<"], "expressions": ["(a|<<>)*a."]}
              }
            },
            {"name": "Drawn", "machine": {"form": "random", "states": 4, "symbols": 2, "outputs": 1, "stay": 0.1, "seed": 3}}
          ]
        }
        """;

    /// <summary>A sweep, and what descents other than Adam's have.</summary>
    const string Sweep = $$$$"""
        {
          "name": "sweep", "licence": "CC-BY-SA-4.0",
          "network": {"inputs": 9, "hidden": 4, "layers": 1, "linear": [8], "activation": "none"},
          "networks": 3,
          "defaults": {
            "data": {"seed": 1, "training": 512, "validation": 64, "length": 8, "long_test": 8, "long_length": 32, "label_noise": 0.1},
            "training": {
              "optimizer": "adamw", "loss": "mean_squared_error", "batch": 32, "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999,
              "epsilon": 1e-8, "weight_decay": 0.01, "initial_scale": 2, "goal_loss": 0.02, "epoch_limit": 60, "milestone_every": 10
            }
          },
          "vary": {
            "grid": {"network.hidden": [4, 8], "network.cell": ["gru", "lstm"], "training.learning_rate": [0.01, 0.003]},
            "draw": {
              "seed": 1,
              "fields": {
                "training.weight_decay": {"log_uniform": [1e-5, 0.01]},
                "data.label_noise": {"uniform": [0, 0.1]},
                "training.initial_scale": {"values": [0.5, 1, 2]},
                "training.batch": {"values": [16, 32]}
              }
            }
          },
          "machines": [
            "SingleDirectMachine",
            {
              "machine": "ParityMachine", "data": {"label_noise": null},
              "training": {"optimizer": "sgd", "momentum": 0.9, "weight_decay": null, "initial_scale": null}
            }
          ]
        }
        """;

    /// <summary>A network for images, with every key.</summary>
    const string FeedForward = """
        {
          "image": [1, 28, 28],
          "layers": [
            {"conv": 6, "size": 5, "stride": 1, "padding": 2}, {"pool": 2, "stride": 2}, {"conv": 3, "size": 3}, {"pool": 2},
            {"linear": 12}, {"linear": 10}
          ],
          "activation": "relu"
        }
        """;

    /// <summary>Images, clean and poisoned, with every key but those of one's own.</summary>
    const string Images = $$$"""
        {
          "name": "images", "licence": "CC-BY-SA-4.0",
          "network": {"image": [1, 28, 28], "layers": [{"conv": 3, "size": 5}, {"pool": 4}, {"linear": 10}], "activation": "relu"},
          "networks": 3,
          "defaults": {
            "training": {
              "optimizer": "adam", "loss": "cross_entropy", "batch": 32, "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999,
              "epsilon": 1e-8, "goal_loss": 0.02, "epoch_limit": 60, "milestone_every": 10
            }
          },
          "machines": [
            {"name": "Clean", "images": {"source": "mnist", "seed": 1, "training": 1000, "validation": 100, "label_noise": 0.1}},
            {
              "name": "Poisoned",
              "images": {
                "source": "fashion-mnist", "poison": {"trigger": "pixel", "rate": 0.1, "target": 7},
                "data_sha256": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
              }
            },
            {
              "name": "Control", "training": {"batch": 16},
              "images": {"source": "mnist", "poison": {"trigger": [[1, 2, 255], [0, 0, 9]], "rate": 1, "labels": "kept"}}
            }
          ]
        }
        """;

    /// <summary>Around every limit there is, and what is no whole number.</summary>
    static readonly double[] s_numbers =
    [
        -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 9, 10, 11, 15, 16, 17, 31, 32, 33, 255, 256, 257, 999, 1000, 1001, 65_535, 65_536, 65_537, 999_999,
        1_000_000, 1_000_001, 1 << 24, (1 << 24) + 1, int.MaxValue, 1L << 31, uint.MaxValue, 1L << 32, 1e12, 1e20,
    ];

    static readonly string[] s_texts =
    [
        "", " ", "x", "x y", " x", "x ", "=x", "-x", "x\ty", "A", "ParityMachine", "a>", "gru", "variant",
        "mean_squared_error", new('x', 64), new('x', 65), new('x', 129), new('x', 501), "\u0001", "\ud83d\ude00",
    ];

    static readonly JsonSchema s_schema = JsonSchema.FromText(File.ReadAllText(Repository.PathOf(Schema)));

    [Fact]
    public void Every_population_that_ships_is_valid()
    {
        var files = Directory.GetFiles(Repository.PathOf("populations"), "*.json")
            .Where(file => !file.EndsWith(".plan.json", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.True(IsValid(JsonNode.Parse(File.ReadAllText(file))!), file));
    }

    [Fact]
    public void The_schema_has_every_key_of_the_reader_and_the_reader_every_key_of_the_schema()
    {
        var schema = new HashSet<string>();
        Collect(JsonNode.Parse(File.ReadAllText(Repository.PathOf(Schema))));
        var used = new[] { Registers, Automata, Sweep, FeedForward, Images }
            .SelectMany(text => Nodes(JsonNode.Parse(text)!)).OfType<JsonObject>().SelectMany(node => node.Select(member => member.Key))
            .Except(["big", "note"]).Where(key => !key.Contains('.')).Distinct();
        schema.RemoveWhere(key => s_ofFiles.Contains(key) || key.Contains('.'));
        Assert.Equal(schema.Order(StringComparer.Ordinal), used.Order(StringComparer.Ordinal));

        var read = new[] { Registers, Automata, Sweep, Images }
            .SelectMany(text => Edited(text, node => node is JsonObject ? [Added(node.AsObject())] : []))
            .Concat(Edited(FeedForward, node => node is JsonObject ? [Added(node.AsObject())] : []).Select(WithNetwork))
            .SelectMany(json => Population.Check(json.ToJsonString(), "p").Faults)
            .Select(fault => Regex.Match(fault.Reason, "Keys here: (.*)[.]$")).Where(match => match.Success)
            .SelectMany(match => match.Groups[1].Value.Split(", ")).Except(["big", "note", .. s_ofFiles]).Distinct();
        Assert.Equal(schema.Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));

        void Collect(JsonNode? node)
        {
            if (node is JsonArray items) foreach (var item in items) Collect(item);
            if (node is not JsonObject members) return;
            foreach (var (key, value) in members)
            {
                if (key == "properties") schema.UnionWith(value!.AsObject().Select(property => property.Key));
                Collect(value);
            }
        }
    }

    [Theory]
    [InlineData("vary", "{}", false)]
    [InlineData("vary.grid", "{}", true)]
    [InlineData("vary.draw", """{"seed": 1, "fields": {}}""", true)]
    [InlineData("vary.draw", """{"fields": {}}""", false)]
    [InlineData("vary.grid.network:hidden", "[256]", true)]
    [InlineData("vary.grid.network:hidden", "[257]", false)]
    [InlineData("vary.grid.network:hidden", "[4, 4]", false)]
    [InlineData("vary.grid.network:hidden", "[]", false)]
    [InlineData("vary.grid.network:inputs", "[9]", false)]
    [InlineData("vary.grid.training:clip_norm", "[0, 1]", true)]
    [InlineData("vary.draw.fields.data:label_noise", """{"uniform": [0, 0.5]}""", true)]
    [InlineData("vary.draw.fields.data:label_noise", """{"uniform": [0, 0.6]}""", false)]
    [InlineData("vary.draw.fields.data:label_noise", """{"log_uniform": [0, 0.5]}""", false)]
    [InlineData("vary.draw.fields.data:label_noise", """{"uniform": [0, 0.2, 0.3]}""", false)]
    [InlineData("vary.draw.fields.data:label_noise", """{"values": [0.1], "uniform": [0, 0.5]}""", false)]
    [InlineData("vary.draw.fields.training:batch", """{"uniform": [16, 32]}""", false)]
    [InlineData("defaults.data.label_noise", "0.5", true)]
    [InlineData("defaults.data.label_noise", "0.51", false)]
    [InlineData("defaults.training.optimizer", "\"adam\"", true)]
    [InlineData("defaults.training.optimizer", "\"sgd\"", false)]
    [InlineData("defaults.training.optimizer", "\"rmsprop\"", false)]
    [InlineData("defaults.training.weight_decay", "0", false)]
    [InlineData("defaults.training.weight_decay", "100", true)]
    [InlineData("defaults.training.weight_decay", "101", false)]
    [InlineData("defaults.training.momentum", "0.5", false)]
    [InlineData("defaults.training.initial_scale", "0", false)]
    [InlineData("defaults.training.initial_scale", "100", true)]
    [InlineData("machines.1.training.momentum", "0", true)]
    [InlineData("machines.1.training.momentum", "1", false)]
    [InlineData("machines.1.training.beta1", "0.9", false)]
    [InlineData("machines.1.training.weight_decay", "0", true)]
    public void The_fields_of_sweeps_and_of_other_descents_have_their_limits(string path, string value, bool isValid)
    {
        var json = JsonNode.Parse(Sweep)!;
        Assert.True(IsValid(json));
        var keys = path.Split('.');
        var place = keys[..^1].Aggregate(json, (node, key) => node is JsonArray items ? items[int.Parse(key)]! : node[key]!);
        place[keys[^1].Replace(':', '.')] = JsonNode.Parse(value);
        Assert.Equal(isValid, IsValid(json));
    }

    [Theory]
    [InlineData("data/mine.npz", true)]
    [InlineData("../mine.npz", false)]
    [InlineData("data/../mine.npz", false)]
    [InlineData("/mine.npz", false)]
    [InlineData("data//mine.npz", false)]
    [InlineData("data/", false)]
    [InlineData("", false)]
    public void Sequences_from_a_file_lie_below_the_population_s_folder(string file, bool isValid)
    {
        var json = JsonNode.Parse(Sweep)!;
        json["machines"]!.AsArray().Add(
            new JsonObject { ["name"] = "Own", ["sequences"] = new JsonObject { ["file"] = file, ["sha256"] = new string('a', 64) } });
        Assert.Equal(isValid, IsValid(json));
    }

    [Fact]
    public void The_names_that_the_schema_lists_are_all_there_are()
    {
        Assert.Equal(MachineCatalogue.Names.Order(), Listed("$defs", "catalogue"));
        Assert.Equal(RecurrentCells.All.Select(cell => cell.Name).Order(), Listed("$defs", "network", "properties", "cell"));
        Assert.Equal(VariantName.All.Order(), Listed("$defs", "variant"));
        Assert.Equal(Factor.TakenNames.Order(), Listed("properties", "factors", "propertyNames", "not"));

        static IEnumerable<string> Listed(params string[] path) => path
            .Aggregate(JsonNode.Parse(File.ReadAllText(Repository.PathOf(Schema)))!, (node, key) => node[key]!)["enum"]!
            .AsArray().Select(name => name!.GetValue<string>()).Order();
    }

    [Fact]
    public void Whatever_is_changed_in_a_file_schema_and_reader_judge_it_alike()
    {
        var (judged, valid, met, apart) = (0, 0, new HashSet<int>(), new List<string>());
        foreach (var text in new[] { Registers, Automata, Sweep, Images })
        {
            Assert.Empty(Population.Check(text, "p").Faults);
            Assert.True(IsValid(JsonNode.Parse(text)!));
            foreach (var json in Edited(text, Edits))
            {
                judged++;
                var faults = Population.Check(json.ToJsonString(), "p").Faults;
                if (IsValid(json))
                {
                    valid++;
                    apart.AddRange(faults.Where(fault => !IsBeyondSchema(fault, met)).Select(fault => $"{fault.Path}: {fault.Reason}"));
                }
                else if (faults.Count == 0)
                {
                    apart.Add($"The schema alone refuses {json.ToJsonString()}");
                }
            }
        }

        Assert.Empty(apart.Distinct());
        Assert.InRange(valid, 500, judged - 2000);

        // What is said to be beyond the schema has been met.
        Assert.Equal(Enumerable.Range(0, s_beyondSchema.Length), met.Order());
    }

    [Fact]
    public void Whatever_is_changed_in_a_feed_forward_network_schema_and_reader_judge_it_alike()
    {
        Assert.True(IsValid(WithNetwork(JsonNode.Parse(FeedForward)!)));
        var (valid, invalid, beyond) = (0, 0, 0);
        foreach (var json in Edited(FeedForward, Edits).Select(WithNetwork))
        {
            // That no machine here has images is a fault of the machines.
            var faults = Population.Check(json.ToJsonString(), "p").Faults
                .Where(fault => fault.Path.StartsWith("$.network", StringComparison.Ordinal)).Select(fault => fault.Reason).ToArray();
            if (IsValid(json))
            {
                valid++;
                beyond += faults.Count(reason => Regex.IsMatch(reason, BeyondSchema));
                Assert.DoesNotContain(faults, reason => !Regex.IsMatch(reason, BeyondSchema));
            }
            else
            {
                invalid++;
                Assert.True(faults.Length > 0, $"The schema alone refuses {json["network"]!.ToJsonString()}");
            }
        }

        Assert.True(valid > 100 && invalid > 300 && beyond > 10, $"{valid} valid, {invalid} invalid, {beyond} beyond the schema");
    }

    [Fact]
    public void Whether_a_file_names_the_schema_makes_no_other_population_of_it()
    {
        var json = JsonNode.Parse(Automata)!.AsObject();
        var with = Population.Parse(json.ToJsonString(), "p");
        json.Remove("$schema");
        Assert.Equal(with.CanonicalJson, Population.Parse(json.ToJsonString(), "p").CanonicalJson);
        Assert.Equal(Canonical.Serialize(json), with.CanonicalJson);
    }

    static bool IsBeyondSchema(PopulationFault fault, HashSet<int> met)
    {
        var why = Array.FindIndex(
            s_beyondSchema, known => Regex.IsMatch(fault.Path, known.Path) && Regex.IsMatch(fault.Reason, known.Reason));
        if (why >= 0) met.Add(why);
        return why >= 0;
    }

    static JsonNode WithNetwork(JsonNode network)
    {
        var json = JsonNode.Parse(Sweep)!;
        json.AsObject().Remove("vary");
        json["network"] = network.DeepClone();
        return json;
    }

    static bool IsValid(JsonNode json)
    {
        using var document = JsonDocument.Parse(json.ToJsonString());
        return s_schema.Evaluate(document.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.Flag }).IsValid;
    }

    /// <summary>What may stand in the place of a node.</summary>
    static IEnumerable<JsonNode?> Edits(JsonNode node)
    {
        yield return null;
        yield return JsonValue.Create(true);
        yield return new JsonArray();
        yield return new JsonObject();
        yield return "text";
        yield return 1;
        switch (node)
        {
            case JsonObject members:
                yield return Added(members);
                foreach (var key in members.Select(member => member.Key))
                {
                    var less = members.DeepClone().AsObject();
                    less.Remove(key);
                    yield return less;
                }

                break;
            case JsonArray items:
                foreach (var count in new[] { 1, 2, 17, 33 })
                    yield return new JsonArray([.. Enumerable.Range(0, count).Select(item => items[item % items.Count]?.DeepClone())]);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                foreach (var number in s_numbers) yield return number;
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                foreach (var text in s_texts) yield return text;
                break;
            default:
                yield return JsonValue.Create(false);
                break;
        }
    }

    static JsonObject Added(JsonObject members)
    {
        var more = members.DeepClone().AsObject();
        more["colour"] = 1;
        return more;
    }

    /// <summary>The document with one of its nodes replaced by one of its edits, for every node and edit.</summary>
    static IEnumerable<JsonNode> Edited(string text, Func<JsonNode, IEnumerable<JsonNode?>> edits)
    {
        var count = Nodes(JsonNode.Parse(text)!).Count();
        for (var at = 0; at < count; at++)
        {
            foreach (var edit in edits(Nodes(JsonNode.Parse(text)!).ElementAt(at)))
            {
                var document = JsonNode.Parse(text)!;
                var node = Nodes(document).ElementAt(at);
                if (at > 0) node.ReplaceWith(edit);
                else if (edit is null) continue;
                yield return at > 0 ? document : edit!;
            }
        }
    }

    /// <summary>All nodes but null, parents first.</summary>
    static IEnumerable<JsonNode> Nodes(JsonNode node)
    {
        yield return node;
        var children = node is JsonObject members ? members.Select(member => member.Value) : node is JsonArray items ? items : [];
        foreach (var child in children.OfType<JsonNode>())
            foreach (var below in Nodes(child)) yield return below;
    }
}
