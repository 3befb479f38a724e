using Microsoft.Extensions.Logging;
using Mlds.Boinc.Rules;
using Mlds.Server.Accounts;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Server.Http;
using Mlds.Server.Project;
using Mlds.Server.Statistics;

namespace Mlds.Server.Daemons;

/// <summary>Writes the statistics once a day, or as often as the settings say, and updates the metrics of what waits.</summary>
sealed class StatisticsExporter(
    ProjectDatabase database, ProjectFolder project, IScience science, TimeProvider time, ServerMetrics metrics,
    ILogger<StatisticsExporter> log)
    : Daemon(new Signal(), TimeSpan.FromSeconds(15), log)
{
    protected override async Task<bool> Pass(CancellationToken cancellation)
    {
        var interval = project.Settings.StatisticsInterval;
        var due = interval > 0 && !Elapsed.LessThan(interval, StatisticsExport.Last(project), time.UnixSeconds());
        if (due) await database.Write(session => AccountDeletion.Forget(session, time.UnixSeconds()));
        database.Read(session =>
        {
            Gauge(ProjectNumbers.Read(session, time.UnixSeconds()));
            metrics.Waiting.WithLabels("training").Set(science.WaitingForServer(session));
            var trained = ServerTraining.On(session, time.UnixDay()).Trained;
            metrics.TrainingLeft.Set(Math.Max(0, ServerTraining.Budget(project.Settings) - trained));
            if (due) StatisticsExport.Write(session, project, science.AppFriendlyName, time.UnixSeconds());
            return true;
        });
        return false;
    }

    void Gauge(ProjectNumbers numbers)
    {
        metrics.Waiting.WithLabels("sending").Set(numbers.Unsent);
        metrics.Waiting.WithLabels("computation").Set(numbers.InProgress);
        metrics.Waiting.WithLabels("validation").Set(numbers.WaitingForValidation);
        metrics.Waiting.WithLabels("trust").Set(numbers.Held);
        metrics.Waiting.WithLabels("assimilation").Set(numbers.WaitingForAssimilation);
        metrics.Waiting.WithLabels("assimilation_again").Set(numbers.FailingAssimilation);
        metrics.Waiting.WithLabels("deletion").Set(numbers.WaitingForDeletion);
    }
}
