using System.Security.Cryptography;
using System.Text;
using Mlds.Boinc.States;
using Mlds.Server.Contract;
using Mlds.Server.Database;

namespace Mlds.Server.Tests;

/// <summary>
/// A small science of the tests' own: a unit's input is a line, and the right output is that line in capitals. The test sets what is wrong,
/// how much is proved and what standing hosts have.
/// </summary>
sealed class LineScience(int units) : IScience
{
    readonly Lock _lock = new();

    public int Quorum { get; init; } = 1;
    public long DelayBound { get; init; } = 86400;
    public string CommandLine { get; init; } = "";
    public int ProgramLevel { get; init; } = 1;
    public double FpopsEstimate { get; init; } = 1e11;
    public long MaxBytes { get; init; } = 200_000;
    public bool Proved { get; init; } = true;

    /// <summary>Whether a held result is proved as soon as there is nothing else to do; else it stays held.</summary>
    public bool ProvesHeld { get; init; } = true;

    public bool OneResultPerUser { get; init; } = true;
    public Func<int, string> Line { get; init; } = number => $"line {number}";

    /// <summary>What a host is worth after a verdict.</summary>
    public Func<ValidateState, HostStanding> Standing { get; set; } = _ => HostStanding.Provisional;

    /// <summary>Called before a unit is assimilated; may fail, or wait.</summary>
    public Action<FinishedWorkUnit> BeforeAssimilation { get; set; } = _ => { };

    /// <summary>Pieces of work that no volunteer could return, each of so many core seconds here.</summary>
    public int ForServer { get; set; }

    public double SecondsHere { get; init; } = 5;

    /// <summary>Hosts whose verdicts were taken back.</summary>
    public List<long> Doubted { get; } = [];

    /// <summary>Hosts that were merged.</summary>
    public List<(long From, long Into)> Merges { get; } = [];

    /// <summary>Units that came to the assimilator, in order.</summary>
    public List<FinishedWorkUnit> Finished { get; } = [];

    /// <summary>What the assimilator got, by unit.</summary>
    public Dictionary<string, string> Zoo { get; } = [];

    /// <summary>Folders of zoos that can be browsed; what is in them a test writes itself.</summary>
    public IReadOnlyList<string> Zoos { get; init; } = [];

    IReadOnlyList<string> IScience.Zoos(Session session) => Zoos;

    public string AppName => "lines";
    public string AppFriendlyName => "Lines in capitals";

    public IReadOnlyList<SchemaStep> Schema { get; } =
        [new("science-lines", "CREATE TABLE science_line (number BIGINT PRIMARY KEY, workunit_id BIGINT NOT NULL); "
            + "CREATE TABLE science_verdict (result_id BIGINT, state BIGINT)")];

    public IReadOnlyList<NewWorkUnit> Generate(Session session, WorkWanted wanted)
    {
        var made = (int)session.Number("SELECT count(*) FROM science_line")!.Value;
        var last = Math.Min(units, made + wanted.Count);
        return [.. Enumerable.Range(made, Math.Max(0, last - made)).Select(Unit)];
    }

    NewWorkUnit Unit(int number) => new()
    {
        Name = $"unit_{number}",
        Inputs = [new("in.txt", Encoding.UTF8.GetBytes(Line(number)))],
        Outputs = [new("out.txt", MaxBytes)],
        FpopsEstimate = FpopsEstimate,
        FpopsBound = FpopsEstimate * 1000,
        CommandLine = CommandLine,
        ProgramLevel = ProgramLevel,
        MinQuorum = Quorum,
        TargetResults = Quorum,
        DelayBound = DelayBound,
        OneResultPerUser = OneResultPerUser,
    };

    public void Created(Session session, string name, long workUnitId) =>
        session.Execute(
            "INSERT INTO science_line (number, workunit_id) VALUES ($1, $2)", long.Parse(name["unit_".Length..], null), workUnitId);

    /// <summary>Whether a false line is noticed without computing it again.</summary>
    public bool LooksClosely { get; init; } = true;

    public ResultCheck Prove(ProjectDatabase database, ReturnedResult result, CancellationToken cancellation)
    {
        if (!ProvesHeld) return new(Verdict.Retry, "", 0);
        var check = Look(result, closely: true);
        return check.Verdict == Verdict.Valid ? check with { Proved = true } : check;
    }

    public ResultCheck Check(ProjectDatabase database, ReturnedResult result, CancellationToken cancellation) => Look(result, LooksClosely);

    ResultCheck Look(ReturnedResult result, bool closely)
    {
        if (result.Outputs is not [var output]) return new(Verdict.Invalid, "", 0, "The output is missing.");
        var (input, text) = (Encoding.UTF8.GetString(result.Inputs[0].Content), Encoding.UTF8.GetString(output.Content));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        if (Quorum == 1 && closely && text.Split('\n')[0] != input.ToUpperInvariant().Split('\n')[0])
            return new(Verdict.Invalid, hash, 0, "The output isn't the input in capitals.");
        return new(Verdict.Valid, hash, 10, "", Proved || result.Suspect);
    }

    public HostStanding Judged(Session session, ReturnedResult result, ResultCheck check, ValidateState state)
    {
        if (state == ValidateState.Valid) _ = result.Outputs[0].Content; // as a science does that notes what it was
        session.Execute("INSERT INTO science_verdict (result_id, state) VALUES ($1, $2)", result.ResultId, (long)state);
        return Standing(state);
    }

    public void Doubt(Session session, long hostId) => Doubted.Add(hostId);

    public void Merged(Session session, long from, long into) => Merges.Add((from, into));

    public void Assimilate(ProjectDatabase database, FinishedWorkUnit unit, CancellationToken cancellation)
    {
        BeforeAssimilation(unit);
        lock (_lock)
        {
            Finished.Add(unit);
            if (unit.Canonical is { } result) Zoo[unit.Name] = Encoding.UTF8.GetString(result.Outputs[0].Content);
        }
    }

    public void Assimilated(Session session, FinishedWorkUnit unit)
    {
    }

    public bool ComputeHere(ProjectDatabase database, TimeSpan longest, Action<Session, ComputedHere> note, CancellationToken cancellation)
    {
        if (ForServer == 0) return false;
        database.Write(session => note(session, new(SecondsHere, true))).Wait(cancellation);
        ForServer--;
        return true;
    }

    public long WaitingForServer(Session session) => ForServer;
}
