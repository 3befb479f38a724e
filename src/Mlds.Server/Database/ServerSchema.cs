namespace Mlds.Server.Database;

/// <summary>
/// The server's tables. Whole numbers are BIGINT, times Unix seconds, states BOINC's numbers (Mlds.Boinc); 0 stands for "none" in
/// references that come later, such as a work unit's canonical result.
/// </summary>
static class ServerSchema
{
    public static IReadOnlyList<SchemaStep> Steps { get; } =
    [
        new(
            "server-1",
            """
            CREATE TABLE app (
              id {id},
              name TEXT NOT NULL UNIQUE,
              friendly_name TEXT NOT NULL
            );
            CREATE TABLE app_version (
              id {id},
              app_id BIGINT NOT NULL REFERENCES app(id),
              version BIGINT NOT NULL,
              platform TEXT NOT NULL,
              plan_class TEXT NOT NULL,
              deprecated BIGINT NOT NULL DEFAULT 0,
              created BIGINT NOT NULL,
              UNIQUE (app_id, version, platform, plan_class)
            );
            CREATE TABLE app_version_file (
              app_version_id BIGINT NOT NULL REFERENCES app_version(id),
              name TEXT NOT NULL,
              open_name TEXT NOT NULL,
              main_program BIGINT NOT NULL,
              bytes BIGINT NOT NULL,
              md5 TEXT NOT NULL,
              sha256 TEXT NOT NULL,
              signature TEXT NOT NULL,
              PRIMARY KEY (app_version_id, name)
            );
            CREATE TABLE team (
              id {id},
              name TEXT NOT NULL UNIQUE,
              account_id BIGINT NOT NULL,
              url TEXT NOT NULL DEFAULT '',
              created BIGINT NOT NULL
            );
            CREATE TABLE account (
              id {id},
              created BIGINT NOT NULL,
              email TEXT NOT NULL UNIQUE,
              name TEXT NOT NULL,
              key_hash TEXT NOT NULL UNIQUE,
              sealed_key BYTEA NOT NULL,
              cross_project_id TEXT NOT NULL,
              email_hash TEXT NOT NULL,
              external_cpid TEXT NOT NULL,
              team_id BIGINT NOT NULL DEFAULT 0,
              country TEXT NOT NULL DEFAULT 'International',
              url TEXT NOT NULL DEFAULT '',
              resource_share DOUBLE PRECISION NOT NULL DEFAULT 100,
              consent BIGINT NOT NULL DEFAULT 0,
              total_credit DOUBLE PRECISION NOT NULL DEFAULT 0,
              recent_credit DOUBLE PRECISION NOT NULL DEFAULT 0,
              recent_time DOUBLE PRECISION NOT NULL DEFAULT 0
            );
            CREATE TABLE host (
              id {id},
              account_id BIGINT NOT NULL REFERENCES account(id),
              created BIGINT NOT NULL,
              rpc_time BIGINT NOT NULL,
              rpc_seqno BIGINT NOT NULL,
              cpid TEXT NOT NULL,
              name TEXT NOT NULL,
              client_version TEXT NOT NULL,
              timezone BIGINT NOT NULL,
              processors BIGINT NOT NULL,
              vendor TEXT NOT NULL,
              model TEXT NOT NULL,
              features TEXT NOT NULL,
              fpops DOUBLE PRECISION NOT NULL,
              iops DOUBLE PRECISION NOT NULL,
              memory_bandwidth DOUBLE PRECISION NOT NULL,
              memory DOUBLE PRECISION NOT NULL,
              cache DOUBLE PRECISION NOT NULL,
              swap DOUBLE PRECISION NOT NULL,
              disk_total DOUBLE PRECISION NOT NULL,
              disk_free DOUBLE PRECISION NOT NULL,
              os_name TEXT NOT NULL,
              os_version TEXT NOT NULL,
              on_fraction DOUBLE PRECISION NOT NULL,
              active_fraction DOUBLE PRECISION NOT NULL,
              upload_rate DOUBLE PRECISION NOT NULL,
              download_rate DOUBLE PRECISION NOT NULL,
              standing BIGINT NOT NULL DEFAULT 0,
              blocked_until BIGINT NOT NULL DEFAULT 0,
              blocked_reason TEXT NOT NULL DEFAULT '',
              valid_results BIGINT NOT NULL DEFAULT 0,
              invalid_results BIGINT NOT NULL DEFAULT 0,
              failed_results BIGINT NOT NULL DEFAULT 0,
              turnaround DOUBLE PRECISION NOT NULL DEFAULT 0,
              total_credit DOUBLE PRECISION NOT NULL DEFAULT 0,
              recent_credit DOUBLE PRECISION NOT NULL DEFAULT 0,
              recent_time DOUBLE PRECISION NOT NULL DEFAULT 0
            );
            CREATE INDEX host_by_account ON host (account_id, cpid);
            CREATE TABLE host_app_version (
              host_id BIGINT NOT NULL REFERENCES host(id),
              app_version_id BIGINT NOT NULL REFERENCES app_version(id),
              max_jobs_per_day BIGINT NOT NULL,
              jobs_today BIGINT NOT NULL,
              day BIGINT NOT NULL,
              consecutive_valid BIGINT NOT NULL,
              flops DOUBLE PRECISION NOT NULL DEFAULT 0,
              samples BIGINT NOT NULL DEFAULT 0,
              PRIMARY KEY (host_id, app_version_id)
            );
            CREATE TABLE workunit (
              id {id},
              name TEXT NOT NULL UNIQUE,
              app_id BIGINT NOT NULL REFERENCES app(id),
              created BIGINT NOT NULL,
              batch BIGINT NOT NULL,
              priority BIGINT NOT NULL,
              fpops_estimate DOUBLE PRECISION NOT NULL,
              fpops_bound DOUBLE PRECISION NOT NULL,
              memory_bound DOUBLE PRECISION NOT NULL,
              disk_bound DOUBLE PRECISION NOT NULL,
              delay_bound BIGINT NOT NULL,
              command_line TEXT NOT NULL,
              min_quorum BIGINT NOT NULL,
              target_results BIGINT NOT NULL,
              max_errors BIGINT NOT NULL,
              max_total BIGINT NOT NULL,
              max_successes BIGINT NOT NULL,
              one_per_account BIGINT NOT NULL,
              inputs TEXT NOT NULL,
              outputs TEXT NOT NULL,
              canonical_result_id BIGINT NOT NULL DEFAULT 0,
              held BIGINT NOT NULL DEFAULT 0,
              need_validate BIGINT NOT NULL DEFAULT 0,
              assimilate_state BIGINT NOT NULL DEFAULT 0,
              assimilate_after BIGINT NOT NULL DEFAULT 0,
              file_delete_state BIGINT NOT NULL DEFAULT 0,
              delete_after BIGINT NOT NULL DEFAULT 0,
              errors BIGINT NOT NULL DEFAULT 0,
              transition_time BIGINT NOT NULL
            );
            CREATE INDEX workunit_to_transition ON workunit (transition_time);
            CREATE INDEX workunit_to_validate ON workunit (id) WHERE need_validate = 1;
            CREATE INDEX workunit_to_assimilate ON workunit (assimilate_after) WHERE assimilate_state = 1;
            CREATE INDEX workunit_to_delete ON workunit (delete_after) WHERE file_delete_state = 1;
            CREATE INDEX workunit_held ON workunit (canonical_result_id) WHERE held = 1;
            CREATE INDEX workunit_by_batch ON workunit (batch);
            CREATE TABLE result (
              id {id},
              name TEXT NOT NULL UNIQUE,
              workunit_id BIGINT NOT NULL REFERENCES workunit(id),
              random BIGINT NOT NULL,
              priority BIGINT NOT NULL,
              created BIGINT NOT NULL,
              server_state BIGINT NOT NULL,
              outcome BIGINT NOT NULL DEFAULT 0,
              validate_state BIGINT NOT NULL DEFAULT 0,
              account_id BIGINT NOT NULL DEFAULT 0,
              host_id BIGINT NOT NULL DEFAULT 0,
              app_version_id BIGINT NOT NULL DEFAULT 0,
              sent BIGINT NOT NULL DEFAULT 0,
              deadline BIGINT NOT NULL DEFAULT 0,
              received BIGINT NOT NULL DEFAULT 0,
              client_state BIGINT NOT NULL DEFAULT 0,
              exit_status BIGINT NOT NULL DEFAULT 0,
              elapsed DOUBLE PRECISION NOT NULL DEFAULT 0,
              cpu_time DOUBLE PRECISION NOT NULL DEFAULT 0,
              stderr TEXT NOT NULL DEFAULT '',
              comparison_hash TEXT NOT NULL DEFAULT '',
              proved BIGINT NOT NULL DEFAULT 0,
              credit DOUBLE PRECISION NOT NULL DEFAULT 0,
              granted_credit DOUBLE PRECISION NOT NULL DEFAULT 0,
              reason TEXT NOT NULL DEFAULT ''
            );
            CREATE INDEX result_by_workunit ON result (workunit_id);
            CREATE INDEX result_by_host ON result (host_id, server_state);
            CREATE INDEX result_unsent ON result (priority, id) WHERE server_state = 2
            """),
        new(
            "server-2",
            """
            CREATE TABLE credit_change (
              id {id},
              time BIGINT NOT NULL,
              account_id BIGINT NOT NULL,
              host_id BIGINT NOT NULL,
              result_id BIGINT NOT NULL,
              amount DOUBLE PRECISION NOT NULL,
              reason TEXT NOT NULL
            );
            CREATE INDEX credit_change_by_account ON credit_change (account_id)
            """),
        // Of a result that was judged, a line "logical_name sha256" a file: what is read of it later is held to that. Of a unit, whether
        // the assimilator has it in hand, so that no verdict is taken back meanwhile, and how often it failed.
        new(
            "server-3",
            """
            ALTER TABLE result ADD COLUMN files_sha256 TEXT NOT NULL DEFAULT '';
            ALTER TABLE workunit ADD COLUMN assimilating BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE workunit ADD COLUMN assimilate_tries BIGINT NOT NULL DEFAULT 0
            """),
        new(
            "server-5",
            """
            ALTER TABLE account ADD COLUMN weak_salt TEXT NOT NULL DEFAULT '';
            ALTER TABLE account ADD COLUMN weak_key_hash TEXT NOT NULL DEFAULT '';
            CREATE INDEX account_by_weak_key ON account (weak_key_hash) WHERE weak_key_hash <> '';
            ALTER TABLE host ADD COLUMN merged_into BIGINT NOT NULL DEFAULT 0;
            CREATE TABLE account_deletion (
              account_id BIGINT NOT NULL PRIMARY KEY,
              external_cpid TEXT NOT NULL,
              time BIGINT NOT NULL
            );
            CREATE TABLE host_deletion (
              host_id BIGINT NOT NULL PRIMARY KEY,
              cpid TEXT NOT NULL,
              time BIGINT NOT NULL
            )
            """),
        new(
            "server-4",
            """
            ALTER TABLE account ADD COLUMN earned BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE account ADD COLUMN tasks_today BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE account ADD COLUMN hosts_today BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE account ADD COLUMN today BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE account ADD COLUMN suspect_since BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE account ADD COLUMN blocked_until BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE account ADD COLUMN blocked_reason TEXT NOT NULL DEFAULT '';
            ALTER TABLE account ADD COLUMN kin BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE account ADD COLUMN address_key TEXT NOT NULL DEFAULT '';
            ALTER TABLE account ADD COLUMN address_time BIGINT NOT NULL DEFAULT 0;
            CREATE INDEX account_by_address ON account (address_key) WHERE address_key <> '';
            ALTER TABLE host ADD COLUMN proven_at BIGINT NOT NULL DEFAULT 0;
            CREATE INDEX result_in_progress_by_account ON result (account_id) WHERE server_state = 4;
            CREATE TABLE network_address (
              address_key TEXT NOT NULL PRIMARY KEY,
              earned BIGINT NOT NULL DEFAULT 0,
              tasks_today BIGINT NOT NULL DEFAULT 0,
              hosts_today BIGINT NOT NULL DEFAULT 0,
              accounts_today BIGINT NOT NULL DEFAULT 0,
              today BIGINT NOT NULL DEFAULT 0,
              seen BIGINT NOT NULL
            );
            CREATE TABLE server_training (
              day BIGINT NOT NULL PRIMARY KEY,
              trained DOUBLE PRECISION NOT NULL DEFAULT 0,
              networks BIGINT NOT NULL DEFAULT 0,
              checked DOUBLE PRECISION NOT NULL DEFAULT 0
            );
            UPDATE account SET earned = COALESCE((SELECT sum(h.valid_results) FROM host h WHERE h.account_id = account.id), 0)
            """),
        // What a program knows, and what a unit needs it to know: a unit isn't sent to a program of a lower level.
        new(
            "server-6",
            """
            ALTER TABLE app_version ADD COLUMN program_level BIGINT NOT NULL DEFAULT 1;
            ALTER TABLE workunit ADD COLUMN program_level BIGINT NOT NULL DEFAULT 1
            """),
    ];
}
