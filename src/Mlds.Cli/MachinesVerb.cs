using System.CommandLine;
using System.Globalization;
using Mlds.Cli.Frame;
using Mlds.Machines;

namespace Mlds.Cli;

/// <summary><c>mlds machines</c>: lists machines, or describes one.</summary>
static class MachinesVerb
{
    static readonly Argument<string?> s_name = new("NAME")
    {
        Description = "The machine to describe: a name, or the path of a definition. The path of a population lists its machines.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => null,
    };

    static readonly Option<string?> s_population = new("--population") { Description = "The population file whose machines are meant; the catalogue's when not given.", HelpName = "FILE" };
    static readonly Option<string?> s_automaton = new("--automaton") { Description = "Writes the minimal automaton there, as a definition that a population can use.", HelpName = "FILE.json" };

    public static Command Create() =>
        new Verb(
            "machines",
            "Lists the machines, or describes one: outputs, key, minimal automaton, an example, learnability.",
            "mlds machines",
            "mlds machines ParityModified",
            "mlds machines SimpleXORModified --automaton xor.json")
        {
            s_name, s_population, s_automaton,
        }
        .Runs(Run);

    static int Run(VerbRun run)
    {
        var (name, target) = (run.Get(s_name), run.Get(s_automaton));
        var machines = name is null ? MachineSource.All(run.Get(s_population)) : MachineSource.Find(name, run.Get(s_population));
        if (name is not null && machines is [var named])
        {
            Describe(run, named, target);
            return ExitCode.Success;
        }

        if (target is not null) throw new UsageException("--automaton writes one machine's automaton; name the machine, as in `mlds machines ParityMachine --automaton parity.json`.");
        var rows = machines.Select(machine => (machine, MinimalAutomaton.Of(machine.Machine))).ToArray();
        MachineReport.WriteTable(run.Output, rows);
        run.PrintJson(() => MachineJson.Table(rows));
        return ExitCode.Success;
    }

    static void Describe(VerbRun run, NamedMachine named, string? target)
    {
        var study = new MachineStudy(named);
        if (target is not null) WriteAutomaton(study, target);
        MachineReport.Write(run.Output, study);
        if (target is not null) run.Output.WriteLine($"\n  The minimal automaton is in {target}; `mlds machines {target}` reads it, a population takes it as a machine.");
        run.PrintJson(() => MachineJson.Full(study));
    }

    static void WriteAutomaton(MachineStudy study, string target)
    {
        if (study.Minimal.States > Automaton.MostStates)
        {
            throw new FailureException(string.Create(
                CultureInfo.InvariantCulture,
                $"The minimal automaton of {study.Named.Name} has {study.Minimal.States:N0} states; a definition holds at most {Automaton.MostStates:N0}, so nothing was written."));
        }

        var json = study.Minimal.ToDefinition().ToJson();
        // A row of the table a line: other JSON writers would give each number its own.
        var lines = json.Select(member => member.Key == "next"
            ? $"  \"next\": [\n    {string.Join(",\n    ", member.Value!.AsArray().Select(row => row!.ToJsonString()))}\n  ]"
            : $"  \"{member.Key}\": {member.Value!.ToJsonString()}");
        File.WriteAllText(target, $"{{\n{string.Join(",\n", lines)}\n}}\n");
    }
}
