using Mlds.Recipes;
using Mlds.Server.Database;
using Mlds.Zoos;

namespace Mlds.Server.Science;

/// <param name="Networks">Networks per machine: seeds 0 … Networks − 1.</param>
/// <param name="UnitSeconds">Seconds that a unit should take at the hosts' measured speed.</param>
/// <param name="EpochLimit">The most epochs of a network in one unit; networks that don't end go on in a further unit.</param>
/// <param name="Quorum">Equal results of different users that are wanted of every unit; with 1 the server's own checks decide.</param>
public sealed record WorkOptions(int Networks, int UnitSeconds = 3600, int EpochLimit = 100, int Quorum = 1);

/// <param name="Added">Networks that became work.</param>
/// <param name="Planned">All networks of the population that the project now has.</param>
/// <param name="Zoo">The folder of the zoo that they go into.</param>
/// <param name="LacksProgram">The project has no program yet that can train them (<see cref="Kernels.Shapes.WorkerLevel"/>).</param>
public sealed record AddedWork(int Added, long Planned, string Zoo, bool LacksProgram);

/// <summary>Turns a population into work: notes its networks, from which the generator cuts units whenever hosts need some.</summary>
public static class WorkAdding
{
    /// <summary>Adds what isn't there yet; the same call again changes nothing.</summary>
    /// <param name="folder">The project's folder.</param>
    public static AddedWork Add(ProjectDatabase database, string folder, Population population, WorkOptions options)
    {
        // The sequences' hashes are in the recipes: making them takes seconds, so it is done before the transaction.
        var recipes = population.MachineNames.Select(name => population.Recipe(name, 0)).ToList();
        var varied = population.IsVaried
            ? population.MachineNames.ToDictionary(
                name => name, name => Enumerable.Range(0, options.Networks).Select(seed => population.Recipe(name, (uint)seed)).ToArray())
            : [];
        var added = database.Write(session =>
        {
            var planned = PlannedPopulation.Find(session, population.Sha256);
            var id = planned?.Id ?? Insert(session, population, options);
            planned = PlannedPopulation.Find(session, population.Sha256)!;
            session.Execute(
                "UPDATE science_population SET unit_seconds = $2, epoch_limit = $3, quorum = $4 WHERE id = $1",
                id, (long)options.UnitSeconds, (long)options.EpochLimit, (long)options.Quorum);
            var count = recipes.Sum(
                recipe => AddMachine(session, planned, recipe, options.Networks, varied.GetValueOrDefault(recipe.MachineName)));
            var all = session.Number(
                "SELECT count(*) FROM science_network n JOIN science_machine m ON m.id = n.machine_id WHERE m.population_id = $1",
                id)!.Value;
            var level = session.Number("SELECT max(program_level) FROM app_version WHERE deprecated = 0") ?? 0;
            var needed = recipes.Concat(varied.Values.SelectMany(some => some)).Max(recipe => recipe.WorkerLevel);
            return new AddedWork(count, all, Path.Combine(folder, planned.Zoo), level < needed);
        }).GetAwaiter().GetResult();

        // So that the zoo can be looked at before the first network is there.
        ZooWriter.Open(added.Zoo, ZooPopulation.Of(population)).Dispose();
        return added;
    }

    static long Insert(Session session, Population population, WorkOptions options)
    {
        var isFirst = session.Number("SELECT count(*) FROM science_population") == 0;
        var taken = session.Number("SELECT count(*) FROM science_population WHERE zoo = $1", $"zoo-{population.Name}") > 0;
        var zoo = isFirst ? "zoo" : taken ? $"zoo-{population.Name}-{population.Sha256[..8]}" : $"zoo-{population.Name}";
        return session.Number(
            "INSERT INTO science_population (name, sha256, json, zoo, unit_seconds, epoch_limit, quorum, secret) "
            + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
            population.Name, population.Sha256, population.CanonicalJson, zoo, (long)options.UnitSeconds,
            (long)options.EpochLimit, (long)options.Quorum, ReplayLot.NewSecret())!.Value;
    }

    /// <summary>With seed 0, so that networks of one setting have one text.</summary>
    static string Unseeded(Recipe recipe) => (recipe with { Seed = 0 }).CanonicalJson;

    /// <summary>
    /// Networks wait in an order that follows from the population's secret: so a unit's seeds reveal nothing to a host, not even which of
    /// them is a ringer.
    /// </summary>
    /// <param name="varied">The networks' recipes by seed; null where they are all <paramref name="recipe"/> but for the seed.</param>
    static int AddMachine(Session session, PlannedPopulation population, Recipe recipe, int networks, Recipe[]? varied)
    {
        var machine = session.Number(
            "SELECT id FROM science_machine WHERE population_id = $1 AND name = $2", population.Id, recipe.MachineName)
            ?? session.Number(
                "INSERT INTO science_machine (population_id, name, recipe, epoch_flops, networks) VALUES ($1, $2, $3, $4, 0) RETURNING id",
                population.Id, recipe.MachineName, recipe.CanonicalJson, WorkCost.OfEpoch(recipe))!.Value;
        var lot = new ReplayLot(population.Secret);
        var there = (int)session.Number("SELECT networks FROM science_machine WHERE id = $1", machine)!.Value;
        for (var seed = there; seed < networks; seed++)
        {
            // 0 is kept for those that are to be continued.
            session.Execute(
                "INSERT INTO science_network (machine_id, seed, place, recipe) VALUES ($1, $2, $3, $4)",
                machine, (long)seed, 1 + lot.Place(FormattableString.Invariant($"{recipe.MachineName}/{seed}")),
                varied is null ? "" : Unseeded(varied[seed]));
        }

        if (networks > there) session.Execute("UPDATE science_machine SET networks = $2 WHERE id = $1", machine, (long)networks);
        return Math.Max(0, networks - there);
    }
}
