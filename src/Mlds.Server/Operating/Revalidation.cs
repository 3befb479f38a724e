using Mlds.Boinc.States;
using Mlds.Server.Contract;
using Mlds.Server.Daemons;
using Mlds.Server.Database;

namespace Mlds.Server.Operating;

/// <param name="Units">Work units whose results are judged anew.</param>
/// <param name="Results">Results that are judged anew.</param>
/// <param name="Assimilated">Units left alone because their networks are in the zoo already.</param>
public sealed record Revalidated(int Units, int Results, int Assimilated);

/// <summary>
/// Has results judged again, for instance after a mistake in the check was corrected: verdicts and the credit granted for them are taken
/// back first, so nothing counts twice; the validator does the rest. A host's trust begins anew. Units that were assimilated, or are just
/// being, are left alone: their networks are in the zoo, and their files will be deleted. The files that are judged are exactly those that
/// were judged before.
/// </summary>
public static class Revalidation
{
    public static Task<Revalidated> WorkUnit(ProjectDatabase database, IScience science, string name, long now) =>
        Run(database, science, "name = $1", name, now);

    public static Task<Revalidated> Batch(ProjectDatabase database, IScience science, long batch, long now) =>
        Run(database, science, "batch = $1", batch, now);

    static Task<Revalidated> Run(ProjectDatabase database, IScience science, string which, object value, long now) =>
        database.Write(session =>
        {
            var units = session.Rows($"SELECT id, assimilate_state, assimilating FROM workunit WHERE {which} ORDER BY id", row => (
                Id: row.Long(0), Done: row.Long(1) == 2 || row.Bool(2)), value);
            var (touched, hosts) = (0, new List<long>());
            foreach (var unit in units.Where(unit => !unit.Done))
            {
                var of = TakeBack(session, unit.Id, now);
                if (of.Count == 0) continue;
                session.Execute(
                    $"UPDATE workunit SET canonical_result_id = 0, held = 0, assimilate_state = {AssimilateState.Init:d}, "
                    + "assimilate_tries = 0, assimilate_after = 0, need_validate = 1, errors = errors & $2, "
                    + "transition_time = $3 WHERE id = $1",
                    unit.Id, (long)WorkUnitErrors.Cancelled, now);
                touched++;
                hosts.AddRange(of);
            }

            foreach (var host in hosts.Distinct())
            {
                science.Doubt(session, host);
                session.Execute($"UPDATE host SET standing = {HostStanding.Provisional:d}, proven_at = 0 WHERE id = $1", host);
            }

            return new Revalidated(touched, hosts.Count, units.Count(unit => unit.Done));
        });

    /// <summary>Resets the unit's judged results that came back, by the client's word, with success to what they were before the
    /// verdict.</summary>
    /// <returns>The host of each such result.</returns>
    static List<long> TakeBack(Session session, long unit, long now)
    {
        var results = session.Rows(
            "SELECT id, host_id, account_id, granted_credit, validate_state FROM result WHERE workunit_id = $1 "
            + $"AND server_state = {ServerState.Over:d} AND outcome IN ({ResultOutcome.Success:d}, {ResultOutcome.ValidateError:d}) "
            + $"AND client_state = $2 AND validate_state IN ({ValidateState.Valid:d}, {ValidateState.Invalid:d}, "
            + $"{ValidateState.Inconclusive:d})",
            row => (Id: row.Long(0), Host: row.Long(1), Account: row.Long(2), Credit: row.Real(3), State: (ValidateState)row.Int(4)),
            unit, (long)ClientState.FilesUploaded);
        foreach (var result in results)
        {
            if (result.Credit != 0) CreditGranting.Grant(session, result.Id, result.Host, result.Account, -result.Credit, now);
            if (result.State == ValidateState.Valid) Uncount(session, "valid_results", result.Host);
            if (result.State == ValidateState.Invalid) Uncount(session, "invalid_results", result.Host);
            var earned = result.State switch { ValidateState.Valid => 1L, ValidateState.Invalid => -1L, _ => 0L };
            if (earned != 0) session.Execute("UPDATE account SET earned = earned - $2 WHERE id = $1", result.Account, earned);
            session.Execute(
                $"UPDATE result SET outcome = {ResultOutcome.Success:d}, validate_state = {ValidateState.Init:d}, proved = 0, "
                + "reason = '', credit = 0 WHERE id = $1", result.Id);
        }

        return results.ConvertAll(result => result.Host);
    }

    static void Uncount(Session session, string column, long host) =>
        session.Execute($"UPDATE host SET {column} = {column} - 1 WHERE id = $1 AND {column} > 0", host);
}
