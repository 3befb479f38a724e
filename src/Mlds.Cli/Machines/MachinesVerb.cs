using System.CommandLine;
using System.Globalization;
using Mlds.Cli.Frame;
using Mlds.Tasks.Machines;
using Mlds.Zoos.Releases;

namespace Mlds.Cli.Machines;

/// <summary><c>mlds machines</c>: lists machines, or describes one.</summary>
static class MachinesVerb
{
    static readonly Argument<string?> s_name = new("NAME")
    {
        Description = "The machine to describe: a name, or the path of a definition. The path of a population lists its machines.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => null,
    };

    static readonly Option<string?> s_population = new("--population")
    {
        Description = "The population file whose machines are meant; without it, the catalogue.",
        HelpName = "FILE",
    };
    static readonly Option<string?> s_automaton = new("--automaton")
    {
        Description = "Writes the minimal automaton to this file, as a definition that a population can use.",
        HelpName = "FILE.json",
    };

    static readonly Option<string?> s_export = new("--export")
    {
        Description =
            "Writes the sequences that its networks learn from and are judged on to this file, for NumPy and PyTorch; must not exist yet.",
        HelpName = "FILE.npz",
    };

    public static Command Create() =>
        new Verb(
            "machines",
            "Lists the machines, or describes one: outputs, key, minimal automaton, an example, learnability. Or draws random ones.",
            "mlds machines",
            "mlds machines ParityModified",
            "mlds machines SimpleXORModified --automaton xor.json",
            "mlds machines ParityMachine --export parity.npz",
            RandomMachines.Example)
        {
            s_name, s_population, s_automaton, s_export,
            RandomMachines.Count, RandomMachines.Seed, RandomMachines.States, RandomMachines.Symbols, RandomMachines.Outputs,
            RandomMachines.Stay, RandomMachines.Target,
        }
        .Runs(Run);

    static int Run(VerbRun run)
    {
        if (run.Has(RandomMachines.Count)) return DrawAtRandom(run);
        if (RandomMachines.Others.FirstOrDefault(run.Has) is { } lone)
        {
            throw new UsageException($"{lone.Name} belongs to --random, as in `{RandomMachines.Example}`.");
        }

        var (name, target) = (run.Get(s_name), run.Get(s_automaton));
        var machines = name is null ? MachineSource.All(run.Get(s_population), run.Cancellation)
            : MachineSource.Find(name, run.Get(s_population), run.Cancellation);
        if (name is not null && machines is [var named])
        {
            Describe(run, named, target, run.Get(s_export));
            return ExitCode.Success;
        }

        if (target is not null)
        {
            throw new UsageException(
                "--automaton writes one machine's automaton; "
                + "name the machine, as in `mlds machines ParityMachine --automaton parity.json`.");
        }

        if (run.Has(s_export))
        {
            throw new UsageException(
                "--export writes one machine's sequences; name the machine, as in `mlds machines ParityMachine --export parity.npz`.");
        }

        var rows = machines.Select(machine => (machine, MinimalAutomaton.Of(machine.Machine))).ToArray();
        MachineReport.WriteTable(run.Output, rows);
        run.PrintJson(() => MachineJson.Table(rows));
        return ExitCode.Success;
    }

    static int DrawAtRandom(VerbRun run)
    {
        if (run.Get(s_name) is { } name)
            throw new UsageException($"--random draws new machines, so that '{name}' has no place here; leave one of the two out.");
        if (new Option[] { s_population, s_automaton, s_export }.FirstOrDefault(run.Has) is { } other)
            throw new UsageException($"{other.Name} is about a machine that is there already; leave it or --random out.");
        return RandomMachines.Run(run);
    }

    static void Describe(VerbRun run, NamedMachine named, string? target, string? sequences)
    {
        var exported = sequences is null ? null : Export(named, sequences);
        var study = new MachineStudy(named);
        if (target is not null) WriteAutomaton(study, target);
        MachineReport.Write(run.Output, study);
        if (target is not null)
        {
            run.Output.WriteLine(
                $"\n  The minimal automaton is in {target}; `mlds machines {target}` reads it, a population takes it as a machine.");
        }

        if (exported is not null)
        {
            run.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"\n  Its sequences ({named.DataSource}) are in {sequences}: {exported.Training.Count:N0} to learn from, "
                + $"{exported.Validation.Count:N0} to validate, {exported.LongTest.Count:N0} long ones; SHA-256 {exported.Sha256}."));
        }

        run.PrintJson(() =>
        {
            var document = MachineJson.Full(study);
            if (exported is not null) document["data_sha256"] = exported.Sha256;
            return document;
        });
    }

    static SequenceData Export(NamedMachine named, string path)
    {
        if (Path.Exists(path)) throw new FailureException($"'{path}' is already there; give another --export, or delete it.");
        var growing = $"{path}.unfinished-{Environment.ProcessId}";
        try
        {
            var data = SequenceData.Generate(named.Machine, named.Sequences);
            SequencesFile.Write(growing, named.Machine, data);
            File.Move(growing, path);
            return data;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(growing)) File.Delete(growing);
            throw new FailureException($"The sequences could not be written to '{path}': {exception.Message}", exception);
        }
    }

    static void WriteAutomaton(MachineStudy study, string target)
    {
        if (study.Minimal.States > Automaton.MostStates)
        {
            throw new FailureException(string.Create(
                CultureInfo.InvariantCulture,
                $"The minimal automaton of {study.Named.Name} has {study.Minimal.States:N0} states; "
                + $"a definition holds at most {Automaton.MostStates:N0}, so nothing was written."));
        }

        File.WriteAllText(target, study.Minimal.ToDefinition().ToText());
    }
}
