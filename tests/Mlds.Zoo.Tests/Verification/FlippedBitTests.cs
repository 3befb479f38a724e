using Mlds.Training;
using Mlds.Zoos.Releases;
using Mlds.Zoos.Verification;

namespace Mlds.Zoos.Tests.Verification;

/// <summary>
/// One flipped bit, a file cut short, a file too many: at places drawn with a fixed seed. All are found, and no reader crashes on them.
/// </summary>
public sealed class FlippedBitTests(Trained trained) : IClassFixture<Trained>, IDisposable
{
    readonly ScratchFolder _scratch = new();

    string Folder => _scratch.In("x");

    public void Dispose() => _scratch.Dispose();

    static VerificationReport Verify(string folder) =>
        Verifier.Run(folder, new VerificationOptions(Threads: 2), _ => { }, TestContext.Current.CancellationToken);

    static void Flip(string path, Random random)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(path, bytes);
    }

    static void Cut(string path, Random random)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write);
        stream.SetLength(random.Next((int)stream.Length));
    }

    /// <summary>A fault in a file of the release or of the zoo, planted in a copy of the file that is put back afterwards.</summary>
    void With(string file, Action<string> fault, Action check)
    {
        var path = Path.Combine(Folder, file);
        var whole = File.ReadAllBytes(path);
        fault(path);
        if (!File.ReadAllBytes(path).AsSpan().SequenceEqual(whole)) check();
        File.WriteAllBytes(path, whole);
    }

    [Fact]
    public void A_bit_flipped_anywhere_in_any_file_of_a_release_is_found_and_the_file_named()
    {
        trained.Copy(release: true, Folder);
        var random = new Random(1);
        foreach (var file in trained.ReleaseFiles)
        {
            for (var i = 0; i < 8; i++)
            {
                // In SHA256SUMS the bit may be in the name or the hash of any file.
                With(file, path => Flip(path, random), () => Assert.Contains(
                    Verify(Folder).Doubts, doubt => doubt.Check == "files" && (doubt.Subject == file || file == "SHA256SUMS")));
            }
        }

        Assert.Empty(Verify(Folder).Doubts);
    }

    [Fact]
    public void A_bit_flipped_anywhere_in_a_zoos_database_or_seal_is_found()
    {
        trained.Copy(release: false, Folder);
        var random = new Random(2);
        for (var i = 0; i < 60; i++)
        {
            With(i < 55 ? "zoo.db" : "zoo.seal", path => Flip(path, random), () => Assert.Contains(
                Verify(Folder).Doubts, doubt => doubt is { Check: "files", Subject: "zoo.db" }));
        }

        Assert.Empty(Verify(Folder).Doubts);
    }

    [Fact]
    public void A_file_cut_short_missing_or_added_is_found()
    {
        trained.Copy(release: true, Folder);
        var random = new Random(3);
        foreach (var file in trained.ReleaseFiles)
        {
            for (var i = 0; i < 3; i++) With(file, path => Cut(path, random), () => Assert.NotEmpty(Verify(Folder).Doubts));
            With(file, path => File.WriteAllBytes(path, []), () => Assert.NotEmpty(Verify(Folder).Doubts));
            var path = Path.Combine(Folder, file);
            File.Move(path, $"{path}.moved");
            Assert.Contains(Verify(Folder).Doubts, doubt => doubt.Subject == file);
            Assert.Contains(Verify(Folder).Doubts, doubt => doubt.Subject == $"{file}.moved" || file == "SHA256SUMS");
            File.Move($"{path}.moved", path);
        }
    }

    /// <summary>The whole checksums made anew: what a forger would do, and what lets damaged files through to their readers.</summary>
    void SumAgain()
    {
        var sums = trained.ReleaseFiles.Where(name => name != "SHA256SUMS")
            .Select(name =>
                $"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(Folder, name))))}  "
                + $"{name}\n");
        File.WriteAllText(Path.Combine(Folder, "SHA256SUMS"), string.Concat(sums));
    }

    [Fact]
    public void No_reader_of_a_release_breaks_over_a_damaged_file_with_a_checksum_that_fits()
    {
        trained.Copy(release: true, Folder);
        var random = new Random(4);
        foreach (var file in trained.ReleaseFiles.Where(name => name != "SHA256SUMS"))
        {
            for (var i = 0; i < 12; i++)
            {
                With(file, path => (i % 3 == 0 ? (Action<string, Random>)Cut : Flip)(path, random), () =>
                {
                    SumAgain();
                    foreach (var doubt in Verify(Folder).Doubts) IsSentence(doubt.Message);
                    Says(() => Release.Open(Folder).ReadWeights());
                });
            }
        }
    }

    [Fact]
    public void No_reader_of_a_zoo_breaks_over_a_damaged_database()
    {
        trained.Copy(release: false, Folder);
        File.Delete(Path.Combine(Folder, "zoo.seal"));
        var random = new Random(5);
        for (var i = 0; i < 150; i++)
        {
            With("zoo.db", path => (i % 10 == 0 ? (Action<string, Random>)Cut : Flip)(path, random), () =>
            {
                foreach (var doubt in Verify(Folder).Doubts) IsSentence(doubt.Message);
                Says(() =>
                {
                    using var zoo = Zoo.Open(Folder);
                    zoo.Status();
                    zoo.WeightsDigest();
                    foreach (var network in zoo.Networks())
                    {
                        zoo.Read(network);
                        foreach (var epoch in zoo.KeptEpochs(network)) zoo.Kept(network, epoch);
                    }

                    foreach (var machine in zoo.Machines) zoo.ReadWeights(machine);
                });
            });
            foreach (var rest in Directory.GetFiles(Folder, "zoo.db-*")) File.Delete(rest);
        }
    }

    [Fact]
    public void No_reader_breaks_over_a_damaged_checkpoint()
    {
        var bytes = Example.Checkpoint(Example.Small.Recipe("ParityMachine", 5), 30).ToBytes();
        var random = new Random(6);
        for (var i = 0; i < 500; i++)
        {
            byte[] damaged = [.. bytes];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            Says(() => Checkpoint.FromBytes(damaged));
            Says(() => Checkpoint.FromBytes(damaged.AsSpan(0, random.Next(damaged.Length))));
        }
    }

    /// <summary>Either it works or it throws what the command line says as one sentence with exit code 1.</summary>
    static void Says(Action read)
    {
        try
        {
            read();
        }
        catch (Exception exception) when (exception is ZooException or InvalidDataException or FormatException)
        {
            // The command line makes one line of it.
            IsSentence(exception.Message.ReplaceLineEndings(" "));
        }
    }

    static void IsSentence(string message)
    {
        Assert.NotEmpty(message);
        Assert.DoesNotContain('\n', message);
        Assert.DoesNotContain("   at ", message, StringComparison.Ordinal);
    }
}
