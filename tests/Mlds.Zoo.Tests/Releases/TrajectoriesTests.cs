using System.Globalization;
using Mlds.Training;
using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Tests.Releases;

/// <summary>Weights at every milestone: from kept checkpoints or by training again, the same bytes.</summary>
public sealed class TrajectoriesTests
{
    static ReleaseOptions Options(int threads) => new([2], ["npy"]) { Trajectories = true, Threads = threads };

    [Fact]
    public void Kept_or_trained_again_on_any_number_of_threads_they_are_the_same_and_have_the_recorded_hashes()
    {
        using var forgetful = ExampleZoo.Trained();
        using var keeping = ExampleZoo.Trained(keep: true);
        forgetful.Write("one", Options(1));
        forgetful.Write("many", Options(4));
        keeping.Write("kept", Options(1));
        foreach (var file in new[] { Trajectories.WeightsFile, Trajectories.IndexFile })
        {
            var bytes = File.ReadAllBytes(Path.Combine(forgetful["one"], file));
            Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(forgetful["many"], file)));
            Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(keeping["kept"], file)));
        }

        Compare(forgetful);
        var lines = OtherPrograms.Python(
            forgetful["one"],
            """
            import numpy, hashlib, csv
            w = numpy.load('trajectories/weights.npy', mmap_mode='r')
            rows = list(csv.DictReader(open('trajectories/milestones.csv')))
            assert w.shape == (len(rows), numpy.load('weights.npy').shape[1])
            for i, row in enumerate(rows):
                assert int(row['row']) == i and hashlib.sha256(w[i].tobytes()).hexdigest() == row['weights_sha256']
            print(len(rows))
            """);
        Assert.True(
            int.Parse(lines, CultureInfo.InvariantCulture) > 8,
            "There should be milestones before the last, or nothing was trained again.");
    }

    static void Compare(ExampleZoo example)
    {
        using var zoo = example.Open();
        var release = Release.Open(example["one"]);
        var index = File.ReadAllLines(Path.Combine(example["one"], Trajectories.IndexFile))[1..].Select(line => line.Split(',')).ToList();
        for (var row = 0; row < release.Networks.Count; row++)
        {
            var recorded = zoo.Milestones(zoo.Find(release.Networks[row].RecipeId).Single())
                .Select(milestone => $"{milestone.Epoch} {milestone.WeightsSha256}");
            Assert.Equal(recorded, index.Where(fields => fields[1] == $"{row}").Select(fields => $"{fields[2]} {fields[4]}"));
        }
    }

    [Fact]
    public void A_record_that_training_does_not_repeat_stops_the_release_and_names_the_network()
    {
        // These were drawn, not trained: no training ends there.
        using var zoo = ExampleZoo.Drawn();
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={zoo["z"]}/zoo.db;Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE runs SET milestones = $1";
            command.Parameters.AddWithValue("$1", MilestoneBlob.Write([new Milestone(1, 0.5f, new string('0', 64), new string('0', 64))]));
            command.ExecuteNonQuery();
        }

        var error = Assert.Throws<ZooException>(() => zoo.Write("r", new ReleaseOptions([1], ["npy"]) { Trajectories = true }));
        Assert.Contains(zoo.Expected(1)[0].RecipeId, error.Message);
        Assert.Contains("has at epoch 1 other weights than its record says", error.Message);
        Assert.Equal(["z"], Directory.GetFileSystemEntries(zoo.Folder).Select(Path.GetFileName));
    }
}
