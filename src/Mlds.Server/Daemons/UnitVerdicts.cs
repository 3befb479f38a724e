using Mlds.Boinc.States;
using Mlds.Server.Contract;
using Mlds.Server.Database;

namespace Mlds.Server.Daemons;

/// <summary>
/// The verdicts on a work unit's results: each by its own check, then all by comparison. Equal hashes agree; when as many agree as the
/// quorum demands, one of them becomes canonical, and what differs from it is invalid.
/// </summary>
sealed class UnitVerdicts
{
    readonly Session _session;
    readonly long _unit;
    readonly int _quorum;
    readonly int _target;
    readonly int _maxTotal;
    readonly bool _onePerAccount;
    readonly List<(ReturnedResult Result, ResultCheck Check)> _valid = [];
    readonly IReadOnlyList<(ReturnedResult Result, ResultCheck Check)> _earlier;
    readonly Dictionary<long, long> _open;
    long _canonical;
    bool _held;
    string _canonicalHash = "";

    /// <param name="earlier">Results that nobody had agreed with yet, as they were judged.</param>
    public UnitVerdicts(Session session, long unit, IReadOnlyList<(ReturnedResult Result, ResultCheck Check)> earlier)
    {
        (_session, _unit, _earlier) = (session, unit, earlier);
        (_canonical, _quorum, _target, _maxTotal, _onePerAccount) = session.Row(
            "SELECT canonical_result_id, min_quorum, target_results, max_total, one_per_account FROM workunit WHERE id = $1",
            row => (row.Long(0), row.Int(1), row.Int(2), row.Int(3), row.Bool(4)), unit);
        if (_canonical != 0) _canonicalHash = session.Text("SELECT comparison_hash FROM result WHERE id = $1", _canonical) ?? "";
        // What was voided or judged since it was read is already decided; and its host may have been merged into another.
        _open = session.Rows(
            $"SELECT id, host_id FROM result WHERE workunit_id = $1 AND server_state = {ServerState.Over:d} "
            + $"AND outcome = {ResultOutcome.Success:d} AND validate_state IN ({ValidateState.Init:d}, {ValidateState.Inconclusive:d})",
            row => KeyValuePair.Create(row.Long(0), row.Long(1)), unit).ToDictionary();
    }

    public List<(ReturnedResult Result, ResultCheck Check, ValidateState Verdict)> Judged { get; } = [];

    public bool ReadyToAssimilate { get; private set; }

    /// <summary>Takes in what the check of one result said.</summary>
    public void Take(ReturnedResult result, ResultCheck check)
    {
        if (!_open.TryGetValue(result.ResultId, out var host)) return;
        result = result with { HostId = host };
        if (check.Verdict == Verdict.Invalid) Judged.Add((result, check, ValidateState.Invalid));
        else if (check.Verdict == Verdict.Valid) _valid.Add((result, check));
    }

    /// <summary>Compares what passed the checks, together with earlier results that nobody had agreed with.</summary>
    public void Decide()
    {
        if (_canonical != 0)
        {
            // What was computed again here is right, whatever was taken over before.
            foreach (var (result, check) in _valid)
            {
                Judged.Add(check.Proved
                    ? (result, check, ValidateState.Valid)
                    : (result, Against(check), check.ComparisonHash == _canonicalHash ? ValidateState.Valid : ValidateState.Invalid));
            }

            return;
        }

        if (_valid.Count == 0) return;
        var candidates = _earlier.Where(earlier => _open.ContainsKey(earlier.Result.ResultId))
            .Select(earlier => (Result: earlier.Result with { HostId = _open[earlier.Result.ResultId] }, earlier.Check))
            .Concat(_valid).ToList();
        var agreed = candidates.GroupBy(candidate => candidate.Check.ComparisonHash)
            .OrderByDescending(group => group.Any(one => one.Check.Proved))
            .FirstOrDefault(group => Voices(group.Select(one => one.Result.UserId)) >= _quorum);
        if (agreed is null)
        {
            foreach (var (result, check) in _valid) Judged.Add((result, check, ValidateState.Inconclusive));
            return;
        }

        var chosen = agreed.FirstOrDefault(candidate => candidate.Check.Proved, agreed.First());
        (_canonical, _canonicalHash) = (chosen.Result.ResultId, agreed.Key);
        // A result that rests on one host's word waits until that host has earned trust, unless it was computed again here.
        _held = _quorum == 1 && !chosen.Check.Proved;
        foreach (var (result, check) in candidates)
            Judged.Add((result, Against(check), check.ComparisonHash == agreed.Key ? ValidateState.Valid : ValidateState.Invalid));
    }

    /// <summary>How many people agree, as far as can be told: accounts that were new at one network address have one voice.</summary>
    int Voices(IEnumerable<long> accounts)
    {
        var all = accounts.ToList();
        return _quorum == 1 || !_onePerAccount
            ? all.Count
            : all.Select(account => _session.Number("SELECT CASE WHEN kin = 0 THEN id ELSE kin END FROM account WHERE id = $1", account)
                ?? account).Distinct().Count();
    }

    /// <summary>
    /// Stores the outcome for the unit. Comes after the results' own verdicts, which may have changed the host's standing.
    /// </summary>
    public void Store(long now)
    {
        if (_canonical == 0)
        {
            var standing = _session.Number($"SELECT count(*) FROM result WHERE workunit_id = $1 AND server_state = {ServerState.Over:d} "
                + $"AND outcome = {ResultOutcome.Success:d} AND validate_state = {ValidateState.Inconclusive:d}", _unit)!.Value;
            // Nobody agrees yet: one more opinion is needed.
            if (standing >= _target)
            {
                _session.Execute(
                    "UPDATE workunit SET target_results = $2 WHERE id = $1", _unit, Math.Min(standing + 1, Math.Max(_maxTotal, _target)));
            }
        }
        else
        {
            Settle();
        }

        _session.Execute("UPDATE workunit SET need_validate = 0, transition_time = $2 WHERE id = $1", _unit, now);
    }

    void Settle()
    {
        var (state, standing) = _session.Row(
            "SELECT r.validate_state, h.standing FROM result r JOIN host h ON h.id = r.host_id WHERE r.id = $1",
            row => ((ValidateState)row.Int(0), (HostStanding)row.Int(1)), _canonical);
        if (state != ValidateState.Valid) return; // its host was caught with this very result
        var held = _held && standing != HostStanding.Trusted;
        var settled = _session.Number("SELECT canonical_result_id FROM workunit WHERE id = $1", _unit) == _canonical;
        if (settled) return;
        _session.Execute(
            $"UPDATE workunit SET canonical_result_id = $2, held = $3, assimilate_state = CASE WHEN $3 = 1 THEN {AssimilateState.Init:d} "
            + $"ELSE {AssimilateState.Ready:d} END WHERE id = $1", _unit, _canonical, held ? 1L : 0L);
        ReadyToAssimilate = !held;
    }

    /// <summary>Differing from the canonical result is a reason of its own.</summary>
    ResultCheck Against(ResultCheck check) =>
        check.ComparisonHash == _canonicalHash ? check : check with { Reason = "It differs from the result on which others agree." };
}
