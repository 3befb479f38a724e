using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Mlds.Server.Contract;

namespace Mlds.Server.Daemons;

/// <summary>Something that is done over and over in the background. A bad item, or a bad hour, doesn't end it.</summary>
abstract partial class Daemon(Signal signal, TimeSpan pause, ILogger log) : BackgroundService
{
    static readonly TimeSpan s_afterFailure = TimeSpan.FromSeconds(2);

    /// <summary>Does what there is to do; returns whether there may be more right away.</summary>
    protected abstract Task<bool> Pass(CancellationToken cancellation);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await Pass(stoppingToken)) await signal.Wait(pause, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                if (exception is DbException or IOException) LogTrouble(log, GetType().Name, exception.Message);
                else LogFailure(log, GetType().Name, exception);
                await Task.Delay(s_afterFailure, CancellationToken.None);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Daemon}: {Trouble}; trying again")]
    static partial void LogTrouble(ILogger log, string daemon, string trouble);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Daemon}: a pass failed")]
    static partial void LogFailure(ILogger log, string daemon, Exception exception);
}
