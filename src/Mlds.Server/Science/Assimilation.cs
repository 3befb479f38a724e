using Mlds.Boinc.States;
using Mlds.Bundles;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Tasks;
using Mlds.Training;

namespace Mlds.Server.Science;

/// <summary>
/// Takes over a finished unit: networks that ended go into the zoo that <c>generate</c> would have made, the others back to be continued.
/// No recipe is dropped: what no host could return waits to be trained here (<see cref="TrainingHere"/>).
/// </summary>
sealed class Assimilation(
    string folder, PlannedPopulation population, IReadOnlyList<UnitNetwork> networks, ReturnedFiles files, OpenZoo zoo,
    ExampleCache examples)
{
    /// <summary>
    /// After this many units that came to nothing a network is trained here: if it is the network's fault, every host would fail. A single
    /// account can't end a unit soon by reporting failures (<see cref="Boinc.Rules.Transition"/>, <see cref="Boinc.Rules.RetryDelay"/>).
    /// </summary>
    const int MostFailures = 3;

    public void Run(ProjectDatabase database, FinishedWorkUnit unit, CancellationToken cancellation)
    {
        if (unit.Canonical is not { } canonical) return;
        var ended = Ended(canonical, unit);
        // Networks that are there with the same weights are left alone, so a second call changes nothing.
        if (ended.Count == 0) return;
        zoo.Add(
            Path.Combine(folder, population.Zoo), database.Read(session => population.Parse(session, folder)),
            () => Taken(database, unit, ended), cancellation);
    }

    /// <summary>Leaves out what a recall dropped while it had the zoo.</summary>
    static List<TrainedNetwork> Taken(ProjectDatabase database, FinishedWorkUnit unit, List<TrainedNetwork> ended)
    {
        var networks = database.Read(session => UnitNetwork.Of(session, unit.Name));
        var dropped = networks.Where(network => network.IsDropped).Select(network => network.FullRecipe.Id).ToHashSet();
        return ended.FindAll(network => !dropped.Contains(network.Recipe.Id));
    }

    /// <summary>Stores what follows for the networks of the unit.</summary>
    public static void Note(Session session, FinishedWorkUnit unit, IReadOnlyList<UnitNetwork> networks, ReturnedFiles files)
    {
        var parts = unit.Canonical is { } canonical ? files.Read(canonical).Result.Parts : null;
        for (var i = 0; i < networks.Count; i++)
        {
            var network = networks[i];
            if (!network.IsTaken) continue;
            if (parts is not null)
            {
                Note(session, network, parts[i]);
            }
            else if (unit.Errors.HasFlag(WorkUnitErrors.Cancelled))
            {
                SetState(session, network, NetworkState.Withdrawn);
            }
            else
            {
                var next = network.Failures + 1 >= MostFailures ? NetworkState.ForServer : NetworkState.Waiting;
                session.Execute("UPDATE science_network SET state = $2, failures = failures + 1 WHERE id = $1 "
                    + $"AND state = {NetworkState.Out:d}", network.NetworkId, (long)next);
            }
        }
    }

    static void Note(Session session, UnitNetwork network, TrainedPart part)
    {
        if (part.Outcome is null)
        {
            // At the front: in the end a population waits for its longest runs.
            session.Execute(
                $"UPDATE science_network SET state = {NetworkState.Waiting:d}, place = 0, checkpoint = $2 WHERE id = $1 "
                + $"AND state = {NetworkState.Out:d}", network.NetworkId, part.State.ToBytes());
            return;
        }

        if (!SetState(session, network, NetworkState.InZoo)) return;
        session.Execute(
            "UPDATE science_machine SET ended = ended + 1, ended_epochs = ended_epochs + $2 WHERE id = $1",
            network.MachineId, (long)part.State.Epoch);
    }

    static bool SetState(Session session, UnitNetwork network, NetworkState state) =>
        session.Execute($"UPDATE science_network SET state = $2, checkpoint = NULL WHERE id = $1 AND state = {NetworkState.Out:d}",
            network.NetworkId, (long)state) > 0;

    List<TrainedNetwork> Ended(ReturnedResult canonical, FinishedWorkUnit unit)
    {
        var (_, result) = files.Read(canonical);
        var by = ClaimedProvenance.Of(result, VolunteerOrigin.Of(canonical.HostId, unit.Name));
        var places = population.FileFolders(folder);
        return [.. result.Parts.Where((part, i) => part.Outcome is not null && networks[i].IsTaken)
            .Select(part => part with { Recipe = part.Recipe.WithFilesIn(places) })
            .Select(part => part.Network(by, examples))];
    }
}
