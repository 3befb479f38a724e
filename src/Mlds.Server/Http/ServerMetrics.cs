using Prometheus;

namespace Mlds.Server.Http;

/// <summary>What the server counts, in Prometheus' format at <c>/metrics</c>.</summary>
sealed class ServerMetrics
{
    static readonly double[] s_seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5];

    public ServerMetrics()
    {
        var factory = Metrics.WithCustomRegistry(Registry);
        SchedulerSeconds = factory.CreateHistogram(
            "mlds_scheduler_seconds", "Time of scheduler calls.", new HistogramConfiguration { Buckets = s_seconds });
        UploadSeconds = factory.CreateHistogram(
            "mlds_upload_seconds", "Time of uploads.", new HistogramConfiguration { Buckets = s_seconds });
        TasksSent = factory.CreateCounter("mlds_tasks_sent_total", "Tasks sent.");
        TasksReported = factory.CreateCounter("mlds_tasks_reported_total", "Tasks reported.");
        UploadedBytes = factory.CreateCounter("mlds_uploaded_bytes_total", "Bytes that clients sent.");
        Refused = factory.CreateCounter("mlds_refused_total", "Requests refused.", "by");
        Failures = factory.CreateCounter("mlds_failures_total", "Requests that failed for a reason of the server's own.");
        Validated = factory.CreateCounter("mlds_validated_total", "Results judged.", "verdict");
        Assimilated = factory.CreateCounter("mlds_assimilated_total", "Work units assimilated.");
        AssimilationFailures = factory.CreateCounter(
            "mlds_assimilation_failures_total", "Times that a work unit couldn't be assimilated and is tried again.");
        FilesLost = factory.CreateCounter("mlds_files_lost_total", "Results whose files were gone or damaged here after they came back.");
        CheckSeconds = factory.CreateCounter("mlds_check_seconds_total", "Time of checking results, training networks again included.");
        TrainedHereSeconds = factory.CreateCounter(
            "mlds_trained_here_seconds_total", "Seconds of one core spent on networks that no volunteer could return.");
        TrainingLeft = factory.CreateGauge(
            "mlds_server_training_left_seconds", "Seconds of one core that may still go into such networks today.");
        Waiting = factory.CreateGauge("mlds_waiting", "What waits: results or work units.", "for");
    }

    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();
    public Histogram SchedulerSeconds { get; }
    public Histogram UploadSeconds { get; }
    public Counter TasksSent { get; }
    public Counter TasksReported { get; }
    public Counter UploadedBytes { get; }
    public Counter Refused { get; }
    public Counter Failures { get; }
    public Counter Validated { get; }
    public Counter Assimilated { get; }
    public Counter AssimilationFailures { get; }
    public Counter FilesLost { get; }
    public Counter CheckSeconds { get; }
    public Counter TrainedHereSeconds { get; }
    public Gauge TrainingLeft { get; }
    public Gauge Waiting { get; }
}
