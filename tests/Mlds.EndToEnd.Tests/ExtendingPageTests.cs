namespace Mlds.EndToEnd.Tests;

/// <summary>Follows docs/extending.md: a new cell goes all the way, with nothing but what the page says.</summary>
public sealed class ExtendingPageTests
{
    /// <summary>Far more than it takes; only something that hangs reaches it.</summary>
    static readonly TimeSpan s_limit = TimeSpan.FromMinutes(20);

    const string Population = """
        {
          "name": "mgu", "licence": "CC0-1.0", "networks": 6,
          "network": {"cell": "mgu", "inputs": 9, "hidden": 8, "layers": 2, "linear": [8, 8], "activation": "none"},
          "defaults": {
            "data": {"seed": 1, "training": 2048, "validation": 256, "length": 8, "long_test": 16, "long_length": 32},
            "training": {
              "optimizer": "adam", "loss": "mean_squared_error", "batch": 64, "learning_rate": 0.02, "beta1": 0.9, "beta2": 0.999,
              "epsilon": 1e-8, "goal_loss": 0.001, "epoch_limit": 40, "milestone_every": 5
            }
          },
          "machines": ["SingleDirectMachine", "SingleInvertMachine"]
        }
        """;

    /// <summary>The loss of every network on its validation words, from what Python makes of the weights alone.</summary>
    const string Script = """
        import sys
        import numpy as np
        sys.path.insert(0, sys.argv[2])
        import mlds
        d = mlds.load(sys.argv[1])
        for i in range(len(d)):
            words = d.sequences(d.table["machine"][i])
            state, y = d.state(i), d.states(i, words["validation"]["inputs"])[-1]
            for layer in range(2):
                y = y @ state[f"linear.{layer}.weight"].T + state[f"linear.{layer}.bias"]
            loss, recorded = float(np.mean((y - words["validation"]["targets"]) ** 2)), d.table["validation_loss"][i]
            assert abs(loss - recorded) <= 1e-5 * max(1, recorded), (i, loss, recorded)
        print("networks:", len(d))
        """;

    [Fact]
    public void A_new_cell_takes_six_files_at_most_and_every_edit_of_the_page_fits_the_tree() =>
        Assert.InRange(ExtendingPage.Read().Files.Count, 3, 6);

    [Fact(Explicit = true)]
    public void A_cell_added_by_the_page_alone_goes_from_a_population_to_a_report_and_to_Python()
    {
        using var scratch = new ScratchFolder();
        foreach (var path in Tracked()) Copy(path, scratch.File($"tree/{path}"));
        foreach (var (path, text) in ExtendingPage.Read().Files) File.WriteAllText(scratch.File($"tree/{path}"), text);
        File.WriteAllText(scratch.File("mgu.json"), Population);

        void Mlds(params string[] arguments)
        {
            var run = Command.Run("bash", ["tree/mlds", .. arguments], scratch.Path, s_limit);
            Assert.True(run.ExitCode == 0, run.Everything);
        }

        Mlds("generate", "mgu.json", "--zoo", "zoo");
        Mlds("release", "zoo", "--out", "release", "--training-data", "--formats", "npy,h5,safetensors");
        Mlds("verify", "release", "--retrain", "3");
        Mlds("verify", "zoo", "--retrain", "2");
        Mlds("analyze", "release", "--out", "report");
        Assert.True(File.Exists(scratch.File("report/report.html")));

        HoldsToTheScalarCode(scratch);
        if (SystemPython.Missing("numpy", "h5py") is { } missing) Assert.Skip(missing);
        File.WriteAllText(scratch.File("read.py"), Script);
        var read = SystemPython.Run(scratch.Path, "read.py", "release", "tree/python");
        Assert.True(read.ExitCode == 0, read.Everything);
    }

    static void HoldsToTheScalarCode(ScratchFolder scratch)
    {
        var tree = scratch.File("tree");
        var build = Command.Run("dotnet", ["build", "tests/Mlds.Kernels.Tests", "-c", "Release", "-v", "quiet", "-nologo"], tree, s_limit);
        Assert.True(build.ExitCode == 0, build.Everything);
        string[] classes = ["-class", "*KernelSetTests", "-class", "*FiniteDifferenceTests"];
        var tests = Command.Run(
            "dotnet",
            ["artifacts/bin/Mlds.Kernels.Tests/release/Mlds.Kernels.Tests.dll", "-noLogo", "-noColor", .. classes], tree, s_limit);
        Assert.True(tests.ExitCode == 0, tests.Everything);
    }

    /// <summary>The sources that the command line and the kernels' tests are built from.</summary>
    static IEnumerable<string> Tracked()
    {
        string[] wanted = ["src", "python", "populations", "tests/Mlds.Kernels.Tests", "tests/Directory.Build.props"];
        return wanted.SelectMany(folder => Files(Repository.PathOf(folder)))
            .Concat(Directory.GetFiles(Repository.Root))
            .Select(file => Path.GetRelativePath(Repository.Root, file));
    }

    static IEnumerable<string> Files(string path)
    {
        if (File.Exists(path)) return [path];
        return Directory.Exists(path) ? Directory.GetFiles(path, "*", SearchOption.AllDirectories) : [];
    }

    static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(Repository.PathOf(from), to);
    }
}
