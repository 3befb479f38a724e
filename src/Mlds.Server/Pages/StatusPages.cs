using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Mlds.Boinc.Tags;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Server.Project;
using Mlds.Server.Statistics;

namespace Mlds.Server.Pages;

/// <summary>
/// What anybody may see of a project: its welcome, its status (as a page and as BOINC's XML), its computers. Numbers are read anew every
/// few seconds, however many callers look at them.
/// </summary>
sealed class StatusPages(
    ProjectFolder project, ProjectSite site, ProjectDatabase database, IScience science, TimeProvider time, ServeOptions options)
{
    const int HostsShown = 100;

    static readonly TimeSpan s_age = TimeSpan.FromSeconds(5);

    readonly Lock _lock = new();
    ProjectNumbers? _numbers;
    List<ProgramLine>? _programs;
    List<HostLine>? _hosts;
    long _read;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", Welcome);
        routes.MapGet("/index.php", Welcome);
        routes.MapGet("/server_status", (string? xml) => xml is "1" ? Xml() : (IResult)Status());
        routes.MapGet("/server_status.php", (string? xml) => xml is "1" ? Xml() : (IResult)Status());
        routes.MapGet("/hosts", Hosts);
    }

    public ProjectNumbers Numbers()
    {
        lock (_lock)
        {
            ForgetOld();
            return _numbers ??= database.Read(session => ProjectNumbers.Read(session, time.UnixSeconds()));
        }
    }

    List<ProgramLine> Programs()
    {
        lock (_lock)
        {
            ForgetOld();
            return _programs ??= database.Read(session => ProgramLine.Read(session, time.UnixSeconds() - (7 * 86400)));
        }
    }

    List<HostLine> LastHosts()
    {
        lock (_lock)
        {
            ForgetOld();
            return _hosts ??= database.Read(session => HostLine.Last(session, HostsShown, time.UnixSeconds()));
        }
    }

    /// <summary>Numbers that are too old are read anew for the next caller.</summary>
    void ForgetOld()
    {
        if (options.Time.GetElapsedTime(_read) >= s_age)
            (_read, _numbers, _programs, _hosts) = (options.Time.GetTimestamp(), null, null, null);
    }

    IEnumerable<string> Running => ServeOptions.Parts.Where(options.Runs);

    RazorComponentResult<WelcomePage> Welcome() =>
        new(new { Ours = site, FriendlyName = science.AppFriendlyName, Numbers = Numbers() });

    RazorComponentResult<StatusPage> Status() => new(new
    {
        Ours = site,
        Numbers = Numbers(),
        Programs = Programs(),
        Parts = ServeOptions.Parts.Select(part => (string[])[part, State(part)]).ToList(),
    });

    string State(string part) => !options.Runs(part) ? "elsewhere" : Maintenance.IsOn(project) ? "on a break" : "running";

    /// <summary>The format of BOINC's html/user/server_status.php?xml=1, which status sites read.</summary>
    IResult Xml()
    {
        var numbers = Numbers();
        var writer = new TagWriter().Raw("<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n").Open("server_status").Open("daemon_status");
        foreach (var part in Running)
        {
            writer.Open("daemon").Element("host", project.Settings.Master.Host).Element("command", part)
                .Element("status", Maintenance.IsOn(project) ? "disabled" : "running").Close("daemon");
        }

        writer.Close("daemon_status").Open("database_file_states")
            .Element("results_ready_to_send", numbers.Unsent).Element("results_in_progress", numbers.InProgress)
            .Element("workunits_waiting_for_validation", numbers.WaitingForValidation)
            .Element("workunits_waiting_for_assimilation", numbers.WaitingForAssimilation)
            .Element("workunits_waiting_for_deletion", numbers.WaitingForDeletion)
            .Element("results_waiting_for_deletion", numbers.WaitingForDeletion)
            .Element("transitioner_backlog_hours", numbers.TransitionerBacklogSeconds / 3600.0)
            .Element("users_with_recent_credit", numbers.AccountsWithRecentCredit)
            .Element("users_with_credit", numbers.AccountsWithCredit).Element("users_registered_in_past_24_hours", numbers.AccountsToday)
            .Element("hosts_with_recent_credit", numbers.HostsWithRecentCredit).Element("hosts_with_credit", numbers.HostsWithCredit)
            .Element("hosts_registered_in_past_24_hours", numbers.HostsToday).Element("current_floating_point_speed", numbers.Gigaflops)
            .Open("tasks_by_app").Open("app").Element("id", 1).Element("name", science.AppName).Element("unsent", numbers.Unsent)
            .Element("in_progress", numbers.InProgress)
            .Element("users", numbers.AccountsWithRecentCredit).Close("app").Close("tasks_by_app");
        return Results.Text(writer.Close("database_file_states").Close("server_status").ToString(), "text/xml", Encoding.UTF8);
    }

    RazorComponentResult<HostsPage> Hosts() => new(new { Ours = site, Hosts = LastHosts() });
}
