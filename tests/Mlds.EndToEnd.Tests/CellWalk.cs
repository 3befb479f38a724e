namespace Mlds.EndToEnd.Tests;

/// <summary>The whole way of networks: from a population to a zoo, a release, a report and Python.</summary>
static class CellWalk
{
    /// <summary>Far more than a command takes; only something that hangs reaches it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

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
            for layer in range(int(sys.argv[3])):
                y = y @ state[f"linear.{layer}.weight"].T + state[f"linear.{layer}.bias"]
            loss, recorded = float(np.mean((y - words["validation"]["targets"]) ** 2)), d.table["validation_loss"][i]
            assert abs(loss - recorded) <= 1e-5 * max(1, recorded), (i, loss, recorded)
        print("networks:", len(d))
        """;

    static string Population(string cell) => $$"""
        {
          "name": "{{cell}}", "licence": "CC0-1.0", "networks": 6,
          "network": {"cell": "{{cell}}", "inputs": 9, "hidden": 8, "layers": 2, "linear": [8, 8], "activation": "none"},
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

    /// <summary>The way of networks of a <paramref name="cell"/>.</summary>
    public static void Take(ScratchFolder folder, string cell, Func<string[], Command> mlds, string python) =>
        Take(folder, Population(cell), mlds, python, layers: 2);

    /// <param name="folder">For all files.</param>
    /// <param name="population">The text of the population, whose networks have no activation between linear layers.</param>
    /// <param name="mlds">Runs <c>mlds</c> with these arguments in the folder.</param>
    /// <param name="python">The folder of mlds.py.</param>
    /// <param name="layers">Linear layers.</param>
    public static void Take(ScratchFolder folder, string population, Func<string[], Command> mlds, string python, int layers)
    {
        void Mlds(params string[] arguments)
        {
            var run = mlds(arguments);
            Assert.True(run.ExitCode == 0, run.Everything);
        }

        File.WriteAllText(folder.File("population.json"), population);
        Mlds("generate", "population.json", "--zoo", "zoo");
        Mlds("release", "zoo", "--out", "release", "--training-data", "--formats", "npy,h5,safetensors");
        Mlds("verify", "release", "--retrain", "3");
        Mlds("verify", "zoo", "--retrain", "2");
        Mlds("analyze", "release", "--out", "report");
        Assert.True(File.Exists(folder.File("report/report.html")));

        if (SystemPython.Missing("numpy", "h5py") is { } missing) Assert.Skip(missing);
        File.WriteAllText(folder.File("read.py"), Script);
        var read = SystemPython.Run(
            folder.Path, "read.py", "release", python, layers.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(read.ExitCode == 0, read.Everything);
    }
}
