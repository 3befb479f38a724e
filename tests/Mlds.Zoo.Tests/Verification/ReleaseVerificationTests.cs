using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Mlds.Zoos.Releases;
using Mlds.Zoos.Verification;

namespace Mlds.Zoos.Tests.Verification;

/// <summary>Releases that someone altered and gave new checksums.</summary>
public sealed class ReleaseVerificationTests(Trained trained) : IClassFixture<Trained>, IDisposable
{
    readonly ScratchFolder _scratch = new();

    string Folder => _scratch.In("r");

    public void Dispose() => _scratch.Dispose();

    string At(string name) => Path.Combine(Folder, name);

    /// <summary>Copies the release, alters it, sums it again and verifies it.</summary>
    IReadOnlyList<Doubt> Altered(Action alter)
    {
        trained.Copy(release: true, Folder);
        WriteSplits();
        alter();
        var names = Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path))
            .Where(name => name != "SHA256SUMS").Order(StringComparer.Ordinal);
        File.WriteAllText(
            At("SHA256SUMS"),
            string.Concat(names.Select(name => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(At(name))))}  {name}\n")));
        return Verifier.Run(Folder, new VerificationOptions(Threads: 2), _ => { }, TestContext.Current.CancellationToken).Doubts;
    }

    void WriteSplits()
    {
        Directory.CreateDirectory(At("splits"));
        if (!File.Exists(At("splits/by_seed.csv")))
            File.WriteAllText(At("splits/by_seed.csv"), "seed,split\n0,train\n1,train\n2,validation\n3,test\n");
        var machines = Trained.Population.MachineNames;
        File.WriteAllText(At("splits/by_machine.csv"), "left_out,machine,split\n" + string.Concat(
            machines.SelectMany(left => machines.Select(machine => $"{left},{machine},{(left == machine ? "test" : "train")}\n"))));
    }

    void Replace(string file, string from, string to)
    {
        var text = File.ReadAllText(At(file));
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(At(file), text.Replace(from, to, StringComparison.Ordinal));
    }

    void Finds(string check, string says, Action alter) =>
        Assert.Contains(
            Altered(alter), doubt => doubt.Check == check && $"{doubt.Subject}: {doubt.Message}".Contains(says, StringComparison.Ordinal));

    [Fact]
    public void Splits_without_a_leak_raise_no_doubt() => Assert.Empty(Altered(() => { }));

    [Fact]
    public void A_seed_on_two_sides_is_found() =>
        Finds("splits", "seed 2 is there twice", () => File.AppendAllText(At("splits/by_seed.csv"), "2,test\n"));

    [Fact]
    public void A_seed_without_a_side_is_found() =>
        Finds("splits", "seed 3 has no side", () => Replace("splits/by_seed.csv", "3,test\n", ""));

    [Fact]
    public void A_seed_that_no_network_has_is_found() =>
        Finds("splits", "no network has seed 99", () => File.AppendAllText(At("splits/by_seed.csv"), "99,test\n"));

    [Fact]
    public void A_machine_left_out_but_trained_on_is_found() =>
        Finds(
            "splits", "isn't in test",
            () => Replace("splits/by_machine.csv", "SimpleXORMachine,SimpleXORMachine,test", "SimpleXORMachine,SimpleXORMachine,train"));

    [Fact]
    public void Another_layout_is_found() =>
        Finds("population", "layout.csv", () => Replace("layout.csv", "gru.weight_hh_l0", "gru.weight_hh_l1"));

    [Fact]
    public void Other_subsets_are_found() => Finds("subsets", "its subset is 2", () => Replace("manifest.json", "2,\n    4", "1,\n    4"));

    [Fact]
    public void Another_population_is_found() =>
        Finds("recipes", "another recipe", () => Replace("population.json", "\"batch\":16", "\"batch\":8"));

    [Fact]
    public void Other_recipes_are_found() =>
        Finds("recipes", "the recipe's SHA-256 is", () => Replace("recipes.json", "\"batch\": 16", "\"batch\": 8"));

    [Fact]
    public void Another_digest_is_found() => Finds("population", "weights_digest", () =>
    {
        var manifest = JsonNode.Parse(File.ReadAllText(At("manifest.json")))!;
        manifest["weights_digest"] = new string('0', 64);
        File.WriteAllText(At("manifest.json"), manifest.ToJsonString());
    });

    [Fact]
    public void A_weight_changed_in_one_of_two_files_is_found()
    {
        foreach (var file in new[] { "weights.npy", "mlds.h5" })
        {
            var doubts = Altered(() =>
            {
                var bytes = File.ReadAllBytes(At(file));
                var weights = File.ReadAllBytes(At("weights.npy")).AsSpan(^40..);
                bytes[bytes.AsSpan().IndexOf(weights) + 6] ^= 1;
                File.WriteAllBytes(At(file), bytes);
            });
            Assert.Contains(doubts, doubt => doubt is { Check: "weights", RecipeId: not null });
            Directory.Delete(Folder, recursive: true);
        }
    }

    [Fact]
    public void Rows_swapped_are_found() => Assert.NotEmpty(Altered(() =>
    {
        var bytes = File.ReadAllBytes(At("weights.npy"));
        var rows = bytes.AsSpan(128);
        var size = rows.Length / (3 * Trained.Networks);
        var first = rows[..size].ToArray();
        rows[size..(2 * size)].CopyTo(rows);
        first.CopyTo(rows[size..]);
        File.WriteAllBytes(At("weights.npy"), bytes);
    }));

    /// <summary>Trajectories as a release has them, of the zoo's kept checkpoints.</summary>
    void WriteTrajectories()
    {
        trained.Copy(release: false, _scratch.In("z"));
        using var zoo = Zoo.Open(_scratch.In("z"));
        var networks = Release.Open(Folder).Networks.Select(network => zoo.Find(network.RecipeId).Single()).ToList();
        Directory.CreateDirectory(At("trajectories"));
        using var npy = new NpyFile(
            At("trajectories/weights.npy"), networks.Sum(network => zoo.Milestones(network).Count), zoo.ReadWeights(networks[0]).Length);
        var (lines, row) = ("row,network,epoch,validation_loss,weights_sha256\n", 0);
        foreach (var (i, network) in networks.Index())
        {
            foreach (var milestone in zoo.Milestones(network))
            {
                npy.WriteRow(zoo.Kept(network, milestone.Epoch).Weights);
                lines += FormattableString.Invariant(
                    $"{row++},{i},{milestone.Epoch},{milestone.ValidationLoss},{milestone.WeightsSha256}\n");
            }
        }

        File.WriteAllText(At("trajectories/milestones.csv"), lines);
    }

    [Fact]
    public void Trajectories_are_held_to_the_milestones()
    {
        Assert.Empty(Altered(WriteTrajectories));
        Directory.Delete(Folder, recursive: true);
        Directory.Delete(_scratch.In("z"), recursive: true);
        Finds("trajectories", "isn't its weights at epoch", () =>
        {
            WriteTrajectories();
            var bytes = File.ReadAllBytes(At("trajectories/weights.npy"));
            bytes[^9] ^= 1;
            File.WriteAllBytes(At("trajectories/weights.npy"), bytes);
        });
        Directory.Delete(Folder, recursive: true);
        Directory.Delete(_scratch.In("z"), recursive: true);
        Finds("trajectories", "doesn't have the", () =>
        {
            WriteTrajectories();
            var lines = File.ReadAllLines(At("trajectories/milestones.csv"));
            File.WriteAllLines(At("trajectories/milestones.csv"), lines[..^1]);
        });
    }

    [Fact]
    public void A_name_that_leads_out_of_the_release_is_not_followed()
    {
        trained.Copy(release: true, Folder);
        File.WriteAllText(_scratch.In("outside"), "secret");
        File.AppendAllText(At("SHA256SUMS"), $"{new string('0', 64)}  ../outside\n");
        var doubt = Assert.Single(
            Verifier.Run(Folder, new VerificationOptions(Threads: 2), _ => { }, TestContext.Current.CancellationToken).Doubts);
        Assert.Equal("SHA256SUMS", doubt.Subject);
    }
}
