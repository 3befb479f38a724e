using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Recipes;
using Mlds.Tasks.Machines;

namespace Mlds.Cli.Machines;

/// <summary><c>mlds machines --random</c>: draws a set of random automata and writes the population whose machines they are.</summary>
static class RandomMachines
{
    public const string Example = "mlds machines --random 100 --seed 1 --states 3..12 --out automata.json";

    /// <summary>A population of more machines than this would take years to train.</summary>
    const int MostAutomata = 10_000;

    public static readonly Option<int> Count = new("--random")
    {
        Description = $"Draws so many random automata (1 … {MostAutomata}) and writes their population, as `mlds generate` takes it.",
        HelpName = "N",
    };

    public static readonly Option<uint> Seed = new("--seed")
    {
        Description = "With --random: the seed of the set. Equal arguments give the same file; a larger N begins with the same automata.",
    };

    public static readonly Option<string?> States = new("--states")
    {
        Description =
            $"With --random: states of the automata, from the smallest to the largest, in turn; 2 … {RandomAutomata.MostStates}.",
        HelpName = "A..B",
    };

    public static readonly Option<int> Symbols = new("--symbols")
    {
        Description = $"With --random: symbols of all, 1 … {UnnamedAutomaton.MostSymbols}; 4 by default.",
        DefaultValueFactory = _ => 4,
    };

    public static readonly Option<int> Outputs = new("--outputs")
    {
        Description = "With --random: output lines of all, 1 … 32; 8 by default, as DS1's machines have.",
        DefaultValueFactory = _ => 8,
    };

    public static readonly Option<double> Stay = new("--stay")
    {
        Description = "With --random: the probability that a symbol leaves the state as it is, 0 … 1; 0.5 by default.",
        DefaultValueFactory = _ => 0.5,
    };

    public static readonly Option<string?> Target = new("--out")
    {
        Description = "With --random: the population file to write; must not exist yet. Its name is the population's.",
        HelpName = "FILE.json",
    };

    /// <summary>The options that only <c>--random</c> takes.</summary>
    public static IReadOnlyList<Option> Others { get; } = [Seed, States, Symbols, Outputs, Stay, Target];

    public static int Run(VerbRun run)
    {
        foreach (var needed in new Option[] { Seed, States, Target })
        {
            if (!run.Has(needed))
            {
                throw new UsageException($"--random needs {needed.Name} too, as in `{Example}`.");
            }
        }

        var count = Limits.Check("--random", run.Get(Count), 1, MostAutomata);
        var path = run.Get(Target)!;
        if (Path.Exists(path)) throw new FailureException($"'{path}' is already there; give another --out, or delete it.");
        var drawn = Draw(run, count, Path.GetFileNameWithoutExtension(path));
        var text = drawn.ToText();
        var population = Population.Parse(text, path); // its name may be none
        Write(path, text);
        var difficulties = drawn.Automata.Select(automaton => MachineDifficulty.Of(automaton.Build())).ToArray();
        Print(run.Output, path, drawn, difficulties);
        run.PrintJson(() => Json(path, population, difficulties));
        return ExitCode.Success;
    }

    static RandomPopulation Draw(VerbRun run, int count, string name)
    {
        var (least, largest) = ReadStates(run.Get(States)!);
        var set = new RandomAutomata(run.Get(Seed), least, largest, run.Get(Symbols), run.Get(Outputs), run.Get(Stay));
        try
        {
            return new RandomPopulation(name, set, [.. set.Draw(count).Select(automaton =>
            {
                run.Cancellation.ThrowIfCancellationRequested();
                return automaton;
            })]);
        }
        catch (ArgumentException problem)
        {
            throw new UsageException(problem.Message);
        }
    }

    static (int Least, int Largest) ReadStates(string text)
    {
        var ends = text.Split("..");
        var numbers = ends.Select(end => int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0);
        return numbers.ToArray() is [var least, .. var rest] && rest.Length < 2 && least > 0 && rest.All(largest => largest >= least)
            ? (least, rest is [var last] ? last : least)
            : throw new UsageException(
                $"--states takes two numbers, the smaller first, as in 3..12 (or one, if all are alike), but not '{text}'.");
    }

    static void Write(string path, string text)
    {
        var growing = $"{path}.unfinished-{Environment.ProcessId}";
        try
        {
            File.WriteAllText(growing, text);
            File.Move(growing, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(growing)) File.Delete(growing);
            throw new FailureException($"The population could not be written to '{path}': {exception.Message}", exception);
        }
    }

    static void Print(TextWriter output, string path, RandomPopulation drawn, IReadOnlyList<MachineDifficulty> difficulties)
    {
        var length = difficulties[0].Length;
        output.WriteLine("states  automata  told by the last 0      1      2      3  plateau");
        foreach (var group in difficulties.GroupBy(difficulty => difficulty.States).OrderBy(group => group.Key))
        {
            var told = Enumerable.Range(0, MachineDifficulty.LongestWindow + 1)
                .Select(window => FormattableString.Invariant($"{group.Average(difficulty => difficulty.ToldByLast[window]):0.000}"));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{group.Key,6}  {group.Count(),8}               {string.Join("  ", told)}    "
                + $"{group.Average(difficulty => difficulty.ConstantError):0.000}"));
        }

        output.WriteLine($"Told: the share of the output bits that the last k symbols tell at best, in words of {length}, on average.");
        output.WriteLine("Plateau: the loss of the best constant answer.");
        output.WriteLine(
            $"Written to {path}: {MachineWords.Count(drawn.Automata.Count, "machine")}; `mlds generate {path}` trains their networks.");
    }

    static JsonObject Json(string path, Population population, IReadOnlyList<MachineDifficulty> difficulties) => new()
    {
        ["population"] = population.Name,
        ["population_sha256"] = population.Sha256,
        ["file"] = path,
        ["machines"] = new JsonArray([.. difficulties.Select((difficulty, number) => (JsonNode)new JsonObject
        {
            ["name"] = RandomPopulation.NameOf(number),
            ["difficulty"] = MachineJson.Difficulty(difficulty),
        })]),
    };
}
