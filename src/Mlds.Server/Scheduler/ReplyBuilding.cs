using System.Globalization;
using Mlds.Boinc.Scheduling;
using Mlds.Boinc.Signing;
using Mlds.Server.Downloads;
using Mlds.Server.Project;

namespace Mlds.Server.Scheduler;

/// <summary>Turns a call's outcome into its reply: URLs, upload certificates, key. Outside the database's transaction.</summary>
sealed class ReplyBuilding(SchedulerState state)
{
    readonly string _uploadUrl = new Uri(state.Settings.Master, "file_upload_handler").ToString();
    readonly ReplyLink[] _links =
    [
        new("Your account", "Your key, computers and credit", new Uri(state.Settings.Master, "home.php").ToString()),
        new("Project status", "Servers, work, computers", new Uri(state.Settings.Master, "server_status").ToString()),
        new("Computers", "What this project's computers have done", new Uri(state.Settings.Master, "hosts").ToString()),
    ];

    public SchedulerReply Down(string message)
    {
        var reply = Empty() with { RequestDelay = 3600, ProjectIsDown = true };
        reply.Messages.Add(new(message, true));
        return reply;
    }

    public SchedulerReply BadKey()
    {
        var reply = Empty();
        reply.Messages.Add(new("Invalid or missing account key.  To fix, remove and add this project.", true));
        return reply;
    }

    public SchedulerReply TryLater(string message)
    {
        var reply = Empty() with { RequestDelay = 3600 };
        reply.Messages.Add(new(message, false));
        return reply;
    }

    public SchedulerReply Of(SchedulerRequest request, CallOutcome outcome, string? key, string? keySignature, bool keyIsOurs)
    {
        if (outcome.Account is not { } account) return BadKey();
        if (outcome.Host is not { } host) return TryLater(outcome.Messages[0].Text);
        var now = state.Now;
        var reply = Empty() with
        {
            // A client that had more to report than fits into one call goes on as soon as it may.
            NextRpcDelay = request.IsCut ? state.Settings.RequestDelay : state.Settings.NextRpcDelay,
            NewHostId = outcome.NewHostId,
            Account = new(
                account.Id, account.Name, account.TotalCredit, account.Recent.After(now, 0).Average,
                account.Created, account.EmailHash, account.CrossProjectId, account.ExternalCpid, account.Team, account.ResourceShare),
            Host = new(host.Created, host.TotalCredit, host.Recent.After(now, 0).Average, ""),
            TricklesAcknowledged = request.Trickles.Count > 0,
            CodeSignKey = key,
            CodeSignKeySignature = keySignature,
        };
        if (!keyIsOurs)
            reply.Messages.Add(new("Your computer holds a code-signing key that isn't this project's: remove and add the project.", true));
        foreach (var (text, notice) in outcome.Messages) reply.Messages.Add(new(text, notice));
        reply.Acknowledged.AddRange(outcome.Acknowledged);
        reply.Aborted.AddRange(outcome.Aborted);
        reply.AbortedIfNotStarted.AddRange(outcome.AbortedIfNotStarted);
        AddTasks(reply, outcome);
        reply.Links.AddRange(_links);
        return reply;
    }

    SchedulerReply Empty() =>
        new() { ProjectName = state.Settings.Name, MasterUrl = state.Settings.MasterUrl, RequestDelay = state.Settings.RequestDelay };

    void AddTasks(SchedulerReply reply, CallOutcome outcome)
    {
        foreach (var task in outcome.Tasks)
        {
            if (!reply.Apps.Exists(app => app.Name == task.Version.App)) reply.Apps.Add(new(task.Version.App, task.Version.FriendlyName));
            if (!reply.AppVersions.Exists(version => version.Platform == task.Version.Platform
                && version.PlanClass == task.Version.PlanClass
                && version.Version == task.Version.Version))
            {
                reply.AppVersions.Add(Version(task));
            }

            if (!reply.WorkUnits.Exists(unit => unit.Name == task.WorkUnit.Name)) reply.WorkUnits.Add(Unit(task.WorkUnit));
            reply.Results.Add(Result(task));
        }
    }

    ReplyAppVersion Version(TaskToSend task) => new(
        task.Version.App, task.Version.Version, task.Version.Platform, task.Version.PlanClass, task.Flops,
        [.. task.Version.Files.Select(file => new ReplyAppFile(
            file.Name, file.OpenName, file.MainProgram, file.Bytes, file.Signature, Url(file.Name), Url(file.Name) + ".gz"))]);

    ReplyWorkUnit Unit(WorkUnitRow unit) => new(
        unit.Name, unit.AppName, unit.CommandLine, unit.FpopsEstimate, unit.FpopsBound, unit.MemoryBound, unit.DiskBound,
        [.. unit.Inputs.Select(file => new ReplyInput(
            file.Name, file.LogicalName, file.Bytes, file.Md5, Url(file.Name),
            file.IsShared && SharedFiles.IsZipped(state.Project, file.Name) ? Url(file.Name) + ".gz" : null, file.IsShared))]);

    ReplyResult Result(TaskToSend task) => new(
        task.Name, task.WorkUnit.Name, task.Deadline, task.Version.Platform,
        task.Version.Version, task.Version.PlanClass, state.Settings.ReportImmediately,
        [.. task.WorkUnit.Outputs.Select((file, index) => Output(WorkUnitRow.OutputName(task.Name, task.Random, index), file))]);

    ReplyOutput Output(string name, StoredOutput file) =>
        new(name, file.LogicalName, file.MaxBytes, _uploadUrl, UploadCertificate.Create(state.UploadKey, name, file.MaxBytes));

    string Url(string name) =>
        string.Create(CultureInfo.InvariantCulture, $"{state.Settings.MasterUrl}download/{ProjectFolder.Fan(name)}/{name}");
}
