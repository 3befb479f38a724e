using Mlds.Boinc.Tags;

namespace Mlds.Boinc.Scheduling;

/// <summary>
/// Writes a scheduler's reply. Clients drop what refers to something further on: apps come before versions, files before whatever uses
/// them, work units before results.
/// </summary>
public static class SchedulerReplyWriter
{
    /// <summary>The protocol version that we speak: the client's major × 100 + minor.</summary>
    public const int ProtocolVersion = 720;

    public const string ApiVersion = "7.20.5";

    public static string Write(SchedulerReply reply)
    {
        var writer = new TagWriter();
        writer.Open("scheduler_reply").Element("scheduler_version", ProtocolVersion).Empty("dont_use_dcf")
            .Element("master_url", reply.MasterUrl)
            .Element("request_delay", reply.RequestDelay);
        if (reply.NextRpcDelay > 0) writer.Element("next_rpc_delay", reply.NextRpcDelay);
        writer.Element("project_name", reply.ProjectName);
        if (reply.ProjectIsDown) writer.Empty("project_is_down");
        foreach (var message in reply.Messages) writer.Message(message.Text, message.Notice);
        if (reply.NewHostId > 0) writer.Element("hostid", reply.NewHostId);
        if (reply.Account is { } account) WriteAccount(writer, account);
        if (reply.Host is { } host) WriteHost(writer, host);
        if (reply.Account is { } owner) WritePreferences(writer, owner);
        WriteNames(writer, reply);
        foreach (var app in reply.Apps) WriteApp(writer, app);
        foreach (var version in reply.AppVersions) WriteVersion(writer, version);
        var files = new HashSet<string>();
        foreach (var unit in reply.WorkUnits) WriteWorkUnit(writer, unit, files);
        foreach (var result in reply.Results) WriteResult(writer, result);
        if (reply.CodeSignKey is { } key) writer.Block("code_sign_key", key);
        if (reply.CodeSignKeySignature is { } signature) writer.Block("code_sign_key_signature", signature);
        if (reply.TricklesAcknowledged) writer.Empty("message_ack");
        WriteLinks(writer, reply);
        return writer.Close("scheduler_reply").ToString();
    }

    static void WriteAccount(TagWriter writer, ReplyAccount account) =>
        writer.Element("userid", account.Id).Element("user_name", account.Name).Element("user_total_credit", account.TotalCredit)
            .Element("user_expavg_credit", account.RecentCredit).Element("user_create_time", account.Created)
            .Element("email_hash", account.EmailHash)
            .Element("cross_project_id", account.CrossProjectId).Element("external_cpid", account.ExternalCpid)
            .Element("team_name", account.Team);

    static void WriteHost(TagWriter writer, ReplyHost host) =>
        writer.Element("host_total_credit", host.TotalCredit).Element("host_expavg_credit", host.RecentCredit)
            .Element("host_venue", host.Venue)
            .Element("host_create_time", host.Created);

    static void WritePreferences(TagWriter writer, ReplyAccount account) =>
        writer.Open("project_preferences").Element("resource_share", account.ResourceShare)
            .Open("project_specific").Close("project_specific")
            .Close("project_preferences");

    static void WriteNames(TagWriter writer, SchedulerReply reply)
    {
        foreach (var name in reply.Acknowledged) writer.Open("result_ack").Element("name", name).Close("result_ack");
        foreach (var name in reply.Aborted) writer.Open("result_abort").Element("name", name).Close("result_abort");
        foreach (var name in reply.AbortedIfNotStarted)
            writer.Open("result_abort_if_not_started").Element("name", name).Close("result_abort_if_not_started");
    }

    static void WriteApp(TagWriter writer, ReplyApp app) =>
        writer.Open("app").Element("name", app.Name).Element("user_friendly_name", app.FriendlyName).Element("non_cpu_intensive", 0)
            .Element("fraction_done_exact", 1).Close("app");

    static void WriteVersion(TagWriter writer, ReplyAppVersion version)
    {
        foreach (var file in version.Files)
        {
            writer.Open("file_info").Element("name", file.Name).Element("url", file.Url);
            if (file.GzippedUrl is { } gzipped) writer.Element("gzipped_url", gzipped);
            if (file.MainProgram) writer.Empty("executable");
            writer.Block("file_signature", file.Signature).Element("nbytes", file.Bytes).Close("file_info");
        }

        writer.Open("app_version").Element("app_name", version.App).Element("version_num", version.Version)
            .Element("api_version", ApiVersion);
        foreach (var file in version.Files)
        {
            writer.Open("file_ref").Element("file_name", file.Name);
            if (file.MainProgram) writer.Empty("main_program");
            else writer.Element("open_name", file.OpenName);
            writer.Close("file_ref");
        }

        writer.Element("platform", version.Platform);
        if (version.PlanClass.Length > 0) writer.Element("plan_class", version.PlanClass);
        writer.Element("avg_ncpus", 1).Element("flops", version.Flops).Close("app_version");
    }

    /// <param name="files">Those described so far: a file that units share is described once.</param>
    static void WriteWorkUnit(TagWriter writer, ReplyWorkUnit unit, HashSet<string> files)
    {
        foreach (var file in unit.Inputs.Where(file => files.Add(file.Name)))
        {
            writer.Open("file_info").Element("name", file.Name).Element("url", file.Url);
            if (file.GzippedUrl is { } gzipped) writer.Element("gzipped_url", gzipped);
            if (file.IsKept) writer.Empty("sticky");
            writer.Element("md5_cksum", file.Md5).Element("nbytes", file.Bytes).Close("file_info");
        }

        writer.Open("workunit").Element("name", unit.Name).Element("app_name", unit.App).Element("rsc_fpops_est", unit.FpopsEstimate)
            .Element("rsc_fpops_bound", unit.FpopsBound).Element("rsc_memory_bound", unit.MemoryBound)
            .Element("rsc_disk_bound", unit.DiskBound);
        if (unit.CommandLine.Length > 0) writer.Element("command_line", unit.CommandLine);
        foreach (var file in unit.Inputs)
            writer.Open("file_ref").Element("file_name", file.Name).Element("open_name", file.OpenName).Close("file_ref");
        writer.Close("workunit");
    }

    static void WriteResult(TagWriter writer, ReplyResult result)
    {
        foreach (var file in result.Outputs)
        {
            writer.Open("file_info").Element("name", file.Name).Element("max_nbytes", file.MaxBytes).Element("upload_url", file.UploadUrl)
                .Block("xml_signature", file.Certificate).Close("file_info");
        }

        writer.Open("result").Element("name", result.Name).Element("wu_name", result.WorkUnit).Element("report_deadline", result.Deadline);
        foreach (var file in result.Outputs)
            writer.Open("file_ref").Element("file_name", file.Name).Element("open_name", file.OpenName).Close("file_ref");
        writer.Element("platform", result.Platform).Element("version_num", result.Version).Element("plan_class", result.PlanClass);
        if (result.ReportImmediately) writer.Empty("report_immediately");
        writer.Close("result");
    }

    static void WriteLinks(TagWriter writer, SchedulerReply reply)
    {
        if (reply.Links.Count == 0) return;
        writer.Open("gui_urls");
        foreach (var link in reply.Links)
        {
            writer.Open("gui_url").Element("name", link.Name).Element("description", link.Description)
                .Element("url", link.Url).Close("gui_url");
        }

        writer.Close("gui_urls");
    }
}
