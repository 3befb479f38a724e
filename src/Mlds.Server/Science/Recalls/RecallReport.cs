using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Server.Database;
using Mlds.Training;
using Mlds.Zoos.Releases;

namespace Mlds.Server.Science.Recalls;

/// <summary>A network that was withdrawn.</summary>
/// <param name="WeightsSha256">SHA-256 of the false weights.</param>
/// <param name="Origin">Where it was from, by the zoo's word.</param>
/// <param name="Hosts">Whose results it was made of; with several it isn't known which of them was false.</param>
/// <param name="Fault">What differed, without a full stop.</param>
public sealed record WithdrawnNetwork(
    string RecipeId, string Machine, uint Seed, string WeightsSha256, long Epochs, string Origin, IReadOnlyList<long> Hosts, string Fault);

/// <summary>The outcome of a recall of a population (docs/formats/recall.md).</summary>
/// <param name="Host">0: all that was taken over was looked at.</param>
/// <param name="Trained">Trained again by this run.</param>
/// <param name="Known">Found right by an earlier recall.</param>
/// <param name="Missing">Networks that should have been in the zoo and weren't; issued again.</param>
/// <param name="Withdrawn">Networks taken out of the zoo.</param>
/// <param name="Checkpoints">States of unfinished networks that nobody goes on from any more.</param>
/// <param name="Caught">Hosts that were caught.</param>
/// <param name="DigestBefore">The zoo's weights digest before the first withdrawal.</param>
/// <param name="DigestAfter">The digest after the last.</param>
public sealed record RecallReport(
    long Id,
    string Population,
    string PopulationSha256,
    string Zoo,
    long Host,
    long Started,
    long Finished,
    int Trained,
    int Known,
    int Missing,
    IReadOnlyList<WithdrawnNetwork> Withdrawn,
    IReadOnlyList<WithdrawnNetwork> Checkpoints,
    IReadOnlyList<long> Caught,
    string DigestBefore,
    string DigestAfter)
{
    static readonly JsonSerializerOptions s_indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
    };

    /// <summary>Path of the record within the project's folder; null when nothing was false.</summary>
    public string? Record => IsSound ? null : Path.Combine("recalls", string.Create(CultureInfo.InvariantCulture, $"recall-{Id}.json"));

    public bool IsSound => Withdrawn.Count + Checkpoints.Count == 0;

    /// <summary>All networks that were ever withdrawn from the project's zoos, as recipe id and SHA-256 of the false weights.</summary>
    public static HashSet<(string RecipeId, string WeightsSha256)> EverWithdrawn(ProjectDatabase database) => database.Read(session =>
        session.Rows($"SELECT recipe_id, weights_sha256 FROM science_recheck WHERE found = {RecheckState.Withdrawn:d} AND ended = 1",
            row => (
            row.Text(0), row.Text(1)))).ToHashSet();

    internal static RecallReport Read(
        Session session, PlannedPopulation population, long id, long host, int trained, int known, int missing)
    {
        var (started, finished, before, after) = session.Row(
            "SELECT started, finished, digest_before, digest_after FROM science_recall WHERE id = $1", row =>
                (row.Long(0), row.Long(1), row.Text(2), row.Text(3)), id);
        var findings = Finding.Read(session, $"c.recall_id = $1 AND c.found = {RecheckState.Withdrawn:d}", id);
        return new(
            id, population.Name, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(population.Json))), population.Zoo, host,
                started, finished, trained, known, missing,
            Withdrawn: [.. findings.Where(finding => finding.Ended).Select(Of)],
            Checkpoints: [.. findings.Where(finding => !finding.Ended).Select(Of)],
            Caught: [.. findings.Select(finding => finding.Culprit).Where(culprit => culprit > 0).Distinct().Order()],
            before, after);
    }

    internal void WriteRecord(string folder)
    {
        if (Record is not { } record) return;
        var file = Path.Combine(folder, record);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file + ".new", Json().ToJsonString(s_indented) + "\n");
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>The record.</summary>
    public JsonObject Json() => new()
    {
        ["format"] = "mlds-recall",
        ["version"] = 1,
        ["population"] = Population,
        ["population_sha256"] = PopulationSha256,
        ["zoo"] = Zoo,
        ["host"] = Host == 0 ? null : Host,
        ["started"] = Started,
        ["finished"] = Finished,
        ["program_version"] = Provenance.Version,
        ["weights_digest_before"] = DigestBefore,
        ["weights_digest_after"] = DigestAfter,
        ["withdrawn"] = Json(Withdrawn),
        ["dropped_checkpoints"] = Json(Checkpoints),
        ["hosts_caught"] = new JsonArray([.. Caught.Select(host => (JsonNode)host)]),
    };

    static JsonArray Json(IEnumerable<WithdrawnNetwork> networks) => new([.. networks.Select(network => new JsonObject
    {
        ["recipe_id"] = network.RecipeId,
        ["machine"] = network.Machine,
        ["seed"] = network.Seed,
        ["weights_sha256"] = network.WeightsSha256,
        ["epochs"] = network.Epochs,
        ["origin"] = network.Origin,
        ["hosts"] = new JsonArray([.. network.Hosts.Select(host => (JsonNode)host)]),
        ["fault"] = network.Fault,
    })]);

    static WithdrawnNetwork Of(Finding finding) => new(
        finding.RecipeId, finding.Recipe.MachineName, finding.Recipe.Seed, finding.WeightsSha256, finding.Epochs, finding.Origin,
            finding.Hosts, finding.Fault);
}

/// <summary>The withdrawn networks that a release cut earlier holds.</summary>
/// <param name="WeightsDigest">The digest by which the release is known.</param>
/// <param name="RecipeIds">The withdrawn networks in it, with the withdrawn weights.</param>
/// <param name="Subsets">Its subsets that have any of them.</param>
public sealed record RecalledRelease(string Folder, string WeightsDigest, IReadOnlyList<string> RecipeIds, IReadOnlyList<int> Subsets)
{
    /// <exception cref="InvalidDataException">There is no release, or it can't be read.</exception>
    public static RecalledRelease Hold(Release release, HashSet<(string RecipeId, string WeightsSha256)> withdrawn)
    {
        var rows = Enumerable.Range(0, release.Networks.Count).Where(
            row => withdrawn.Contains((release.Networks[row].RecipeId, release.Networks[row].WeightsSha256))).ToList();
        return new(
            release.Folder,
            release.WeightsDigest,
            rows.ConvertAll(row => release.Networks[row].RecipeId),
            [.. release.Subsets.Where(size => rows.Exists(row => row < size * release.Machines.Count))]);
    }
}
