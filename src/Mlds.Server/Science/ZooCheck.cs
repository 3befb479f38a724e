using Mlds.Server.Database;
using Mlds.Server.Project;
using Mlds.Zoos;

namespace Mlds.Server.Science;

/// <summary>
/// Checks that the zoos of a project's populations exist, that their networks' weights are those that were stored, and that no assimilated
/// network is missing.
/// </summary>
static class ZooCheck
{
    /// <returns>Networks that were found right.</returns>
    public static int Run(Session session, ProjectFolder project, List<string> faults)
    {
        if (session.Number("SELECT count(*) FROM schema_step WHERE name = 'science-1'") == 0) return 0;
        var networks = 0;
        foreach (var population in Populations(session, faults))
        {
            try
            {
                using var zoo = Zoo.Open(project.In(population.Zoo));
                networks += Read(zoo);
                Missing(session, population, zoo, faults);
            }
            catch (ZooException exception)
            {
                faults.Add(exception.Message.TrimEnd('.'));
            }
        }

        return networks;
    }

    static IReadOnlyList<PlannedPopulation> Populations(Session session, List<string> faults)
    {
        try
        {
            return PlannedPopulation.All(session);
        }
        catch (InvalidDataException exception)
        {
            faults.Add(exception.Message.TrimEnd('.'));
            return [];
        }
    }

    /// <summary>Reads all weights, and thereby compares them with their hashes.</summary>
    static int Read(Zoo zoo)
    {
        var count = 0;
        foreach (var network in zoo.Networks().ToList())
        {
            zoo.ReadWeights(network);
            count++;
        }

        return count;
    }

    static void Missing(Session session, PlannedPopulation population, Zoo zoo, List<string> faults)
    {
        var ended = session.Rows(
            "SELECT m.name, n.seed FROM science_network n JOIN science_machine m ON m.id = n.machine_id "
            + "WHERE m.population_id = $1 AND n.state = $2",
            row => (Machine: row.Text(0), Seed: (uint)row.Long(1)), population.Id, (long)NetworkState.InZoo);
        foreach (var machine in ended.GroupBy(network => network.Machine))
        {
            var there = zoo.Machines.Contains(machine.Key) ? zoo.Seeds(machine.Key) : [];
            var lost = machine.Count(network => !there.Contains(network.Seed));
            if (lost > 0) faults.Add($"{lost} networks of {machine.Key} were taken over and aren't in the zoo '{population.Zoo}'");
        }
    }
}
