using static Mlds.Cli.Tests.MldsCommand;

namespace Mlds.Cli.Tests.Zoos;

/// <summary>A population travels as recipes and hashes, and its networks come to be again where they are wanted.</summary>
public sealed class RegenerateTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    string At(string name) => _scratch.In(name);

    void Generate()
    {
        File.WriteAllText(At("p.json"), new TinyPopulation { Networks = 6, GoalLoss = 0.05 }.Json);
        Runs("generate", At("p.json"), "--zoo", At("z"), "--threads", "2");
    }

    [Fact]
    public void A_release_without_weights_goes_the_whole_way()
    {
        Generate();
        var released = Runs("release", At("z"), "--out", At("r"), "--recipes-only");
        Assert.Contains("of which none is weights: `mlds regenerate", released, StringComparison.Ordinal);
        Assert.Equal(0, (int)Json("release", At("z"), "--out", At("r2"), "--recipes-only")["weight_bytes"]!);
        Assert.Equal(2, Json("verify", At("r"), "--retrain", "2")["retrained"]!.AsArray().Count(again => (bool)again!["equal"]!));

        var (code, _, error) = Run("analyze", At("r"), "--out", At("a"));
        Assert.Equal(1, code);
        Assert.Contains("has no weights", error, StringComparison.Ordinal);
        Assert.Contains($"`mlds regenerate {At("r")} --zoo DIR`", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("a")));

        var some = Json("regenerate", At("r"), "--zoo", At("again"), "--networks", "1");
        var all = Json("regenerate", At("r"), "--zoo", At("again"), "--threads", "2");
        Assert.Equal((int)some["of"]!, (int)some["trained"]! + (int)all["trained"]!);
        Assert.Equal((int)all["of"]!, (int)all["equal"]!);
        Assert.Equal((string?)Json("zoo", At("again"))["weights_digest"], (string?)all["weights_digest"]);
        Runs("analyze", At("again"), "--out", At("a"));
        Assert.Contains("0 networks trained again", Runs("regenerate", At("r"), "--zoo", At("again")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_it_takes_is_said_where_something_else_was_given()
    {
        Generate();
        Runs("release", At("z"), "--out", At("r"), "--recipes-only");
        void Says(string what, params string[] args)
        {
            var (code, _, error) = Run(args);
            Assert.Equal(2, code);
            Assert.Contains(what, error, StringComparison.Ordinal);
        }

        Says("--formats doesn't go with it", "release", At("z"), "--out", At("s"), "--recipes-only", "--formats", "npy");
        Says("--trajectories doesn't go with it", "release", At("z"), "--out", At("s"), "--recipes-only", "--trajectories");
        Says("is a zoo, which has its networks", "regenerate", At("z"), "--zoo", At("again"));
        Says("give one of them", "regenerate", At("r"), "--zoo", At("again"), "--networks", "1", "--rows", "0..1");
        Says("two row numbers from 0", "regenerate", At("r"), "--zoo", At("again"), "--rows", "1..0");
        Says("--zoo", "regenerate", At("r"));
        Assert.False(Directory.Exists(At("again")));
        Assert.False(Directory.Exists(At("s")));
        Assert.Equal(2, (int)Json("regenerate", At("r"), "--zoo", At("again"), "--rows", "1..2")["networks"]!);
        var zoo = Json("zoo", At("again"));
        Assert.True((double)zoo["bytes_per_network"]! > 0);
        var shown = Json("zoo", At("z"), "show", "SingleDirectMachine/0");
        Assert.InRange((int)shown["stored_bytes"]!, 1, (int)shown["weights_bytes"]!);
    }
}
