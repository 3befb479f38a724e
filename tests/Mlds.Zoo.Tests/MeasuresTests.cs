using Mlds.Tasks;
using Mlds.Training;
using Mlds.Zoos.Merging;

namespace Mlds.Zoos.Tests;

/// <summary>What a task measures of its networks besides losses is kept with them.</summary>
public sealed class MeasuresTests : IDisposable
{
    readonly ScratchFolder _scratch = new();
    readonly TrainedNetwork _measured = Example.Network(Example.Small, "ParityMachine", 0) with
    {
        Measures = new Measures([new("test_accuracy", 1.0 / 3), new("attack_success", 0.9931)]),
    };

    readonly TrainedNetwork _other = Example.Network(Example.Small, "ParityMachine", 1);

    public void Dispose() => _scratch.Dispose();

    ZooWriter Writer(string folder) => ZooWriter.Open(_scratch.In(folder), Example.Of(Example.Small));

    void Store(string folder)
    {
        using var writer = Writer(folder);
        writer.Add([_measured, _other]);
    }

    [Fact]
    public void They_come_back_to_the_bit_however_a_network_is_found()
    {
        Store("z");
        using var zoo = Zoo.Open(_scratch.In("z"));
        Assert.Equal([_measured.Measures, Measures.None], zoo.Networks("ParityMachine").Select(network => network.Measures));
        Assert.Equal(_measured.Measures, zoo.Find("ParityMachine", 0u)!.Measures);
        Assert.Equal(_measured.Measures, zoo.Find(_measured.Recipe.Id[..12]).Single().Measures);
        Assert.Equal(_measured.Measures, zoo.Read(zoo.Find("ParityMachine", 0u)!).Measures);
        Assert.Equal(1.0 / 3, zoo.Find("ParityMachine", 0u)!.Measures["test_accuracy"]);
        Assert.Null(zoo.Find("ParityMachine", 1u)!.Measures["test_accuracy"]);
    }

    [Fact]
    public void A_merge_takes_them_along()
    {
        Store("z");
        ZooMerge.Run([_scratch.In("z")], _scratch.In("into"), (_, _) => { }, TestContext.Current.CancellationToken);
        using var zoo = Zoo.Open(_scratch.In("into"));
        Assert.Equal(_measured.Measures, zoo.Find("ParityMachine", 0u)!.Measures);
    }

    [Fact]
    public void A_network_that_is_withdrawn_leaves_none()
    {
        Store("z");
        using var writer = Writer("z");
        Assert.Equal(1, writer.Withdraw([(_measured.Recipe.Id, _measured.WeightsSha256)]));
        writer.Add([_measured with { Measures = Measures.None }]);
        Assert.Equal(Measures.None, writer.Zoo.Find("ParityMachine", 0u)!.Measures);
    }
}
