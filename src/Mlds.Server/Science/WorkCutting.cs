using Mlds.Bundles;
using Mlds.Recipes;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Tasks;
using Mlds.Training;

namespace Mlds.Server.Science;

/// <summary>
/// Cuts waiting networks into units of the wanted length. When few networks are left, units get shorter (guided self-scheduling;
/// Polychronopoulos and Kuck 1987), so that many hosts can share the end and a small population isn't one unit.
/// </summary>
/// <param name="project">The project's folder.</param>
sealed class WorkCutting(Session session, WorkWanted wanted, string project)
{
    /// <summary>No unit takes more than this share of the waiting networks.</summary>
    internal const int Parts = 32;

    /// <summary>One network in this many is asked for although it is known (a ringer).</summary>
    const int RingerEvery = 50;

    /// <summary>After this many units that came to nothing a network gets one to itself.</summary>
    const int AloneAfter = 2;

    readonly Dictionary<long, MachineRow> _machines = session.Rows(
            "SELECT id, recipe, epoch_flops, ended, ended_epochs FROM science_machine",
            row => new MachineRow(row.Long(0), Recipe.Parse(row.Text(1)), row.Real(2), row.Long(3), row.Long(4)))
        .ToDictionary(machine => machine.Id);

    readonly Dictionary<string, Recipe> _recipes = [];

    long _number = session.Number("SELECT count(*) FROM science_unit")!.Value;

    public IReadOnlyList<NewWorkUnit> Cut()
    {
        var units = new List<NewWorkUnit>();
        foreach (var population in PlannedPopulation.All(session))
        {
            if (units.Count == wanted.Count) break;
            var waiting = session.Number(
                "SELECT count(*) FROM science_network n JOIN science_machine m ON m.id = n.machine_id "
                + $"WHERE n.state = {NetworkState.Waiting:d} AND m.population_id = $1", population.Id)!.Value;
            while (waiting > 0 && units.Count < wanted.Count) units.Add(Next(population, ref waiting));
        }

        return units;
    }

    NewWorkUnit Next(PlannedPopulation population, ref long waiting)
    {
        var taken = Take(population, Math.Clamp(waiting / Parts, 1, Bundle.MostNetworks / 2));
        waiting -= taken.Count;
        var ringer = Ringer(population, taken);
        var networks = taken.ConvertAll(network => (Network: network, Ringer: ""));
        if (ringer is var (known, weights)) networks.Insert((int)(known.Place % (networks.Count + 1)), (known, weights));
        var name = UnitNeeds.Name(UnitNeeds.Prefix(population.Name), ++_number);
        session.Execute("INSERT INTO science_unit (name, population_id) VALUES ($1, $2)", name, population.Id);
        for (var i = 0; i < networks.Count; i++)
        {
            session.Execute(
                "INSERT INTO science_unit_network (unit, position, network_id, ringer) VALUES ($1, $2, $3, $4)", name, (long)i,
                networks[i].Network.Id, networks[i].Ringer);
            if (networks[i].Ringer.Length == 0)
            {
                session.Execute($"UPDATE science_network SET state = {NetworkState.Out:d} WHERE id = $1",
                    networks[i].Network.Id);
            }
        }

        return Unit(population, name, [.. networks.Select(network => network.Network)]);
    }

    /// <summary>The next waiting networks, as many as fill a unit; those begun or failed before come first.</summary>
    List<WaitingNetwork> Take(PlannedPopulation population, long most)
    {
        var budget = population.UnitSeconds * (wanted.HostFlops > 0 ? wanted.HostFlops : WorkCost.UsualFlops);
        var candidates = session.Rows(
            "SELECT n.id, n.machine_id, n.seed, n.place, n.failures, n.checkpoint, n.recipe FROM science_network n "
            + $"JOIN science_machine m ON m.id = n.machine_id WHERE n.state = {NetworkState.Waiting:d} AND m.population_id = $1 "
            + "ORDER BY n.place LIMIT $2",
            row => new WaitingNetwork(
                row.Long(0), row.Long(1), (uint)row.Long(2), row.Long(3), row.Long(4),
                row.IsDBNull(5) ? null : Checkpoint.FromBytes(row.GetFieldValue<byte[]>(5)), row.Text(6)),
            population.Id, most);
        var taken = new List<WaitingNetwork>();
        var forms = new HashSet<(long Machine, string Recipe)>();
        var (cost, bytes) = (0.0, 0L);
        foreach (var candidate in candidates)
        {
            // A bundle has so many recipes that differ in more than their seed, and a ringer may bring another. Further ones wait.
            if (forms.Count == Bundle.MostForms - 1 && !forms.Contains(candidate.Form)) continue;
            var machine = _machines[candidate.MachineId];
            cost += Cost(machine, candidate, population.EpochLimit);
            bytes += TrainedPart.Largest(Asked(candidate), population.EpochLimit);
            var tooMuch = cost > budget || bytes > UnitNeeds.MostResultBytes;
            if (taken.Count > 0 && (tooMuch || candidate.Failures >= AloneAfter || taken[0].Failures >= AloneAfter)) break;
            taken.Add(candidate);
            forms.Add(candidate.Form);
        }

        return taken;
    }

    /// <summary>
    /// Now and then a network whose weights are known because they were trained here too; the host can't tell it from the others, whose
    /// seeds are in random order too.
    /// </summary>
    (WaitingNetwork Network, string Weights)? Ringer(PlannedPopulation population, List<WaitingNetwork> taken)
    {
        if (taken[0].Failures >= AloneAfter) return null;
        var lot = new ReplayLot(population.Secret);
        if (lot.Draw($"ringer before {taken[0].Id}", 0) * RingerEvery >= taken.Count) return null;
        var last = session.Number("SELECT max(network_id) FROM science_weights WHERE proved = 1") ?? 0;
        return session.Row(
            "SELECT n.id, n.machine_id, n.seed, n.place, w.sha256, n.recipe FROM science_weights w JOIN science_network n "
            + "ON n.id = w.network_id JOIN science_machine m ON m.id = n.machine_id WHERE w.proved = 1 AND w.network_id >= $2 "
            + $"AND w.epochs <= $3 AND n.state = {NetworkState.InZoo:d} AND m.population_id = $1 ORDER BY w.network_id LIMIT 1",
            row => ((WaitingNetwork, string)?)(
                new WaitingNetwork(row.Long(0), row.Long(1), (uint)row.Long(2), row.Long(3), 0, null, row.Text(5)),
                row.Text(4)),
            population.Id, (long)(last * lot.Draw($"which before {taken[0].Id}", 0)), (long)population.EpochLimit);
    }

    NewWorkUnit Unit(PlannedPopulation population, string name, List<WaitingNetwork> networks)
    {
        var bundle = Bundle.Of(population.EpochLimit, networks.ConvertAll(Asked));
        var flops = networks.Sum(network => Cost(_machines[network.MachineId], network, population.EpochLimit));
        var folders = population.FileFolders(project);
        return new NewWorkUnit
        {
            Name = name,
            Inputs = [new InputFile(UnitNeeds.Input, bundle.Bytes)],
            Shared = [.. bundle.Files.Select(file => Shared(file.In(folders)))],
            Outputs = [new OutputFile(UnitNeeds.Output, bundle.LargestResult)],
            FpopsEstimate = flops,
            FpopsBound = UnitNeeds.FlopsBound(bundle, flops),
            MemoryBound = UnitNeeds.Memory(bundle),
            DiskBound = UnitNeeds.Disk(bundle),
            ProgramLevel = bundle.WorkerLevel,
            MinQuorum = population.Quorum,
            TargetResults = population.Quorum,
            MaxTotal = UnitNeeds.MostResults(population.Quorum),
            MaxSuccesses = UnitNeeds.MostSuccesses(population.Quorum),
            Batch = population.Id,
            Priority = networks.Exists(network => network.From is not null || network.Failures > 0) ? 1 : 0,
        };
    }

    /// <exception cref="InvalidDataException">The zoo doesn't keep the file any more.</exception>
    static SharedFile Shared(TaskFile file) =>
        new(file.KeptName, file.Sha256, file.Path ?? throw new InvalidDataException(file.Missing));

    BundleNetwork Asked(WaitingNetwork network) => new(RecipeOf(network) with { Seed = network.Seed }, network.From);

    /// <summary>Parsed once for all networks that have it, which makes a bundle of thousands fast.</summary>
    Recipe RecipeOf(WaitingNetwork network)
    {
        if (network.Recipe.Length == 0) return _machines[network.MachineId].Recipe;
        if (!_recipes.TryGetValue(network.Recipe, out var recipe)) _recipes[network.Recipe] = recipe = Recipe.Parse(network.Recipe);
        return recipe;
    }

    double Cost(MachineRow machine, WaitingNetwork network, int epochLimit) =>
        (network.Recipe.Length == 0 ? machine.EpochFlops : WorkCost.OfEpoch(RecipeOf(network)))
        * WorkCost.ExpectedEpochs(
            machine.Ended, machine.EndedEpochs, network.From?.Epoch ?? 0, epochLimit, RecipeOf(network).Training.EpochLimit);

    sealed record MachineRow(long Id, Recipe Recipe, double EpochFlops, long Ended, long EndedEpochs);

    /// <param name="Recipe">With whatever seed; empty where it is the machine's.</param>
    sealed record WaitingNetwork(long Id, long MachineId, uint Seed, long Place, long Failures, Checkpoint? From, string Recipe)
    {
        internal (long Machine, string Recipe) Form => (MachineId, Recipe);
    }
}
