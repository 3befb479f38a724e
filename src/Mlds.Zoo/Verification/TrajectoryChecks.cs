using System.Globalization;
using Mlds.Training;
using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Verification;

/// <summary>
/// The trajectories of a release, where it has them: every milestone of every network once, in order, with the weights that its record
/// names.
/// </summary>
sealed class TrajectoryChecks(Release release, ReleaseTable table, VerificationLog log)
{
    const string Weights = "trajectories/weights.npy";
    const string Index = "trajectories/milestones.csv";
    const string Header = "row,network,epoch,validation_loss,weights_sha256";

    public void Check(CancellationToken cancellation)
    {
        if (!Directory.Exists(Path.Combine(release.Folder, "trajectories"))) return;
        log.Begin(Checks.Trajectories, "the weights at every milestone have the SHA-256 of the network's record");
        log.Try(Checks.Trajectories, Weights, () => CheckRows(cancellation));
    }

    void CheckRows(CancellationToken cancellation)
    {
        var expected = Expected().ToList();
        var lines = File.ReadAllLines(Path.Combine(release.Folder, Index));
        if (lines is not [Header, ..] || lines.Length - 1 != expected.Count)
            throw new InvalidDataException($"{Index} doesn't have the {expected.Count} milestones of the table under '{Header}'");
        var matrix = NpyMatrix.Open(Path.Combine(release.Folder, Weights));
        if (matrix.Rows != expected.Count || matrix.Columns != release.Layout.Parameters || !matrix.IsSingle)
        {
            throw new InvalidDataException(
                $"it has {matrix} where the table has {expected.Count} milestones of {release.Layout.Parameters} weights as float32");
        }

        foreach (var (row, ((network, epoch, sha256), weights)) in expected.Zip(matrix.ReadRows()).Index())
        {
            cancellation.ThrowIfCancellationRequested();
            log.Count(Checks.Trajectories);
            var loss = release.History(network)[epoch - 1].ValidationLoss;
            if (lines[row + 1] != string.Create(CultureInfo.InvariantCulture, $"{row},{network},{epoch},{loss},{sha256}"))
            {
                log.Doubt(
                    Checks.Trajectories, release.Networks[network], $"line {row + 2} of {Index} isn't its milestone of epoch {epoch}");
            }

            if (WeightsHash.Of(weights) != sha256)
                log.Doubt(Checks.Trajectories, release.Networks[network], $"row {row} of {Weights} isn't its weights at epoch {epoch}");
        }
    }

    IEnumerable<(int Network, int Epoch, string Sha256)> Expected()
    {
        var (epochs, hashes) = (table.Column<int[]>("milestone_epoch")!, table.Column<string[]>("milestone_weights_sha256")!);
        for (var network = 0; network < epochs.Length; network++)
            foreach (var (epoch, hash) in epochs[network].Zip(hashes[network])) yield return (network, epoch, hash);
    }
}
