using System.Text;
using Mlds.Boinc.Rules;
using Mlds.Boinc.States;
using Mlds.Server.Contract;
using Mlds.Server.Database;

namespace Mlds.LoadTest;

/// <summary>As much work as is wanted, each unit with an input file, and every result right, so that only the server is measured.</summary>
sealed class LoadScience : IScience
{
    public string AppName => "load";
    public string AppFriendlyName => "Load";
    public IReadOnlyList<SchemaStep> Schema { get; } = [new("science-load", "CREATE TABLE science_load (number BIGINT PRIMARY KEY)")];

    public IReadOnlyList<NewWorkUnit> Generate(Session session, WorkWanted wanted)
    {
        var made = session.Number("SELECT COALESCE(max(number), 0) FROM science_load")!.Value;
        return [.. Enumerable.Range(1, wanted.Count).Select(i => Unit(made + i))];
    }

    static NewWorkUnit Unit(long number) => new()
    {
        Name = $"load_{number}",
        Inputs = [new("in.json", Encoding.UTF8.GetBytes($"{{\"number\": {number}}}"))],
        Outputs = [new("out.bin", 100_000)],
        FpopsEstimate = 1e13,
        FpopsBound = 1e16,
        DelayBound = 3 * 86400,
    };

    public void Created(Session session, string name, long workUnitId) =>
        session.Execute(
            "INSERT INTO science_load (number) VALUES ($1)", long.Parse(name.AsSpan(5), System.Globalization.CultureInfo.InvariantCulture));

    public ResultCheck Prove(ProjectDatabase database, ReturnedResult result, CancellationToken cancellation) =>
        Check(database, result, cancellation);

    public ResultCheck Check(ProjectDatabase database, ReturnedResult result, CancellationToken cancellation) =>
        new(Verdict.Valid, "same", RecentCredit.OfFlops(1e13), "", Proved: true);

    public HostStanding Judged(Session session, ReturnedResult result, ResultCheck check, ValidateState state) => HostStanding.Trusted;

    public void Doubt(Session session, long hostId)
    {
    }

    public void Merged(Session session, long from, long into)
    {
    }

    public void Assimilate(ProjectDatabase database, FinishedWorkUnit unit, CancellationToken cancellation)
    {
    }

    public void Assimilated(Session session, FinishedWorkUnit unit)
    {
    }
}
