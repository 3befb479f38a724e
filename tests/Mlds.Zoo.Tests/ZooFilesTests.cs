using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;

namespace Mlds.Zoos.Tests;

/// <summary>A zoo keeps the files that its population's tasks are read from.</summary>
public sealed class ZooFilesTests : IDisposable
{
    readonly ScratchFolder _scratch = new();
    readonly string _sha256;
    readonly Population _population;

    public ZooFilesTests()
    {
        _sha256 = NpzFile.Write(_scratch.In("mine.npz"), NpzFile.Echo((16, 8, 4, 2, 8)));
        File.WriteAllText(_scratch.In("own.json"), new OwnSequences { Sha256 = _sha256 }.Json);
        _population = Population.Read(_scratch.In("own.json"));
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Networks_read_from_a_zoo_know_where_its_copy_is()
    {
        using (var writer = ZooWriter.Open(_scratch.In("z"), ZooPopulation.Of(_population)))
        {
            writer.Add([Trainer.Train(
                _population.Recipe("Mine", 0), _population.Data("Mine"), null, TestContext.Current.CancellationToken)]);
        }

        File.Delete(_scratch.In("mine.npz"));
        using var zoo = Zoo.Open(_scratch.In("z"));
        var recipe = zoo.ReadRecipe(zoo.Networks().Single());
        Assert.Equal(_population.Recipe("Mine", 0), recipe);
        Assert.Equal(recipe.DataSha256, recipe.Task.Generate().Sha256);
        Assert.Equal([$"{_sha256}.npz"], Directory.GetFiles(_scratch.In("z/sequences")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(true, "has SHA-256")]
    [InlineData(false, "is missing; put it at")]
    public void A_file_that_was_changed_or_taken_away_is_not_kept(bool isChanged, string says)
    {
        if (isChanged) File.AppendAllText(_scratch.In("mine.npz"), "x");
        else File.Delete(_scratch.In("mine.npz"));
        var refusal = Assert.Throws<ZooException>(() => ZooWriter.Open(_scratch.In("z"), ZooPopulation.Of(_population))).Message;
        Assert.Contains(says, refusal, StringComparison.Ordinal);
        Assert.Contains(_sha256, refusal, StringComparison.Ordinal);
        Assert.Empty(ZooFiles.In(_scratch.In("z")));

        // The zoo isn't harmed: with the right file the same goes through.
        NpzFile.Write(_scratch.In("mine.npz"), NpzFile.Echo((16, 8, 4, 2, 8)));
        ZooWriter.Open(_scratch.In("z"), ZooPopulation.Of(_population)).Dispose();
        Assert.Equal([new TaskFile(_sha256, [])], ZooFiles.In(_scratch.In("z")));
    }

    /// <summary>Zoos of other populations stay what they were.</summary>
    [Fact]
    public void A_zoo_whose_tasks_read_no_files_has_no_folder_for_them()
    {
        ZooWriter.Open(_scratch.In("z"), ZooPopulation.Of(Example.Small)).Dispose();
        Assert.Empty(Directory.GetDirectories(_scratch.In("z")));
    }
}
