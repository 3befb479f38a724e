using Mlds.Server.Database;

namespace Mlds.Server.Science;

/// <summary>The tables of what is to be trained, what is in units, and how far each host is trusted. Whole numbers are BIGINT.</summary>
static class ScienceSchema
{
    /// <summary>SQL for the recipe of a network n of machine m, with whatever seed.</summary>
    public const string Recipe = "CASE WHEN n.recipe = '' THEN m.recipe ELSE n.recipe END";

    public static IReadOnlyList<SchemaStep> Steps { get; } =
    [
        new(
            "science-1",
            """
            CREATE TABLE science_population (
              id {id},
              name TEXT NOT NULL,
              sha256 TEXT NOT NULL UNIQUE,
              json TEXT NOT NULL,
              zoo TEXT NOT NULL UNIQUE,
              unit_seconds BIGINT NOT NULL,
              epoch_limit BIGINT NOT NULL,
              quorum BIGINT NOT NULL,
              secret TEXT NOT NULL
            );
            CREATE TABLE science_machine (
              id {id},
              population_id BIGINT NOT NULL REFERENCES science_population(id),
              name TEXT NOT NULL,
              recipe TEXT NOT NULL,
              epoch_flops DOUBLE PRECISION NOT NULL,
              networks BIGINT NOT NULL,
              ended BIGINT NOT NULL DEFAULT 0,
              ended_epochs BIGINT NOT NULL DEFAULT 0,
              UNIQUE (population_id, name)
            );
            CREATE TABLE science_network (
              id {id},
              machine_id BIGINT NOT NULL REFERENCES science_machine(id),
              seed BIGINT NOT NULL,
              place BIGINT NOT NULL,
              state BIGINT NOT NULL DEFAULT 0,
              failures BIGINT NOT NULL DEFAULT 0,
              checkpoint BYTEA,
              UNIQUE (machine_id, seed)
            );
            CREATE INDEX science_network_waiting ON science_network (place) WHERE state = 0;
            CREATE TABLE science_unit (
              name TEXT NOT NULL PRIMARY KEY,
              population_id BIGINT NOT NULL,
              workunit_id BIGINT NOT NULL DEFAULT 0
            );
            CREATE INDEX science_unit_by_workunit ON science_unit (workunit_id);
            CREATE TABLE science_unit_network (
              unit TEXT NOT NULL,
              position BIGINT NOT NULL,
              network_id BIGINT NOT NULL,
              ringer TEXT NOT NULL DEFAULT '',
              PRIMARY KEY (unit, position)
            );
            CREATE TABLE science_weights (
              sha256 TEXT NOT NULL,
              network_id BIGINT NOT NULL,
              epochs BIGINT NOT NULL,
              proved BIGINT NOT NULL,
              PRIMARY KEY (sha256, network_id)
            );
            CREATE INDEX science_weights_proved ON science_weights (network_id) WHERE proved = 1;
            CREATE TABLE science_host (
              host_id BIGINT NOT NULL PRIMARY KEY,
              networks BIGINT NOT NULL DEFAULT 0,
              retrained BIGINT NOT NULL DEFAULT 0,
              waiting BIGINT NOT NULL DEFAULT 0,
              trusted BIGINT NOT NULL DEFAULT 0,
              caught BIGINT NOT NULL DEFAULT 0
            )
            """),
        // What was trained again after it had been taken over, and the finding (Recall). found: 0 right, 1 false, 2 false and
        // withdrawn.
        new(
            "science-2",
            """
            ALTER TABLE science_unit_network ADD COLUMN dropped BIGINT NOT NULL DEFAULT 0;
            CREATE INDEX science_unit_network_by_network ON science_unit_network (network_id);
            CREATE TABLE science_recall (
              id {id},
              population_id BIGINT NOT NULL,
              host_id BIGINT NOT NULL,
              started BIGINT NOT NULL,
              finished BIGINT NOT NULL DEFAULT 0,
              digest_before TEXT NOT NULL DEFAULT '',
              digest_after TEXT NOT NULL DEFAULT ''
            );
            CREATE TABLE science_recheck (
              recall_id BIGINT NOT NULL,
              network_id BIGINT NOT NULL,
              record_sha256 TEXT NOT NULL,
              found BIGINT NOT NULL,
              ended BIGINT NOT NULL,
              recipe_id TEXT NOT NULL,
              weights_sha256 TEXT NOT NULL,
              epochs BIGINT NOT NULL,
              origin TEXT NOT NULL,
              hosts TEXT NOT NULL,
              fault TEXT NOT NULL,
              time BIGINT NOT NULL,
              PRIMARY KEY (network_id, record_sha256)
            )
            """),
        new(
            "science-3",
            """
            CREATE INDEX science_network_for_server ON science_network (id) WHERE state = 4;
            UPDATE host SET proven_at = 1 WHERE id IN (SELECT host_id FROM science_host WHERE retrained > waiting)
            """),
        // Empty where it is the machine's, with another seed: where the population varies networks it isn't.
        new(
            "science-4",
            """
            ALTER TABLE science_network ADD COLUMN recipe TEXT NOT NULL DEFAULT ''
            """),
    ];
}

/// <summary>Where a network is. The numbers are in the database: never renumber.</summary>
enum NetworkState
{
    /// <summary>To be put into a unit.</summary>
    Waiting = 0,

    /// <summary>In a unit.</summary>
    Out = 1,

    /// <summary>It has its outcome.</summary>
    InZoo = 2,

    /// <summary>Its unit was cancelled by the operator.</summary>
    Withdrawn = 3,

    /// <summary>No volunteer could return it: it waits to be trained on the server, starting from its checkpoint.</summary>
    ForServer = 4,
}

/// <summary>What a recall found of something that had been taken over. The numbers are in the database: never renumber.</summary>
enum RecheckState
{
    /// <summary>Training it again gave the same bits.</summary>
    Right = 0,

    /// <summary>Training it again gave other bits; it is to be withdrawn.</summary>
    False = 1,

    /// <summary>Training it again gave other bits; it was withdrawn.</summary>
    Withdrawn = 2,
}
