using Mlds.Boinc.Signing;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Server.Http;
using Mlds.Server.Project;

namespace Mlds.Server.Scheduler;

/// <summary>What scheduler calls share: settings, keys, programs, the next work.</summary>
sealed class SchedulerState(ProjectFolder project, IScience science, Signals signals, TimeProvider time)
{
    public ProjectFolder Project => project;
    public ProjectSettings Settings => project.Settings;
    public string AppName => science.AppName;
    public AppVersions Versions { get; } = new(time, project.CodeSigningKey);
    public Feeder Feeder { get; } = new(time);
    public TasksInProgress InProgress { get; } = new();
    public PrivateKey UploadKey { get; } = project.UploadKey;
    public KeySuccession Keys { get; } = KeySuccession.Read(project);
    public AddressKeys Addresses { get; } = AddressKeys.Open(project);
    public Signals Signals => signals;

    /// <summary>When a call comes, in Unix seconds.</summary>
    public long Now => time.UnixSeconds();

    public long Day => time.UnixDay();
}
