using System.CommandLine;
using System.Globalization;
using Mlds.Cli.Frame;
using Mlds.Kernels;
using Mlds.Kernels.Recurrent;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Training;

namespace Mlds.Cli.Training;

/// <summary><c>mlds bench</c>: training speed on this machine.</summary>
static class BenchVerb
{
    const int ImageBatch = 64;

    static readonly Option<bool> s_images =
        new("--images") { Description = "Measures LeNet-5 on images of 28 × 28 instead, the network of DS4." };
    static readonly Option<int> s_batch = new("--batch")
    {
        Description = $"Sequences per step; with --images, images, and {ImageBatch} when not given.",
        DefaultValueFactory = _ => 128,
        HelpName = "N",
    };
    static readonly Option<int> s_steps =
        new("--steps") { Description = "Commands per sequence.", DefaultValueFactory = _ => 16, HelpName = "N" };
    static readonly Option<string> s_cell = new("--cell")
    {
        Description = $"The recurrent layers' cell: {string.Join(", ", RecurrentCells.All.Select(cell => cell.Name))}.",
        DefaultValueFactory = _ => RecurrentSpec.Ds1.Cell.Name,
        HelpName = "NAME",
    };
    static readonly Option<int> s_hidden = new("--hidden")
    {
        Description = "Units of every layer but the last.",
        DefaultValueFactory = _ => RecurrentSpec.Ds1.Hidden,
        HelpName = "N",
    };
    static readonly Option<string?> s_network = new("--network")
    {
        Description = "Times whole networks of this machine instead, from recipe to zoo, and shows where the time goes.",
        HelpName = "MACHINE",
    };
    static readonly Option<string?> s_population = new("--population")
    {
        Description = "The population file whose recipe --network uses; when not given, the shipped one that has the machine.",
        HelpName = "FILE",
    };
    static readonly Option<int> s_seconds =
        new("--seconds") { Description = "How long to measure.", DefaultValueFactory = _ => 10, HelpName = "N" };

    public static Command Create() =>
        new Verb(
            "bench", "Measures how fast one core trains the DS1 network, one like it, or LeNet-5, compared with the core's own peak.",
            "mlds bench", "mlds bench --batch 32 --json", "mlds bench --cell lstm --hidden 64", "mlds bench --images",
            "mlds bench --network SingleDirectMachine")
        {
            s_batch, s_steps, s_cell, s_hidden, s_images, s_seconds, s_network, s_population,
        }
        .Runs(Run);

    static int Run(VerbRun run)
    {
        if (run.Get(s_network) is { } machine) return RunNetworks(run, machine);
        if (run.Has(s_population))
        {
            throw new UsageException(
                "--population goes with --network MACHINE; a step is measured on the DS1 network, or one like it by --cell and --hidden.");
        }

        return run.Get(s_images) ? RunImages(run) : RunSequences(run);
    }

    static int RunSequences(VerbRun run)
    {
        var batch = Limits.Check("--batch", run.Get(s_batch), 1, 4096);
        var steps = Limits.Check("--steps", run.Get(s_steps), 1, 1024);
        var network = StepBenchmark.Like(Cell(run.Get(s_cell)!), Limits.Check("--hidden", run.Get(s_hidden), 1, 256));
        var (result, narrower) = Measure(run, batch, steps, network);
        var what = network == RecurrentSpec.Ds1 ? "The DS1 network" : $"A network of {network.Description}";
        var speed = string.Create(CultureInfo.InvariantCulture, $"{result.TimestepsPerSecond / 1e6:0.00} million sample-timesteps/s");
        Print(run, $"{what}, batch {batch} × {steps} commands", speed, result, narrower);
        run.PrintJson(() =>
        {
            var json = result.ToJson();
            (json["cell"], json["hidden"]) = (network.Cell.Name, network.Hidden);
            if (narrower is not null) json["avx2"] = narrower.ToJson();
            return json;
        });
        return ExitCode.Success;
    }

    static int RunImages(VerbRun run)
    {
        if (run.Has(s_steps) || run.Has(s_cell) || run.Has(s_hidden))
        {
            throw new UsageException(
                "--steps, --cell and --hidden don't go with --images: LeNet-5 has no recurrent layers, and images no steps.");
        }

        var batch = run.Has(s_batch) ? Limits.Check("--batch", run.Get(s_batch), 1, 4096) : ImageBatch;
        var network = FeedForwardSpec.LeNet5;
        var (result, narrower) = Measure(run, batch, null, network);
        var image = network.Image;
        var speed = string.Create(CultureInfo.InvariantCulture, $"{result.TimestepsPerSecond:N0} images/s");
        Print(run, $"LeNet-5 on images of {image.Height} × {image.Width}, batch {batch}", speed, result, narrower);
        run.PrintJson(() =>
        {
            var json = result.ToJson();
            json["network"] = network.ToJson();
            if (narrower is not null) json["avx2"] = narrower.ToJson();
            return json;
        });
        return ExitCode.Success;
    }

    /// <summary>Measures the best kernels, and where those are AVX-512's, AVX2's too.</summary>
    static (StepBenchmark Best, StepBenchmark? Narrower) Measure(VerbRun run, int batch, int? steps, NetworkSpec network)
    {
        var seconds = Limits.Check("--seconds", run.Get(s_seconds), 1, 600);

        // Roughly what a processor without AVX-512 would do helps whoever plans for one; measuring it takes half of the time.
        var hasNarrower = KernelSet.Best == "avx512";
        var share = hasNarrower ? seconds / 2.0 : seconds;
        return run.WithProgress(view =>
        {
            var item = view.Begin("training steps", seconds);
            var best = StepBenchmark.Measure(
                batch, steps, share, elapsed => item.Report((long)elapsed), run.Cancellation, network: network);
            return (best, hasNarrower
                ? StepBenchmark.Measure(
                    batch, steps, share, elapsed => item.Report((long)(share + elapsed)), run.Cancellation, "avx2", network)
                : null);
        });
    }

    static void Print(VerbRun run, string what, string speed, StepBenchmark result, StepBenchmark? narrower)
    {
        var (done, peak) = (result.PerformedFlops / result.MedianSeconds / 1e9, result.PeakFlops / 1e9);
        run.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {what}, one core, {result.KernelSet} kernels:
              a step (forward, backward, Adam)  {result.MedianSeconds * 1e6:0} µs median, {result.BestSeconds * 1e6:0} µs best
              speed                             {speed}
              matrix work done                  {done:0.0} GFLOP/s, {result.ShareOfPeak:0.0 %} of the core's peak of {peak:0.0}
            """));
        if (result.Flops > result.PerformedFlops)
        {
            run.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
                  as the equations count it         {result.Flops / result.MedianSeconds / 1e9:0.0} GFLOP/s, {result.ModelShareOfPeak:0.0 %}
                """));
        }

        if (narrower is not null)
        {
            var (narrow, highest) = (narrower.PerformedFlops / narrower.MedianSeconds / 1e9, narrower.PeakFlops / 1e9);
            run.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
                Held to AVX2:
                  a step                            {narrower.MedianSeconds * 1e6:0} µs median, {narrower.BestSeconds * 1e6:0} µs best
                  matrix work done                  {narrow:0.0} GFLOP/s, {narrower.ShareOfPeak:0.0 %} of AVX2's peak of {highest:0.0}
                """));
        }
    }

    static RecurrentCell Cell(string name)
    {
        string[] names = [.. RecurrentCells.All.Select(cell => cell.Name)];
        return RecurrentCells.All.FirstOrDefault(cell => cell.Name == name)
            ?? throw new UsageException(
                $"There is no cell '{name}'. {NearestName.DidYouMean(name, names)}--cell takes {string.Join(", ", names)}.");
    }

    static int RunNetworks(VerbRun run, string machine)
    {
        if (run.Has(s_batch) || run.Has(s_steps) || run.Has(s_cell) || run.Has(s_hidden) || run.Has(s_images))
        {
            throw new UsageException(
                "--batch, --steps, --cell, --hidden and --images don't go with --network: a whole network's come from its recipe.");
        }

        var seconds = Limits.Check("--seconds", run.Get(s_seconds), 1, 600);
        var population = run.Get(s_population) is { } file ? PopulationFile.Read(file, run.Cancellation)
            : PopulationFile.WithMachine(machine);
        if (!population.MachineNames.Contains(machine)) throw PopulationFile.UnknownMachine(machine, population.MachineNames);
        var result = run.WithProgress(view =>
        {
            var item = view.Begin("whole networks", seconds);
            return NetworkBenchmark.Measure(population, machine, seconds, elapsed => item.Report((long)elapsed), run.Cancellation);
        });
        run.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Networks} networks of {machine} ({population.Name}), {(double)result.Epochs / result.Networks:0.0} epochs each, "
            + $"one thread; milliseconds per network:"));
        foreach (var (_, what, time) in result.Parts)
        {
            run.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {what,-48}{1e3 * time / result.Networks,9:0.00}  {time / result.Total,6:0.0 %}"));
        }

        run.Output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"  {"whole network",-48}{1e3 * result.Total / result.Networks,9:0.00}"));
        run.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Beside it: the machine's sequences, made once, {1e3 * result.Data:0} ms; "
            + $"a checkpoint, when one is due, {1e3 * result.Checkpoint:0.00} ms."));
        run.PrintJson(result.ToJson);
        return ExitCode.Success;
    }
}
