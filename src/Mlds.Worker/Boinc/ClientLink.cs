using System.Diagnostics;
using System.Globalization;
using Mlds.Boinc.States;
using Mlds.Worker.Units;

namespace Mlds.Worker.Boinc;

/// <summary>Listens to the client ten times a second and tells it once a second how far the task is, on a thread of its own.</summary>
sealed class ClientLink : IDisposable
{
    static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);

    readonly InitData _init;
    readonly ClientChannel? _channel;
    readonly UnitControl _control;
    readonly Func<double> _fraction;
    readonly TextWriter _log;
    readonly Action<int> _exit;
    readonly Thread _thread;
    volatile bool _ends;
    double _checkpointCpu;

    /// <param name="fraction">Share that is done.</param>
    /// <param name="exit">Ends the process at once.</param>
    public ClientLink(InitData init, ClientChannel? channel, UnitControl control, Func<double> fraction, TextWriter log, Action<int> exit)
    {
        (_init, _channel, _control, _fraction, _log, _exit) = (init, channel, control, fraction, log, exit);
        _checkpointCpu = init.EarlierCpuTime;
        _thread = new Thread(Listen) { Name = "client", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Processor seconds of the task, earlier runs included.</summary>
    double Cpu => _init.EarlierCpuTime + Environment.CpuUsage.TotalTime.TotalSeconds;

    /// <summary>Everything done so far is on the disk: the client may rely on it.</summary>
    public void Checkpointed() => Volatile.Write(ref _checkpointCpu, Cpu);

    public void Dispose()
    {
        _ends = true;
        _thread.Join();
        Tell();
    }

    void Listen()
    {
        for (var tick = 0; !_ends; tick++)
        {
            Obey(_channel?.Control());
            if (tick % 10 == 0)
            {
                Tell();
                _channel?.Beats();
                CheckMemory();
                if (tick % 100 == 0) CheckClient();
            }

            Thread.Sleep(s_poll);
        }
    }

    void Obey(string? wish)
    {
        switch (wish)
        {
            case "<suspend/>":
                _control.Suspend();
                break;
            case "<resume/>":
                _control.Resume();
                break;
            case "<quit/>":
                _control.Stop();
                break;
            case "<abort/>":
                _log.WriteLine("mlds-worker: aborted by the client.");
                _exit(ExitStatus.AbortedByClient);
                break;
        }
    }

    void Tell() => _channel?.Tell(string.Create(
        CultureInfo.InvariantCulture,
        $"<current_cpu_time>{Cpu:e6}</current_cpu_time>\n<checkpoint_cpu_time>"
        + $"{Volatile.Read(ref _checkpointCpu):e6}</checkpoint_cpu_time>\n<fraction_done>{_fraction():e6}</fraction_done>\n"));

    void CheckMemory()
    {
        if (_init.MemoryBound <= 0 || Environment.WorkingSet <= _init.MemoryBound) return;
        _log.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"mlds-worker: {Environment.WorkingSet / 1e6:f0} MB of memory are in use, "
            + $"but the task may have {_init.MemoryBound / 1e6:f0} MB."));
        _exit(ExitStatus.MemoryLimitExceeded);
    }

    /// <summary>A task whose client is gone must not go on by itself.</summary>
    void CheckClient()
    {
        if (_init.ClientProcess <= 0 || IsAlive(_init.ClientProcess)) return;
        _log.WriteLine("mlds-worker: the client is gone.");
        _control.Stop();
    }

    static bool IsAlive(int process)
    {
        if (OperatingSystem.IsLinux()) return Directory.Exists($"/proc/{process}");
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // The process exists, but we may not look at it.
            return true;
        }
    }
}
