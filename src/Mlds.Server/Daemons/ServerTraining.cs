using Microsoft.Extensions.Logging;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Server.Http;
using Mlds.Server.Project;

namespace Mlds.Server.Daemons;

/// <summary>What the server has computed itself on one day, in seconds of one core.</summary>
/// <param name="Trained">Work that no volunteer could return; bounded by the settings.</param>
/// <param name="Networks">Pieces of it that were finished.</param>
/// <param name="Checked">Checks of results.</param>
public sealed record ServerTraining(double Trained, long Networks, double Checked)
{
    public static ServerTraining On(Session session, long day) =>
        session.Row(
            "SELECT trained, networks, checked FROM server_training WHERE day = $1",
            row => new ServerTraining(row.Real(0), row.Long(1), row.Real(2)), day)
        ?? new(0, 0, 0);

    /// <summary>Core seconds that may be spent per day.</summary>
    public static double Budget(ProjectSettings settings) => settings.ServerTraining * 86400;

    internal static void Note(Session session, long day, ComputedHere computed) => session.Execute(
        "INSERT INTO server_training (day, trained, networks) VALUES ($1, $2, $3) ON CONFLICT (day) DO "
        + "UPDATE SET trained = server_training.trained + excluded.trained, networks = server_training.networks + excluded.networks",
        day, computed.CoreSeconds, computed.Ended ? 1L : 0L);

    internal static void NoteChecked(Session session, long day, double seconds) => session.Execute(
        "INSERT INTO server_training (day, checked) VALUES ($1, $2) ON CONFLICT (day) DO UPDATE "
        + "SET checked = server_training.checked + excluded.checked",
        day, seconds);
}

/// <summary>
/// Has the science compute here what no volunteer could return: a slice at a time, no more per day than the settings allow, and hardly
/// anything while results wait to be checked: honest volunteers' units come first.
/// </summary>
sealed partial class Trainer(
    ProjectDatabase database, IScience science, ProjectSettings settings, TimeProvider time, Signals signals, ServerMetrics metrics,
    ILogger<Trainer> log)
    : Daemon(signals.Trainer, TimeSpan.FromSeconds(5), log)
{
    static readonly TimeSpan s_slice = TimeSpan.FromSeconds(10);

    /// <summary>Seconds between two slices while results wait to be checked.</summary>
    const long WhileOthersWait = 120;

    long _last;
    long _spent;

    protected override async Task<bool> Pass(CancellationToken cancellation)
    {
        var (left, waiting, others) = database.Read(session => (
            ServerTraining.Budget(settings) - ServerTraining.On(session, time.UnixDay()).Trained,
            science.WaitingForServer(session),
            session.Number("SELECT count(*) FROM (SELECT id FROM workunit WHERE need_validate = 1 LIMIT 1) AS waiting") > 0));
        if (waiting == 0 || (others && time.UnixSeconds() - _last < WhileOthersWait)) return false;
        if (left <= 0)
        {
            if (_spent != time.UnixDay()) LogSpent(log, waiting);
            _spent = time.UnixDay();
            return false;
        }

        var slice = left < s_slice.TotalSeconds ? TimeSpan.FromSeconds(left) : s_slice;
        var any = await Task.Factory.StartNew(
            () => science.ComputeHere(database, slice, Note, cancellation), cancellation,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _last = time.UnixSeconds();
        return any;
    }

    void Note(Session session, ComputedHere computed)
    {
        ServerTraining.Note(session, time.UnixDay(), computed);
        metrics.TrainedHereSeconds.Inc(computed.CoreSeconds);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "trainer: today's server_training is spent; {Waiting} networks that no volunteer could return wait until tomorrow")]
    static partial void LogSpent(ILogger log, long waiting);
}
