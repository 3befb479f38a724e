using Microsoft.Extensions.Hosting;

namespace Mlds.Server.Daemons;

/// <summary>
/// Starts the daemons once the server listens, not before: a server that can't listen, since another has its port, changes nothing.
/// </summary>
sealed class DaemonsAfterWeb(IEnumerable<Daemon> daemons) : IHostedLifecycleService
{
    readonly IReadOnlyList<Daemon> _daemons = [.. daemons];

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_daemons.Select(daemon => daemon.StartAsync(cancellationToken)));

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_daemons.Select(daemon => daemon.StopAsync(cancellationToken)));

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
