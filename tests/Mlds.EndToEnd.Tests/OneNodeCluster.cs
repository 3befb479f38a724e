using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Mlds.EndToEnd.Tests;

/// <summary>
/// A Slurm cluster of this machine alone: munged, slurmctld and slurmd with a configuration, a key and ports of their own on 127.0.0.1,
/// stopped when it is disposed. Beside whatever Slurm the machine may have, it touches nothing outside its folder.
/// </summary>
sealed class OneNodeCluster : IDisposable
{
    static readonly string[] s_programs = ["munged", "slurmctld", "slurmd", "sbatch", "sinfo"];

    readonly ScratchFolder _scratch = new();
    readonly List<Process> _daemons = [];

    OneNodeCluster()
    {
    }

    /// <summary>For <see cref="Process"/>es that talk to the cluster.</summary>
    public IReadOnlyDictionary<string, string?> Environment =>
        new Dictionary<string, string?> { ["SLURM_CONF"] = _scratch.File("slurm.conf") };

    /// <summary>Starts one; where that is impossible, <paramref name="reason"/> says why.</summary>
    public static OneNodeCluster? Start(out string reason)
    {
        reason = "";
        if (!OperatingSystem.IsLinux()) reason = "Slurm runs on Linux.";
        else if (System.Environment.UserName != "root") reason = "Slurm's daemons need root to start jobs.";
        else if (Array.Find(s_programs, program => Find(program) is null) is { } missing)
            reason = $"There is no {missing}: install slurm-wlm and munge.";
        if (reason.Length > 0) return null;
        var cluster = new OneNodeCluster();
        if (cluster.IsUp()) return cluster;
        reason = $"Slurm's daemons didn't come up here: {cluster.LastWords()}";
        cluster.Dispose();
        return null;
    }

    public void Dispose()
    {
        // In reverse order: all others ask munged, which was started first, who is who.
        foreach (var daemon in Enumerable.Reverse(_daemons))
        {
            if (!daemon.HasExited) Command.Run("kill", ["-TERM", $"{daemon.Id}"], _scratch.Path, TimeSpan.FromMinutes(5));
            if (!daemon.WaitForExit(TimeSpan.FromMinutes(5))) daemon.Kill(entireProcessTree: true);
            daemon.Dispose();
        }

        _scratch.Dispose();
    }

    bool IsUp()
    {
        foreach (var folder in new[] { "state", "spool" }) Directory.CreateDirectory(_scratch.File(folder));
        var key = _scratch.File("munge.key");
        File.WriteAllBytes(key, System.Security.Cryptography.RandomNumberGenerator.GetBytes(128));
        Command.Run("chmod", ["400", key], _scratch.Path, TimeSpan.FromMinutes(5));
        File.WriteAllText(_scratch.File("slurm.conf"), Configuration());
        Daemon(
            "munged", "--foreground", "--force", $"--key-file={key}", $"--socket={_scratch.File("munge.socket")}",
            $"--pid-file={_scratch.File("munged.pid")}", $"--seed-file={_scratch.File("munged.seed")}",
            $"--log-file={_scratch.File("munged.log")}");
        if (!Soon(() => File.Exists(_scratch.File("munge.socket")))) return false;
        Daemon("slurmctld", "-D", "-f", _scratch.File("slurm.conf"));
        Daemon("slurmd", "-D", "-f", _scratch.File("slurm.conf"));
        return Soon(
            () => Command.Run("sinfo", ["-h", "-o", "%T"], _scratch.Path, TimeSpan.FromMinutes(5), Environment).Output.Trim() == "idle");
    }

    bool Soon(Func<bool> isSo)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromMinutes(10); Thread.Sleep(200))
        {
            if (_daemons.Exists(daemon => daemon.HasExited)) return false;
            if (isSo()) return true;
        }

        return false;
    }

    void Daemon(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Find(program)!, arguments)
        {
            WorkingDirectory = _scratch.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _daemons.Add(process);
    }

    /// <summary>
    /// Without systemd, cgroups or accounting: processes are followed by their group, and every core is a place for a task.
    /// </summary>
    string Configuration()
    {
        var node = Dns.GetHostName().Split('.')[0];
        return $"""
            ClusterName=mlds
            SlurmctldHost={node}(127.0.0.1)
            SlurmctldPort={FreePort()}
            SlurmdPort={FreePort()}
            SlurmUser=root
            SlurmdUser=root
            AuthType=auth/munge
            AuthInfo=socket={_scratch.File("munge.socket")}
            CredType=cred/munge
            MpiDefault=none
            ProctrackType=proctrack/pgid
            TaskPlugin=task/none
            JobAcctGatherType=jobacct_gather/none
            AccountingStorageType=accounting_storage/none
            JobCompType=jobcomp/none
            ReturnToService=2
            SchedulerParameters=batch_sched_delay=1,sched_interval=1
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core
            StateSaveLocation={_scratch.File("state")}
            SlurmdSpoolDir={_scratch.File("spool")}
            SlurmctldPidFile={_scratch.File("slurmctld.pid")}
            SlurmdPidFile={_scratch.File("slurmd.pid")}
            SlurmctldLogFile={_scratch.File("slurmctld.log")}
            SlurmdLogFile={_scratch.File("slurmd.log")}
            NodeName={node} NodeAddr=127.0.0.1 CPUs={System.Environment.ProcessorCount} State=UNKNOWN
            PartitionName=main Nodes={node} Default=YES MaxTime=INFINITE State=UP

            """;
    }

    string LastWords() => string.Join(
        " | ",
        new[] { "munged.log", "slurmctld.log", "slurmd.log" }.Select(_scratch.File).Where(File.Exists)
            .SelectMany(log => File.ReadLines(log).TakeLast(2)));

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    static string? Find(string program) =>
        (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/sbin"])
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
