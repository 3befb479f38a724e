using System.Globalization;
using Mlds.Boinc.States;
using Mlds.Recipes;
using Mlds.Server.Daemons;
using Mlds.Server.Database;
using Mlds.Server.Operating;
using Mlds.Zoos;

namespace Mlds.Server.Science.Recalls;

/// <summary>
/// Takes back what a recall found to be false: first from the zoo, then, in one transaction, everywhere in the database. A kill between the
/// two leaves the findings open, and doing the same again completes it.
/// </summary>
sealed class Withdrawal(
    ProjectDatabase database, string folder, PlannedPopulation population, long recall,
    Action<Session, long, string> caught, Func<long> now)
{
    string ZooFolder => Path.Combine(folder, population.Zoo);

    /// <summary>Takes back what the findings that are still open say.</summary>
    /// <returns>Whether a network had moved on from a false checkpoint, so that what it has become is to be looked at.</returns>
    public bool Run(CancellationToken cancellation)
    {
        var open = database.Read(session => Finding.Read(session, $"c.recall_id = $1 AND c.found = {RecheckState.False:d}", recall));
        if (open.Count == 0) return false;
        using var turn = Turn(cancellation);
        using var writer = OpenZoo.Open(
            ZooFolder, ZooPopulation.Of(Population.Parse(population.Json, population.Name)), () => true, cancellation);
        Digest("digest_before", writer.Zoo.WeightsDigest(), onlyFirst: true);
        writer.Withdraw([.. open.Where(finding => finding.Ended).Select(finding => (finding.RecipeId, finding.WeightsSha256))]);
        Digest("digest_after", writer.Zoo.WeightsDigest(), onlyFirst: false);
        return database.Write(session => TakeBack(session, open)).GetAwaiter().GetResult();
    }

    /// <summary>Networks that should be in the zoo and aren't are computed again.</summary>
    public int Reissue(IReadOnlyCollection<long> networks) => networks.Count == 0
        ? 0
        : database.Write(session => networks.Sum(network => session.Execute(
            $"UPDATE science_network SET state = {NetworkState.Waiting:d}, place = 0, failures = 0, checkpoint = NULL WHERE id = $1 "
            + $"AND state = {NetworkState.InZoo:d}",
            network))).GetAwaiter().GetResult();

    public RecallReport Finish(long host, int trained, int known, int missing)
    {
        using (var zoo = Zoo.Open(ZooFolder))
        {
            var digest = zoo.WeightsDigest();
            Digest("digest_before", digest, onlyFirst: true);
            database.Write(session => session.Execute("UPDATE science_recall SET digest_after = $2 WHERE id = $1 AND digest_after = ''",
                recall, digest)).GetAwaiter().GetResult();
        }

        database.Write(
            session => session.Execute("UPDATE science_recall SET finished = $2 WHERE id = $1", recall, now())).GetAwaiter().GetResult();
        return database.Read(session => RecallReport.Read(session, population, recall, host, trained, known, missing));
    }

    IDisposable Turn(CancellationToken cancellation)
    {
        while (true)
        {
            if (ZooTurn.Ask(ZooFolder) is { } turn) return turn;
            cancellation.ThrowIfCancellationRequested();
            cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(50));
        }
    }

    void Digest(string column, string digest, bool onlyFirst) => database.Write(session => session.Execute(
        $"UPDATE science_recall SET {column} = $2 WHERE id = $1 {(onlyFirst ? $"AND {column} = ''" : "")}",
        recall, digest)).GetAwaiter().GetResult();

    bool TakeBack(Session session, IReadOnlyList<Finding> open)
    {
        var movedOn = false;
        foreach (var finding in open)
        {
            // What a false checkpoint has become since is the matter of another finding.
            if (Reissue(session, finding)) Forget(session, finding);
            else movedOn = true;
            session.Execute($"UPDATE science_recheck SET found = {RecheckState.Withdrawn:d} WHERE network_id = $1 AND record_sha256 = $2",
                finding.NetworkId,
                finding.RecordSha256);
        }

        foreach (var of in open.Where(finding => finding.Culprit > 0).GroupBy(finding => finding.Culprit))
            Catch(session, of.Key, of.First());
        return movedOn;
    }

    /// <summary>
    /// Has the network computed again from its beginning. False when it has moved on from its false checkpoint, which therefore no longer
    /// exists.
    /// </summary>
    static bool Reissue(Session session, Finding finding)
    {
        if (!finding.Ended && !IsStillThere(session, finding)) return false;
        var again = session.Execute(
            $"UPDATE science_network SET state = {NetworkState.Waiting:d}, place = 0, failures = 0, checkpoint = NULL WHERE id = $1 AND "
            + (finding.Ended ? $"state = {NetworkState.InZoo:d}" : $"state NOT IN ({NetworkState.InZoo:d}, {NetworkState.Withdrawn:d})"),
            finding.NetworkId);
        if (again == 1 && VolunteerOrigin.Host(finding.Origin) > 0)
        {
            session.Execute(
                "UPDATE science_machine SET ended = ended - 1, ended_epochs = ended_epochs - $2 WHERE ended > 0 AND id = (SELECT "
                + "machine_id FROM science_network WHERE id = $1)",
                finding.NetworkId, finding.Epochs);
        }

        // Put into the zoo but not marked yet, so it hasn't been counted anywhere.
        if (again == 0 && finding.Ended)
        {
            session.Execute(
                $"UPDATE science_network SET state = {NetworkState.Waiting:d}, place = 0, failures = 0, checkpoint = NULL WHERE id = $1 "
                + $"AND state IN ({NetworkState.Out:d}, {NetworkState.ForServer:d})",
                finding.NetworkId);
        }

        return true;
    }

    static bool IsStillThere(Session session, Finding finding) =>
        session.Bytes("SELECT checkpoint FROM science_network WHERE id = $1", finding.NetworkId) is { } bytes
        && Suspect.Hash(Suspects.Part(finding.Recipe, bytes)) == finding.RecordSha256;

    /// <summary>
    /// Units in progress that contain something false go on, for their hosts do nothing wrong, but nothing of this network is taken over
    /// from them. Nor does it serve as a ringer's answer any more, which would brand honest hosts.
    /// </summary>
    void Forget(Session session, Finding finding)
    {
        if (finding.IsOnlyUnit) TakeCreditBack(session, finding);
        session.Execute(
            "UPDATE science_unit_network SET dropped = 1, ringer = '' WHERE network_id = $1 AND dropped = 0", finding.NetworkId);
        session.Execute("DELETE FROM science_weights WHERE network_id = $1", finding.NetworkId);
    }

    void TakeCreditBack(Session session, Finding finding)
    {
        var results = session.Rows(
            "SELECT r.id, r.account_id, r.granted_credit FROM science_unit_network n JOIN science_unit u ON u.name = n.unit JOIN workunit "
            + "w ON w.id = u.workunit_id "
            + "JOIN result r ON r.id = w.canonical_result_id WHERE n.network_id = $1 AND n.ringer = '' AND n.dropped = 0 AND r.host_id = "
            + $"$2 AND r.validate_state = {ValidateState.Valid:d}",
            row => (Id: row.Long(0), Account: row.Long(1), Credit: row.Real(2)), finding.NetworkId, finding.Culprit);
        foreach (var result in results)
        {
            if (result.Credit != 0) CreditGranting.Grant(session, result.Id, finding.Culprit, result.Account, -result.Credit, now());
            session.Execute(
                "UPDATE result SET outcome = $2, validate_state = $3, reason = $4 WHERE id = $1", result.Id,
                    (long)ResultOutcome.ValidateError, (long)ValidateState.Invalid, finding.Sentence);
            session.Execute(
                "UPDATE host SET valid_results = CASE WHEN valid_results > 0 THEN valid_results - 1 ELSE 0 END, invalid_results = "
                + "invalid_results + 1 WHERE id = $1", finding.Culprit);
            session.Execute("UPDATE account SET earned = earned - 1 WHERE id = $1", result.Account);
        }
    }

    void Catch(Session session, long host, Finding finding)
    {
        HostTrust.Read(session, host).Caught().Write(session);
        caught(session, host, finding.Sentence);
    }
}

/// <summary>Something that was found to be false.</summary>
/// <param name="Ended">A network of the zoo; else an unfinished one's checkpoint.</param>
/// <param name="Fault">What differs, without a full stop.</param>
sealed record Finding(
    long NetworkId, string RecordSha256, bool Ended, string RecipeId, string WeightsSha256, long Epochs, string Origin,
        IReadOnlyList<long> Hosts, string Fault, Recipe Recipe)
{
    /// <summary>The host from which it certainly is; 0 where several had a part in it.</summary>
    public long Culprit => Hosts.Distinct().Count() == 1 ? Hosts[0] : 0;

    /// <summary>Whether all of it comes from one result.</summary>
    public bool IsOnlyUnit => Hosts.Count == 1;

    public string Sentence =>
        string.Create(CultureInfo.InvariantCulture, $"Network {Recipe.MachineName} seed {Recipe.Seed} (recipe {RecipeId[..12]}): {Fault}.");

    public static List<Finding> Read(Session session, string which, params ReadOnlySpan<object?> values) => session.Rows(
        "SELECT c.network_id, c.record_sha256, c.ended, c.recipe_id, c.weights_sha256, c.epochs, c.origin, c.hosts, c.fault, "
        + $"{ScienceSchema.Recipe}, n.seed FROM science_recheck c "
        + $"JOIN science_network n ON n.id = c.network_id JOIN science_machine m ON m.id = n.machine_id WHERE {which} ORDER BY m.id, "
        + "n.seed",
        row => new Finding(
            row.Long(0), row.Text(1), row.Bool(2), row.Text(3), row.Text(4), row.Long(5), row.Text(6), Numbers(row.Text(7)), row.Text(8),
                Recipe.Parse(row.Text(9)) with { Seed = (uint)row.Long(10) }),
        values)
        .ConvertAll(finding => finding with { Hosts = [.. finding.Hosts.Select(host => HostMerge.Present(session, host) ?? host)] });

    static List<long> Numbers(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
}
