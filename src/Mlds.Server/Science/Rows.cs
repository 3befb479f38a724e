using Mlds.Bundles;
using Mlds.Recipes;
using Mlds.Server.Database;
using Mlds.Server.Project;
using Mlds.Tasks;
using Mlds.Training;

namespace Mlds.Server.Science;

/// <summary>A population that the project has work for.</summary>
/// <param name="Zoo">Its zoo's folder within the project's.</param>
/// <param name="UnitSeconds">Seconds that a unit should take.</param>
/// <param name="EpochLimit">The most epochs of a network in one unit.</param>
/// <param name="Quorum">Equal results that are wanted of every unit.</param>
/// <param name="Secret">The secret of its random draws.</param>
sealed record PlannedPopulation(long Id, string Name, string Json, string Zoo, long UnitSeconds, int EpochLimit, int Quorum, string Secret)
{
    const string Columns = "p.id, p.name, p.json, p.zoo, p.unit_seconds, p.epoch_limit, p.quorum, p.secret";

    public static IReadOnlyList<PlannedPopulation> All(Session session) =>
        session.Rows($"SELECT {Columns} FROM science_population p ORDER BY p.id", Read);

    public static PlannedPopulation? Find(Session session, string sha256) =>
        session.Row($"SELECT {Columns} FROM science_population p WHERE p.sha256 = $1", Read, sha256);

    public static PlannedPopulation ById(Session session, long id) =>
        session.Row($"SELECT {Columns} FROM science_population p WHERE p.id = $1", Read, id)!;

    public static PlannedPopulation OfUnit(Session session, string unit) =>
        session.Row(
            $"SELECT {Columns} FROM science_population p JOIN science_unit u ON u.population_id = p.id WHERE u.name = $1", Read, unit)
        ?? throw new InvalidDataException($"The work unit {unit} is none of this project's.");

    /// <summary>Where its zoo keeps the files that tasks are read from.</summary>
    /// <param name="project">The project's folder.</param>
    public IReadOnlyList<string> FileFolders(string project) => Zoos.Zoo.FileFolders(Path.Combine(project, Zoo));

    /// <summary>The population. Tasks that are read from files are known by their recipes: nothing is read again.</summary>
    /// <param name="project">The project's folder.</param>
    public Population Parse(Session session, string project)
    {
        var folders = FileFolders(project);
        var tasks = session.Rows("SELECT recipe FROM science_machine WHERE population_id = $1", row => Recipe.Parse(row.Text(0)), Id)
            .Select(recipe => new PlannedTask(recipe.WithFilesIn(folders).Task, recipe.DataSha256));
        return Population.Parse(Json, Name, TaskFiles.In(folders, tasks));
    }

    /// <summary>A zoo's name becomes a path, so it must not lead out of the project, not even in a backup that somebody else
    /// made.</summary>
    static string Folder(string zoo) =>
        ProjectFolder.IsName(zoo)
            ? zoo
            : throw new InvalidDataException($"'{zoo}' in the database can't be a zoo's folder in the project.");

    static PlannedPopulation Read(System.Data.Common.DbDataReader row) =>
        new(row.Long(0), row.Text(1), row.Text(2), Folder(row.Text(3)), row.Long(4), row.Int(5), row.Int(6), row.Text(7));
}

/// <summary>A network of a unit.</summary>
/// <param name="Failures">How many units with it came to nothing.</param>
/// <param name="Recipe">Its recipe, with whatever seed.</param>
/// <param name="Ringer">SHA-256 of its weights if it is asked for although it is known; else null.</param>
/// <param name="IsDropped">Its outcome in this unit isn't taken over: the unit began from something that turned out to be false 
/// (<c>Recalls/</c>).</param>
sealed record UnitNetwork(long NetworkId, long MachineId, uint Seed, long Failures, string Recipe, string? Ringer, bool IsDropped = false)
{
    /// <summary>Whether its outcome is taken over.</summary>
    public bool IsTaken => Ringer is null && !IsDropped;

    public static IReadOnlyList<UnitNetwork> Of(Session session, string unit) => session.Rows(
        $"SELECT n.id, n.machine_id, n.seed, n.failures, {ScienceSchema.Recipe}, u.ringer, u.dropped "
        + "FROM science_unit_network u JOIN science_network n "
        + "ON n.id = u.network_id JOIN science_machine m ON m.id = n.machine_id "
        + "WHERE u.unit = $1 ORDER BY u.position",
        row => new UnitNetwork(row.Long(0), row.Long(1), (uint)row.Long(2), row.Long(3), row.Text(4), row.Text(5) is { Length: > 0 } ringer
            ? ringer : null, row.Bool(6)),
        unit);

    public Recipe FullRecipe => Recipes.Recipe.Parse(Recipe) with { Seed = Seed };
}

/// <summary>The hashes of all weights that came back: a network whose weights are another's is looked at closely.</summary>
static class WeightsSeen
{
    /// <param name="proved">Whether all of it was trained again here. In that case it can be a ringer's answer, unless it was only the end
    /// of a run.</param>
    public static void Note(Session session, IReadOnlyList<UnitNetwork> networks, Bundle bundle, BundleResult result, bool proved)
    {
        for (var i = 0; i < networks.Count; i++)
        {
            // Networks that diverged may all be NaN, and so equal.
            if (networks[i].IsDropped || result.Parts[i].Outcome is null or Outcome.Diverged) continue;
            session.Execute(
                "INSERT INTO science_weights (sha256, network_id, epochs, proved) VALUES ($1, $2, $3, $4) ON CONFLICT (sha256, "
                + "network_id) DO UPDATE SET proved = CASE WHEN science_weights.proved = 1 THEN 1 ELSE excluded.proved END",
                WeightsHash.Of(result.Parts[i].State.Weights), networks[i].NetworkId, (long)result.Parts[i].State.Epoch,
                proved && bundle.Networks[i].From is null ? 1L : 0L);
        }
    }

    /// <summary>Whether some other network came back with these very weights.</summary>
    public static bool OfAnother(Session session, long network, TrainedPart part) =>
        part.Outcome is not (null or Outcome.Diverged)
        && session.Number(
            "SELECT count(*) FROM science_weights WHERE sha256 = $1 AND network_id <> $2", WeightsHash.Of(part.State.Weights), network) > 0;
}
