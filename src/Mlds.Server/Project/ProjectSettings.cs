using System.Text.Json;
using System.Text.Json.Serialization;
using Mlds.Server.Database;

namespace Mlds.Server.Project;

/// <summary>
/// <c>project.json</c>: what a project's operator may set. Missing keys have their defaults; an unknown key is an error.
/// </summary>
public sealed record ProjectSettings
{
    /// <summary>The name that volunteers see.</summary>
    public required string Name { get; init; }

    /// <summary>The address that volunteers attach to; ends in a slash. It is the project's identity and can't be changed later.</summary>
    public required string MasterUrl { get; init; }

    /// <summary>Where the server listens; if empty, at the address of <see cref="MasterUrl"/>.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>
    /// A SQLite file, by its path or its path within the project's folder, or a PostgreSQL connection string, which has a <c>Host=</c>.
    /// </summary>
    public string Database { get; init; } = "project.db";

    /// <summary>
    /// Certificate, with its chain, and key for https: PEM files, by their paths or their paths within the project's folder; empty: plain
    /// http, or https ends at a proxy.
    /// </summary>
    public string CertificateFile { get; init; } = "";

    public string CertificateKeyFile { get; init; } = "";

    /// <summary>Trust X-Forwarded-For and -Proto of a proxy on this machine.</summary>
    public bool BehindProxy { get; init; }

    /// <summary>Addresses and networks (10.0.0.0/8) that may read <c>/metrics</c>.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = ["127.0.0.1", "::1"];

    public bool AccountCreation { get; init; } = true;
    public int MinPasswordLength { get; init; } = 8;

    /// <summary>Calls of account functions per minute from one address.</summary>
    public int AccountCallsPerMinute { get; init; } = 20;

    /// <summary>Scheduler calls with a wrong account key per minute from one address; beyond that, all calls from there have to
    /// wait.</summary>
    public int BadKeysPerMinute { get; init; } = 30;

    /// <summary>Simultaneous connections; further ones are closed at once.</summary>
    public int MaxConnections { get; init; } = 2000;

    /// <summary>Simultaneous connections from one address. Behind a proxy, which has one address for all callers, the proxy has to limit
    /// them.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 200;

    /// <summary>Seconds that a client waits between two calls.</summary>
    public double RequestDelay { get; init; } = 31;

    /// <summary>Seconds after which a client calls even without a reason, and so learns of cancelled work.</summary>
    public double NextRpcDelay { get; init; } = 6 * 3600;

    /// <summary>Tasks per day and processor that a good host may take.</summary>
    public int DailyQuota { get; init; } = 200;

    /// <summary>Tasks that a host may hold for each processor.</summary>
    public int MaxInProgressPerProcessor { get; init; } = 4;

    public int MaxTasksPerCall { get; init; } = 32;

    /// <summary>
    /// Tasks that a new account may hold, and all new accounts of one network address together; each valid result adds one, each failure
    /// takes one.
    /// </summary>
    public int NewAccountTasks { get; init; } = 16;

    /// <summary>Tasks that an account may hold, however many valid results it has.</summary>
    public int MaxTasksPerAccount { get; init; } = 10_000;

    /// <summary>Accounts that may be made per day from one network address.</summary>
    public int NewAccountsPerDay { get; init; } = 50;

    /// <summary>
    /// Share of one processor core that may be spent, over a day, on training networks that no volunteer could return; 0: they wait.
    /// </summary>
    public double ServerTraining { get; init; } = 0.25;

    /// <summary>Seconds after the deadline during which a report is still in time.</summary>
    public long DeadlineGrace { get; init; } = 3600;

    /// <summary>Seconds for which a task that failed on a host isn't offered to it again.</summary>
    public long SameHostRetryDelay { get; init; } = 3600;

    /// <summary>Seconds that files are kept after a work unit is assimilated.</summary>
    public long DeleteDelay { get; init; } = 86400;

    /// <summary>Unsent tasks below which new work is made.</summary>
    public int LowWater { get; init; } = 100;

    /// <summary>Bytes of the largest upload.</summary>
    public long MaxUploadBytes { get; init; } = 64 << 20;

    /// <summary>Clients report results at once instead of with their next call: more calls, earlier results.</summary>
    public bool ReportImmediately { get; init; }

    /// <summary>Seconds between two exports of statistics; 0: none.</summary>
    public long StatisticsInterval { get; init; } = 86400;

    /// <summary>Whether anybody may browse the networks of the project's zoos.</summary>
    public bool ZooPages { get; init; } = true;

    [JsonIgnore]
    public Uri Master => new(MasterUrl);

    [JsonIgnore]
    public bool IsOnPostgres => Dialect.IsPostgres(Database);

    static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static ProjectSettings Read(string file)
    {
        try
        {
            var text = File.ReadAllText(file);
            var settings = JsonSerializer.Deserialize<ProjectSettings>(text, s_json)
                ?? throw new ProjectException($"The settings '{file}' are empty.");
            settings.Check(file, text);
            return settings;
        }
        catch (JsonException exception)
        {
            var line = exception.LineNumber is { } number ? $", line {number + 1}" : "";
            throw new ProjectException(
                $"The settings '{file}'{line}: {SettingsText.Fault(exception, s_json.GetTypeInfo(typeof(ProjectSettings)))}.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ProjectException($"The settings '{file}' can't be read: {exception.Message}", exception);
        }
    }

    /// <summary>Writes the settings whole or not at all, readable by nobody but their owner.</summary>
    public void Write(string file) => OwnerOnly.Write(file, JsonSerializer.Serialize(this, s_json) + "\n");

    /// <summary>BOINC's clients take a master URL only when its host has a dot (or is an address), and it ends in a slash.</summary>
    public static string? WhyNoMasterUrl(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            return "it has to begin with http:// or https://, and a port is 1 to 65535";
        if (!url.All(letter => letter is > ' ' and < (char)127 and not ('<' or '>' or '"' or '&' or '\\')))
            return "it may have only the usual characters of an address";
        if (!uri.Host.Contains('.', StringComparison.Ordinal))
            return "clients take only hosts with a dot in their name, so write 127.0.0.1 instead of localhost";
        if (uri.Query.Length + uri.Fragment.Length + uri.UserInfo.Length > 0) return "it can't have a query, a fragment or a user";
        return url.EndsWith('/') ? null : "it has to end in a slash";
    }

    /// <summary>Checks every value.</summary>
    /// <param name="file">What to call the settings in a message.</param>
    /// <param name="text">Their text, so that the message can name a line; may be left out.</param>
    /// <exception cref="ProjectException">A value isn't allowed.</exception>
    public void Check(string file, string text = "")
    {
        void Need(bool holds, string key, string allowed)
        {
            if (holds) return;
            var line = text.Length > 0 && SettingsText.LineOf(text, key) is > 0 and var number ? $", line {number}" : "";
            throw new ProjectException($"The settings '{file}'{line}: {key} has to be {allowed}.");
        }

        if (WhyNoMasterUrl(MasterUrl) is { } why)
            throw new ProjectException($"The settings '{file}': '{MasterUrl}' can't be the master_url, {why}.");
        if (SettingsAddresses.WhyNot(Listen) is { } whyNot) Need(false, "listen", $"addresses of this machine: {whyNot}");
        Need(
            Metrics.All(text => SettingsAddresses.Network(text) is not null), "metrics",
            "a list of addresses such as 127.0.0.1 and networks such as 10.0.0.0/8");
        Need(SettingsAddresses.IsText(Name, 100), "name", "1 to 100 letters");
        Need(Dialect.WhyNot(Database) is null, "database", Dialect.WhyNot(Database) ?? "");
        Need(MinPasswordLength is >= 1 and <= 64, "min_password_length", "from 1 to 64");
        Need(AccountCallsPerMinute is >= 1 and <= 100_000, "account_calls_per_minute", "from 1 to 100000");
        Need(BadKeysPerMinute is >= 1 and <= 100_000, "bad_keys_per_minute", "from 1 to 100000");
        Need(RequestDelay is >= 1 and <= 86400, "request_delay", "from 1 to 86400 seconds");
        Need(MaxConnections is >= 10 and <= 1_000_000, "max_connections", "from 10 to 1000000");
        Need(MaxConnectionsPerAddress is >= 1 and <= 1_000_000, "max_connections_per_address", "from 1 to 1000000");
        Need(NextRpcDelay >= RequestDelay && NextRpcDelay <= 30 * 86400, "next_rpc_delay", "from request_delay to 2592000 seconds");
        Need(DailyQuota is >= 1 and <= 100_000, "daily_quota", "from 1 to 100000");
        Need(MaxInProgressPerProcessor is >= 1 and <= 1000, "max_in_progress_per_processor", "from 1 to 1000");
        Need(MaxTasksPerCall is >= 1 and <= 1000, "max_tasks_per_call", "from 1 to 1000");
        Need(DeadlineGrace is >= 0 and <= 30 * 86400, "deadline_grace", "from 0 to 2592000 seconds");
        Need(SameHostRetryDelay is >= 0 and <= 30 * 86400, "same_host_retry_delay", "from 0 to 2592000 seconds");
        Need(DeleteDelay is >= 0 and <= 366 * 86400, "delete_delay", "from 0 to 31622400 seconds");
        Need(NewAccountTasks is >= 1 and <= 100_000, "new_account_tasks", "from 1 to 100000");
        Need(
            MaxTasksPerAccount >= NewAccountTasks && MaxTasksPerAccount <= 10_000_000, "max_tasks_per_account",
            "from new_account_tasks to 10000000");
        Need(NewAccountsPerDay is >= 1 and <= 1_000_000, "new_accounts_per_day", "from 1 to 1000000");
        Need(ServerTraining is >= 0 and <= 1, "server_training", "from 0 to 1 core");
        Need(LowWater is >= 1 and <= 1_000_000, "low_water", "from 1 to 1000000");
        Need(MaxUploadBytes is >= 1024 and <= 4L << 30, "max_upload_bytes", "from 1024 to 4 GiB");
        Need(StatisticsInterval is 0 or (>= 60 and <= 30 * 86400), "statistics_interval", "0, or from 60 to 2592000 seconds");
        Need(CertificateFile.Length > 0 == CertificateKeyFile.Length > 0, "certificate_key_file", "given exactly when certificate_file is");
        foreach (var (key, value) in new[] { ("certificate_file", CertificateFile), ("certificate_key_file", CertificateKeyFile) })
            Need(value.Length == 0 || SettingsAddresses.IsText(value, 4096), key, "a file's path");
    }
}
