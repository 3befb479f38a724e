using System.Security.Cryptography;
using Mlds.Boinc.States;
using Mlds.Bundles;
using Mlds.Recipes;
using Mlds.Server.Database;
using Mlds.Server.Operating;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Server.Science.Recalls;

/// <summary>
/// Something that was taken over and is to be trained again: a network of the zoo, or the checkpoint of one that isn't finished.
/// </summary>
/// <param name="Asked">The network from its beginning, so that nothing relies on what a host returned.</param>
/// <param name="Part">What was taken over.</param>
/// <param name="Origin">What the zoo says of where it is from; empty for a checkpoint.</param>
/// <param name="Hosts">Hosts whose results it is made of, the first first.</param>
sealed record Suspect(long NetworkId, BundleNetwork Asked, TrainedPart Part, string Origin, IReadOnlyList<long> Hosts)
{
    /// <summary>
    /// SHA-256 over everything recorded, including weights and optimiser's state. A finding about these very bits needn't be made again.
    /// </summary>
    public string RecordSha256 { get; } = Hash(Part);

    public string WeightsSha256 => WeightsHash.Of(Part.State.Weights);

    /// <summary>The SHA-256 of <paramref name="part"/>, with everything but the processor time.</summary>
    public static string Hash(TrainedPart part)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write((int)(part.Outcome ?? 0));
        writer.Write(part.LongLoss);
        writer.Write((part.State with { CoreSeconds = 0 }).ToBytes());
        writer.Flush();
        return Convert.ToHexStringLower(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
    }
}

/// <summary>Finds what a host has had a part in, or everything that was taken over of a population.</summary>
sealed class Suspects(ProjectDatabase database, PlannedPopulation population, long host)
{
    /// <summary>How a loss that isn't a number is written; NaN has many bit patterns.</summary>
    static readonly float s_notANumber = BitConverter.UInt32BitsToSingle(0x7FC00000);

    readonly Dictionary<long, Recipe> _machines = database.Read(session => session.Rows(
        "SELECT id, recipe FROM science_machine WHERE population_id = $1", row =>
            (Id: row.Long(0), Recipe: Recipe.Parse(row.Text(1))), population.Id)).ToDictionary(row => row.Id, row => row.Recipe);

    /// <summary>
    /// Hosts that were merged into others, with their present numbers: the zoo keeps the number under which a network was trained.
    /// </summary>
    readonly Dictionary<long, long> _merged = database.Read(session => session.Rows(
        "SELECT id FROM host WHERE merged_into > 0", row => row.Long(0))
            .ToDictionary(id => id, id => HostMerge.Present(session, id) ?? id));

    /// <summary>What is to be looked at; each is read when it is asked for. One thread at a time reads the zoo.</summary>
    public List<Func<Suspect?>> Find(Zoo zoo)
    {
        // The database is read first: a network is in the zoo before the database says so.
        var (networks, touched) = database.Read(session => (Networks(session), Touched(session)));
        var stored = zoo.Networks().ToDictionary(network => (network.Machine, network.Seed));
        var found = new List<Func<Suspect?>>();
        foreach (var network in networks)
        {
            var mayBe = host == 0 || touched.Contains(network.Id);
            var there = stored.GetValueOrDefault((_machines[network.Machine].MachineName, network.Seed));
            if (there is not null && (mayBe || Host(there.Provenance.Host) == host))
            {
                found.Add(
                    () => Ended(zoo, network, there));
            }

            if (mayBe && network.HasCheckpoint) found.Add(() => Unfinished(network));
        }

        return found;
    }

    /// <summary>
    /// Networks that have their outcome according to the database but aren't in the zoo, for instance since it was restored from an older
    /// copy.
    /// </summary>
    public List<long> Missing(Zoo zoo)
    {
        var networks = database.Read(Networks);
        var seeds = _machines.ToDictionary(machine => machine.Key, machine => zoo.Seeds(machine.Value.MachineName));
        return [.. networks.Where(network => network.State == NetworkState.InZoo && !seeds[network.Machine].Contains(network.Seed)).Select(
            network => network.Id)];
    }

    List<NetworkRow> Networks(Session session) => session.Rows(
        "SELECT n.id, n.machine_id, n.seed, n.state, CASE WHEN n.checkpoint IS NULL THEN 0 ELSE 1 END, n.recipe FROM science_network n "
        + "JOIN science_machine m ON m.id = n.machine_id "
        + "WHERE m.population_id = $1 ORDER BY n.machine_id, n.seed",
        row => new NetworkRow(row.Long(0), row.Long(1), (uint)row.Long(2), (NetworkState)row.Int(3), row.GetInt32(4) != 0, row.Text(5)),
        population.Id);

    /// <summary>Networks that the host had a part in, though another may have ended them.</summary>
    HashSet<long> Touched(Session session) => host == 0
        ? []
        : [.. session.Rows(
            "SELECT DISTINCT n.network_id FROM science_unit_network n JOIN science_unit u ON u.name = n.unit JOIN workunit w ON w.id = "
            + "u.workunit_id "
            + "JOIN result r ON r.id = w.canonical_result_id WHERE r.host_id = $1 AND u.population_id = $2 AND n.ringer = '' AND "
            + "n.dropped = 0",
            row => row.Long(0), host, population.Id)];

    Suspect? Ended(Zoo zoo, NetworkRow network, StoredNetwork there)
    {
        TrainedNetwork whole;
        lock (zoo) whole = zoo.Read(there);
        var state = new Checkpoint(there.RecipeId, whole.Weights, [], whole.History, whole.Milestones, 0);
        var longLoss = float.IsNaN(whole.LongLoss) ? s_notANumber : whole.LongLoss;
        return Of(network, new TrainedPart(Asked(network), whole.Outcome, longLoss, state), there.Provenance.Host);
    }

    Suspect? Unfinished(NetworkRow network)
    {
        var bytes = database.Read(session => session.Bytes("SELECT checkpoint FROM science_network WHERE id = $1", network.Id));
        return bytes is null ? null : Of(network, Part(Asked(network), bytes), "");
    }

    /// <summary>A checkpoint as the part of a unit that it came as.</summary>
    public static TrainedPart Part(Recipe recipe, byte[] checkpoint) => new(recipe, null, s_notANumber, Checkpoint.FromBytes(checkpoint));

    /// <summary>The host that trained a network, by the zoo's word; 0: no volunteer's.</summary>
    long Host(string origin) => VolunteerOrigin.Host(origin) is var said && _merged.TryGetValue(said, out var present) ? present : said;

    Recipe Asked(NetworkRow network) =>
        (network.Recipe.Length > 0 ? Recipe.Parse(network.Recipe) : _machines[network.Machine]) with { Seed = network.Seed };

    Suspect Of(NetworkRow network, TrainedPart part, string origin)
    {
        var hosts = database.Read(session => session.Rows(
            "SELECT r.host_id FROM science_unit_network n JOIN science_unit u ON u.name = n.unit JOIN workunit w ON w.id = u.workunit_id "
            + "JOIN result r ON r.id = w.canonical_result_id "
            + $"WHERE n.network_id = $1 AND n.ringer = '' AND n.dropped = 0 AND w.assimilate_state = {AssimilateState.Done:d} "
            + "ORDER BY w.id",
            row => row.Long(0), network.Id));
        if (hosts.Count == 0 && Host(origin) is > 0 and var by) hosts.Add(by);
        return new Suspect(network.Id, new BundleNetwork(part.Recipe, null), part, origin, hosts);
    }

    /// <param name="Recipe">Empty where it is the machine's.</param>
    sealed record NetworkRow(long Id, long Machine, uint Seed, NetworkState State, bool HasCheckpoint, string Recipe);
}
