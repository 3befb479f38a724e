using Mlds.Boinc.States;
using Mlds.Bundles;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Server.Science;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Server.Tests.Science;

/// <summary>
/// A project's science with hosts that compute immediately: it does what the server's daemons do, call by call, so that a test can look at
/// every step. Units are held and voided as by the daemons; clients and HTTP are left to other tests.
/// </summary>
sealed class Volunteers : IAsyncDisposable
{
    readonly ScratchFolder _folder = new();
    readonly Dictionary<string, NewWorkUnit> _units = [];
    readonly Dictionary<string, (ReturnedResult Result, ResultCheck Check)> _held = [];
    readonly Queue<string> _toDo = [];
    readonly ReplayPolicy? _policy;
    long _results;

    public Volunteers(ReplayPolicy? policy = null)
    {
        _policy = policy;
        Science = new NetworkScience(_folder.Path, policy);
        Database = ProjectDatabase.Open("project.db", _folder.Path, Science.Schema);
    }

    public NetworkScience Science { get; private set; }

    public ProjectDatabase Database { get; }

    public string Folder => _folder.Path;

    /// <summary>Units in the order they were finished, with the host whose result was taken.</summary>
    public List<(string Unit, long Host)> Taken { get; } = [];

    /// <summary>Checks of each host's results, in order.</summary>
    public List<(long Host, ResultCheck Check, HostStanding Standing)> Checks { get; } = [];

    public int Held => _held.Count;

    /// <summary>All units so far.</summary>
    public IEnumerable<NewWorkUnit> Units => _units.Values;

    /// <summary>Hosts of which nothing may be taken on trust.</summary>
    public HashSet<long> Suspects { get; } = [];

    /// <summary>Ends the science and begins it anew, so that it has no zoo open.</summary>
    public void Restart()
    {
        Science.Dispose();
        Science = new NetworkScience(Folder, _policy);
    }

    /// <summary>Computes until there is no work left.</summary>
    /// <param name="hosts">Take turns.</param>
    public void Run(params Volunteer[] hosts)
    {
        for (var turn = 0; Next() is { } name; turn++) Return(name, hosts[turn % hosts.Length]);
    }

    /// <summary>A unit to compute, or null when there is none.</summary>
    public string? Next()
    {
        if (_toDo.Count == 0) Generate(4);
        return _toDo.TryDequeue(out var name) ? name : null;
    }

    /// <summary>A unit's bundle, with the files that come beside it.</summary>
    public Bundle BundleOf(string unit) =>
        Bundle.Read(_units[unit].Inputs[0].Content.ToArray()).WithFilesIn(Zoo.FileFolders(Path.Combine(Folder, "zoo")));

    public void Return(string unit, Volunteer host)
    {
        var result = Deliver(unit, host);
        var check = Science.Check(Database, result, CancellationToken.None);
        var standing = Write(session => Science.Judged(
            session, result, check, check.Verdict == Verdict.Valid ? ValidateState.Valid : ValidateState.Invalid));
        Checks.Add((host.Id, check, standing));
        if (standing == HostStanding.Caught)
        {
            Void(host.Id);
            _toDo.Enqueue(unit);
            return;
        }

        // From here on it is read again, as the server does, and held to what was judged.
        result = Reread(result);
        if (check.Proved) TakeOver(unit, result);
        else _held[unit] = (result, check);
        if (standing == HostStanding.Trusted) Release(host.Id);
    }

    /// <summary>A unit that no host could compute.</summary>
    public void Fail(string unit, WorkUnitErrors errors = WorkUnitErrors.TooManyErrors) => TakeOver(unit, null, errors);

    /// <summary>What the validator does with held results when there is nothing else to do.</summary>
    public void ProveHeld()
    {
        foreach (var (unit, (result, _)) in _held.ToList())
        {
            if (!_held.ContainsKey(unit)) continue;
            var check = Science.Prove(Database, result, CancellationToken.None);
            if (check.Verdict == Verdict.Valid)
            {
                _held.Remove(unit);
                TakeOver(unit, result);
                continue;
            }

            Checks.Add((result.HostId, check, Write(session => Science.Judged(session, result, check, ValidateState.Invalid))));
            Void(result.HostId);
        }
    }

    /// <summary>What the trainer does, slice by slice; returns core seconds and networks that ended.</summary>
    public (double Seconds, int Networks, int Slices) TrainHere(TimeSpan slice)
    {
        var (seconds, networks, slices) = (0.0, 0, 0);
        while (Science.ComputeHere(
            Database, slice, (_, done) => (seconds, networks) = (seconds + done.CoreSeconds, networks + (done.Ended ? 1 : 0)),
            CancellationToken.None))
        {
            slices++;
        }

        return (seconds, networks, slices);
    }

    public T Write<T>(Func<Session, T> work) => Database.Write(work).GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        Science.Dispose();
        await Database.DisposeAsync();
        _folder.Dispose();
    }

    ReturnedResult Reread(ReturnedResult result) => result with
    {
        Outputs = [.. result.Outputs.Select(
            file => new StoredFile(file.LogicalName, Path.Combine(Folder, result.ResultName), file.Bytes, file.Sha256))],
    };

    ReturnedResult Deliver(string unit, Volunteer host)
    {
        var id = ++_results;
        var (input, output) = (Path.Combine(Folder, $"{unit}_0"), Path.Combine(Folder, $"{unit}_{id}"));
        File.WriteAllBytes(input, _units[unit].Inputs[0].Content.ToArray());
        var bytes = host.Compute(BundleOf(unit)).ToBytes();
        Assert.True(bytes.Length <= _units[unit].Outputs[0].MaxBytes);
        File.WriteAllBytes(output, bytes);
        return new ReturnedResult(
            id, 1, unit, $"{unit}_{id}", host.Id, host.Id, 1, 1, 1, "",
            [new StoredFile("result", output, bytes.Length)], [new StoredFile("bundle", input, 1)], Suspects.Contains(host.Id));
    }

    void Generate(int count)
    {
        var made = Write(session =>
        {
            var units = Science.Generate(session, new WorkWanted(count, 0, 1));
            foreach (var unit in units) Science.Created(session, unit.Name, _units.Count + 1);
            return units;
        });
        foreach (var unit in made)
        {
            _units.Add(unit.Name, unit);
            _toDo.Enqueue(unit.Name);
        }
    }

    void Release(long host)
    {
        foreach (var (unit, (result, _)) in _held.Where(held => held.Value.Result.HostId == host).ToList())
        {
            _held.Remove(unit);
            TakeOver(unit, result);
        }
    }

    void Void(long host)
    {
        foreach (var unit in _held.Where(held => held.Value.Result.HostId == host).Select(held => held.Key).ToList())
        {
            _held.Remove(unit);
            _toDo.Enqueue(unit);
        }
    }

    void TakeOver(string unit, ReturnedResult? result, WorkUnitErrors errors = WorkUnitErrors.None)
    {
        if (result is not null) Taken.Add((unit, result.HostId));
        var finished = new FinishedWorkUnit(1, unit, errors, result, []);

        // Twice, as after a kill between the two transactions.
        Science.Assimilate(Database, finished, CancellationToken.None);
        Science.Assimilate(Database, finished, CancellationToken.None);
        Write(session =>
        {
            Science.Assimilated(session, finished);
            return true;
        });
    }
}

/// <summary>A host, honest unless <paramref name="Forge"/> says otherwise.</summary>
/// <param name="Forge">Gets a network that was asked for and its position; returns a false one, or null to be honest about this
/// one.</param>
sealed record Volunteer(long Id, Func<BundleNetwork, int, TrainedPart?>? Forge = null)
{
    public BundleResult Compute(Bundle bundle) => new(
        bundle.Sha256,
        new Provenance("0.1.0", $"processor of {Id}", "scalar", "", 0),
        KnownAnswer.Expected,
        [.. bundle.Networks.Select((network, i) => Forge?.Invoke(network, i) ?? Train(network, bundle.EpochLimit))]);

    public static TrainedPart Train(BundleNetwork network, int epochLimit)
    {
        using var run = new TrainingRun(network.Recipe, network.Recipe.Task.Generate(), network.From);
        while (run.Outcome is null && run.Epoch < TrainedPart.LastEpoch(network, epochLimit)) run.NextEpoch();
        return TrainedPart.Of(run);
    }
}
