using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Training;

namespace Mlds.Zoos.Planning;

/// <summary>A verdict's JSON, both ways (docs/formats/plan.md).</summary>
static class VerdictJson
{
    const int Version = 1;
    const int Most = 1_000_000;

    static readonly JsonSerializerOptions s_indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal static string Write(Verdict verdict) =>
        new JsonObject
        {
            ["plan"] = Version,
            ["population"] = verdict.Population,
            ["machines"] = new JsonArray([.. verdict.Machines.Select(Write)]),
        }.ToJsonString(s_indented) + "\n";

    static JsonObject Write(MachineVerdict machine) => new()
    {
        ["name"] = machine.Name,
        ["recipe_sha256"] = machine.RecipeSha256,
        ["difficulty"] = machine.Difficulty is { } difficulty ? Write(difficulty) : null,
        ["data_fault"] = machine.DataFault,
        ["pilots"] = new JsonArray([.. machine.Pilots.Select(Write)]),
        ["unfinished"] = new JsonArray([.. machine.Begun.Select(Write)]),
    };

    static JsonObject Write(Difficulty difficulty) => new()
    {
        ["plateau_loss"] = difficulty.PlateauLoss,
        ["step_loss"] = difficulty.StepLoss,
        ["states"] = difficulty.States,
        ["told_by_last"] = new JsonArray([.. difficulty.ToldByLast.Select(share => (JsonNode)share)]),
    };

    static JsonObject Write(Pilot pilot) => new()
    {
        ["seed"] = pilot.Seed,
        ["recipe_id"] = pilot.RecipeId,
        ["outcome"] = OutcomeName.Of(pilot.Outcome),
        ["epochs"] = pilot.Epochs,
        ["validation_loss"] = Number(pilot.ValidationLoss),
        ["best_validation_loss"] = Number(pilot.BestValidationLoss),
        ["long_loss"] = Number(pilot.LongLoss),
        ["weights_sha256"] = pilot.WeightsSha256,
        ["seconds"] = pilot.Seconds,
        ["core_seconds"] = pilot.By.CoreSeconds,
        ["program_version"] = pilot.By.ProgramVersion,
        ["processor"] = pilot.By.Processor,
        ["kernel_set"] = pilot.By.KernelSet,
    };

    static JsonObject Write(BegunPilot pilot) => new()
    {
        ["seed"] = pilot.Seed,
        ["epochs"] = pilot.State.Epoch,
        ["seconds"] = pilot.Seconds,
        ["checkpoint"] = Convert.ToBase64String(pilot.State.ToBytes()),
    };

    internal static Verdict Read(string text, string source)
    {
        var json = StrictJson.Parse(text, source);
        if (!json.IsObject) throw json.Error("should be a verdict, an object with the key 'plan'");
        if (json.Required("plan").Integer(1, int.MaxValue) is var version and not Version)
            throw json.Error($"the verdict is of version {version}; this program reads version {Version}, so use a newer one");
        json.WithKeys("plan", "population", "machines");
        return new Verdict(json.Required("population").Text(), [.. json.Required("machines").Items().Select(ReadMachine)]);
    }

    static MachineVerdict ReadMachine(StrictJson json)
    {
        json.WithKeys("name", "recipe_sha256", "difficulty", "data_fault", "pilots", "unfinished");
        var (difficulty, fault) = (json.Required("difficulty"), json.Required("data_fault"));
        return new MachineVerdict(
            json.Required("name").Text(),
            json.Required("recipe_sha256").Text(),
            difficulty.IsNull ? null : ReadDifficulty(difficulty),
            fault.IsNull ? null : fault.Text(),
            [.. json.Required("pilots").Items().Select(ReadPilot)],
            [.. json.Required("unfinished").Items().Select(ReadBegun)]);
    }

    static Difficulty ReadDifficulty(StrictJson json)
    {
        json.WithKeys("plateau_loss", "step_loss", "states", "told_by_last");
        var states = json.Required("states");
        return new Difficulty(
            NotNegative(json.Required("plateau_loss")),
            NotNegative(json.Required("step_loss")),
            states.IsNull ? null : states.Integer(1, int.MaxValue),
            [.. json.Required("told_by_last").Items().Select(NotNegative)]);
    }

    static Pilot ReadPilot(StrictJson json)
    {
        json.WithKeys(
            "seed", "recipe_id", "outcome", "epochs", "validation_loss", "best_validation_loss", "long_loss", "weights_sha256", "seconds",
            "core_seconds", "program_version", "processor", "kernel_set");
        return new Pilot(
            json.Required("seed").Seed(),
            json.Required("recipe_id").Text(),
            OutcomeName.Parse(json.Required("outcome").OneOf("converged", "not_converged", "diverged")),
            json.Required("epochs").Integer(1, Most),
            Loss(json.Required("validation_loss")),
            Loss(json.Required("best_validation_loss")),
            Loss(json.Required("long_loss")),
            json.Required("weights_sha256").Text(),
            NotNegative(json.Required("seconds")),
            new Provenance(
                json.Required("program_version").Text(), json.Required("processor").Text(), json.Required("kernel_set").Text(), "",
                NotNegative(json.Required("core_seconds"))));
    }

    static BegunPilot ReadBegun(StrictJson json)
    {
        json.WithKeys("seed", "epochs", "seconds", "checkpoint");
        var (epochs, checkpoint) = (json.Required("epochs").Integer(1, Most), json.Required("checkpoint"));
        try
        {
            var state = Checkpoint.FromBytes(Convert.FromBase64String(checkpoint.Text()));
            if (state.Epoch != epochs) throw checkpoint.Error($"has {state.Epoch} epochs, not {epochs}");
            return new BegunPilot(json.Required("seed").Seed(), state, NotNegative(json.Required("seconds")));
        }
        catch (Exception problem) when (problem is InvalidDataException || problem.InnerException is null && problem is FormatException)
        {
            throw checkpoint.Error(problem.Message.TrimEnd('.'));
        }
    }

    /// <summary>JSON has no NaN and no infinity: a loss that is neither number is null.</summary>
    static JsonNode? Number(float value) => float.IsFinite(value) ? JsonValue.Create(value) : null;

    static float Loss(StrictJson json) => json.IsNull ? float.NaN : (float)NotNegative(json);

    static double NotNegative(StrictJson json) => json.Number(value => value >= 0, "a number of at least 0");
}
