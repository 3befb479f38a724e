using static Mlds.Cli.Tests.MldsCommand;

namespace Mlds.Cli.Tests;

/// <summary>
/// Zoos and releases with a flipped bit or cut short, at places drawn with a fixed seed: every verb works or says one sentence.
/// </summary>
public sealed class DamagedZooTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    string At(string name) => _scratch.In(name);

    static void WorksOrSays(params string[] args)
    {
        var (code, _, error) = Run(args);
        Assert.InRange(code, 0, 1);
        if (code == 0) return;
        var said = Assert.Single(error.Split('\n'), line => line.StartsWith("mlds: ", StringComparison.Ordinal));
        Assert.False(said.Contains("internal error", StringComparison.Ordinal), $"{string.Join(' ', args)}: {error}");
    }

    static void Damage(string path, Random random, bool cut)
    {
        var bytes = File.ReadAllBytes(path);
        if (cut) bytes = bytes[..random.Next(bytes.Length)];
        else bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(path, bytes);
    }

    [Fact]
    public void No_verb_breaks_over_a_damaged_zoo_or_release()
    {
        File.WriteAllText(At("tiny.json"), new TinyPopulation().Json);
        foreach (var args in new string[][]
        {
            ["generate", At("tiny.json"), "--zoo", At("z"), "--keep-milestones"],
            ["release", At("z"), "--out", At("r"), "--formats", "npy,h5"],
        })
        {
            Assert.Equal(0, Run(args).ExitCode);
        }

        var random = new Random(1);
        for (var i = 0; i < 40; i++)
        {
            var zoo = Directory.CreateDirectory(At($"z{i}")).FullName;
            File.Copy(At("z/zoo.db"), Path.Combine(zoo, "zoo.db"));
            Damage(Path.Combine(zoo, "zoo.db"), random, cut: i % 8 == 0);
            WorksOrSays("zoo", zoo);
            WorksOrSays("verify", zoo);
            WorksOrSays("zoo", zoo, "export-recipes");
            WorksOrSays("merge", zoo, "--into", At($"m{i}"));
            WorksOrSays("release", zoo, "--out", At($"r{i}"));
            WorksOrSays("generate", At("tiny.json"), "--zoo", zoo);
            Directory.Delete(zoo, recursive: true);
        }

        foreach (var file in Directory.GetFiles(At("r"), "*", SearchOption.AllDirectories))
        {
            var whole = File.ReadAllBytes(file);
            for (var i = 0; i < 2; i++)
            {
                Damage(file, random, cut: i == 0);
                WorksOrSays("verify", At("r"));
                File.WriteAllBytes(file, whole);
            }
        }
    }
}
