using Mlds.Boinc.States;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Tasks;

namespace Mlds.Server.Science;

/// <summary>
/// The science that the project server serves: populations cut into units, returned networks checked, and the zoo that they end in.
/// </summary>
public sealed class NetworkScience : IScience, IDisposable
{
    readonly string _folder;
    readonly ReplayPolicy _policy;
    readonly ResultExaminer _examiner = new();
    readonly ReturnedFiles _files = new();
    readonly OpenZoo _zoo = new();
    readonly TrainingHere _here;

    /// <summary>What is measured of a network that comes back is measured here. Units of one population come one after the other.
    /// </summary>
    readonly ExampleCache _examples = new();

    /// <param name="folder">The project's folder, in which the zoos are.</param>
    /// <param name="policy">How much is trained again here.</param>
    public NetworkScience(string folder, ReplayPolicy? policy = null)
    {
        (_folder, _policy) = (folder, policy ?? ReplayPolicy.Default);
        _here = new TrainingHere(folder, _examiner, _zoo);
    }

    public string AppName => "mlds";

    public string AppFriendlyName => "Training neural networks";

    public IReadOnlyList<SchemaStep> Schema => ScienceSchema.Steps;

    public IReadOnlyList<NewWorkUnit> Generate(Session session, WorkWanted wanted) => new WorkCutting(session, wanted, _folder).Cut();

    public void Created(Session session, string name, long workUnitId) =>
        session.Execute("UPDATE science_unit SET workunit_id = $2 WHERE name = $1", name, workUnitId);

    public ResultCheck Check(ProjectDatabase database, ReturnedResult result, CancellationToken cancellation) =>
        Check(database, result, everything: result.Suspect, cancellation);

    public ResultCheck Prove(ProjectDatabase database, ReturnedResult result, CancellationToken cancellation)
    {
        var check = Check(database, result, everything: true, cancellation);
        if (!check.Proved) return check;
        var found = _files.Read(result);

        // Its networks are known now, and can serve as ringers.
        database.Write(
            session => WeightsSeen.Note(session, UnitNetwork.Of(session, result.WorkUnitName), found.Bundle, found.Result, proved: true))
            .Wait(cancellation);
        return check;
    }

    public HostStanding Judged(Session session, ReturnedResult result, ResultCheck check, ValidateState state)
    {
        var trust = HostTrust.Read(session, result.HostId);
        if (state is ValidateState.Inconclusive or ValidateState.Init) return trust.Standing;
        if (state == ValidateState.Invalid) return trust.Caught().Write(session).Standing;
        var found = _files.Read(result);
        var networks = UnitNetwork.Of(session, result.WorkUnitName);
        WeightsSeen.Note(session, networks, found.Bundle, found.Result, check.Proved);
        return trust.After(found.Result.Parts.Count, check.Retrained, _policy).Write(session).Standing;
    }

    public void Doubt(Session session, long hostId)
    {
        var trust = HostTrust.Read(session, hostId);
        (trust with { Networks = 0, Retrained = 0, Waiting = 0, Standing = HostStanding.Provisional }).Write(session);
    }

    public void Merged(Session session, long from, long into)
    {
        HostTrust.Read(session, into).With(HostTrust.Read(session, from)).Write(session);
        session.Execute("DELETE FROM science_host WHERE host_id = $1", from);
    }

    public void Assimilate(ProjectDatabase database, FinishedWorkUnit unit, CancellationToken cancellation)
    {
        var (population, networks) = database.Read(
            session => (PlannedPopulation.OfUnit(session, unit.Name), UnitNetwork.Of(session, unit.Name)));
        new Assimilation(_folder, population, networks, _files, _zoo, _examples).Run(database, unit, cancellation);
    }

    public void Assimilated(Session session, FinishedWorkUnit unit) =>
        Assimilation.Note(session, unit, UnitNetwork.Of(session, unit.Name), _files);

    public bool ComputeHere(
        ProjectDatabase database, TimeSpan longest, Action<Session, ComputedHere> note, CancellationToken cancellation) =>
        _here.Slice(database, longest, note, cancellation);

    public long WaitingForServer(Session session) =>
        session.Number($"SELECT count(*) FROM science_network WHERE state = {NetworkState.ForServer:d}") ?? 0;

    public IReadOnlyList<string> Zoos(Session session) =>
        ["zoo", .. session.Rows("SELECT zoo FROM science_population WHERE zoo <> 'zoo' ORDER BY id", row => row.Text(0))];

    /// <summary>Closes the zoo.</summary>
    public void Dispose() => _zoo.Dispose();

    ResultCheck Check(ProjectDatabase database, ReturnedResult result, bool everything, CancellationToken cancellation)
    {
        if (ReturnedFiles.Outputs(result) is not { } bytes) return new ResultCheck(Verdict.Invalid, "", 0, "The result has no file.");
        var bundle = ReturnedFiles.Bundle(result);
        var (population, networks, trust) = database.Read(session =>
            (PlannedPopulation.OfUnit(session, result.WorkUnitName), UnitNetwork.Of(session, result.WorkUnitName),
                HostTrust.Read(session, result.HostId)));
        bundle = bundle.WithFilesIn(population.FileFolders(_folder));
        var lot = new ReplayLot(population.Secret);
        var examined = _examiner.Examine(
            bytes,
            bundle,
            (position, part) => everything
                || lot.Draw(result.ResultName, position) < _policy.Share(trust.Networks + position)
                || database.Read(session => WeightsSeen.OfAnother(session, networks[position].NetworkId, part)),
            position => networks[position].Ringer,
            cancellation);
        return examined.Fault is { } fault
            ? new ResultCheck(Verdict.Invalid, "", 0, fault)
            : new ResultCheck(
                Verdict.Valid, examined.Result!.ComparisonHash, Boinc.Rules.RecentCredit.OfFlops(WorkCost.Of(bundle, examined.Result)), "",
                examined.IsProved, examined.Retrained);
    }
}
