using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Tests.Releases;

/// <summary>A release, and lines of Python that run in its folder with <c>d = mlds.load('.')</c>.</summary>
sealed class ReleaseInPython : IDisposable
{
    /// <summary>Defines <c>fails(says, work)</c>: work raises a ReleaseError of one line that says so.</summary>
    const string Fails =
        """
        def fails(says, work):
            try:
                work()
            except mlds.ReleaseError as error:
                assert says in str(error) and '\n' not in str(error), error
            else:
                raise AssertionError(says)
        """;

    readonly ExampleZoo _zoo;

    ReleaseInPython(ExampleZoo zoo, ReleaseOptions options)
    {
        _zoo = zoo;
        zoo.Write("r", options);
    }

    /// <summary>Two networks of each of two machines, with sequences and trajectories.</summary>
    public static ReleaseInPython Trained(params string[] formats) =>
        new(ExampleZoo.Trained(), new ReleaseOptions([1, 2], formats) { TrainingData = true, Trajectories = true });

    /// <summary>Two networks for images of each of three machines.</summary>
    public static ReleaseInPython OfImages() =>
        new(ExampleZoo.OfImages(), new ReleaseOptions([1, 2], ["npy", "safetensors", "h5"]) { TrainingData = true });

    /// <summary>Four networks per machine, with weights drawn at random; their seeds are on all sides of the split.</summary>
    public static ReleaseInPython Drawn() => new(ExampleZoo.Drawn(), new ReleaseOptions([2, 4], ["npy"]));

    public string Folder => _zoo["r"];

    public string this[string name] => Path.Combine(Folder, name);

    public string Python(string code) => OtherPrograms.Python(Folder, $"import mlds, numpy as np\nd = mlds.load('.')\n{Fails}\n{code}");

    public void Dispose() => _zoo.Dispose();
}
