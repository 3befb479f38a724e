using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Mlds.Boinc.Scheduling;
using Mlds.Boinc.Tags;
using Mlds.Server.Accounts;
using Mlds.Server.Database;
using Mlds.Server.Http;
using Mlds.Server.Project;
using Prometheus;

namespace Mlds.Server.Scheduler;

/// <summary>The scheduler: one POST of a client, one reply. Whatever comes in, the answer follows the protocol.</summary>
sealed partial class SchedulerEndpoint(
    SchedulerState state, ProjectDatabase database, ServerMetrics metrics, BadKeys badKeys, KnownKeys keys, ILogger<SchedulerEndpoint> log)
{
    /// <summary>Time for a whole request: 4 MB at 112 kbit/s. Of a slower one the results that have arrived by then are taken.</summary>
    static readonly TimeSpan s_time = TimeSpan.FromMinutes(5);

    readonly ReplyBuilding _replies = new(state);

    public async Task Answer(HttpContext context)
    {
        using var timer = metrics.SchedulerSeconds.NewTimer();
        var reply = await Reply(context);
        context.Response.ContentType = "text/xml; charset=utf-8";
        var bytes = Encoding.UTF8.GetBytes(SchedulerReplyWriter.Write(reply));
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    async Task<SchedulerReply> Reply(HttpContext context)
    {
        var address = CallerAddress.Of(context);
        if (File.Exists(state.Project.MaintenanceFile)) return _replies.Down(Maintenance.Message(state.Project));
        if (badKeys.TooMany(address))
        {
            return Refused(address, "too many calls with wrong account keys", _replies.TryLater(
                "Too many wrong account keys from your address; try later"));
        }

        SchedulerRequest? request;
        try
        {
            request = await Read(context);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status503ServiceUnavailable)
        {
            return Refused(address, exception.Message, _replies.TryLater("The server is busy; try later"));
        }
        catch (Exception exception) when (exception is TagException or BadHttpRequestException)
        {
            badKeys.Note(address);
            return Refused(address, exception.Message, _replies.TryLater("Your request can't be read"));
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            badKeys.Note(address); // broken off: nobody hears an answer
            throw;
        }

        return request is null
            ? WrongKey(address)
            : await Scheduled(request, address, state.Addresses.Of(context.Connection.RemoteIpAddress));
    }

    /// <summary>
    /// The request, or as much of a large one as is read at once. Null: it is a large one with a wrong account key, so most of it isn't
    /// read.
    /// </summary>
    async Task<SchedulerRequest?> Read(HttpContext context)
    {
        using var body = new RequestBody(context, s_time);
        await body.ReadTo(SchedulerRequestReader.HeadBytes);
        var known = body.Ended || keys.Contains(SchedulerRequestReader.Authenticator(body.Text()));
        if (known)
        {
            await body.ReadTo(SchedulerRequestReader.MaxBytes);
            await body.PassOver();
        }

        if (!body.Ended && (body.Late || !known)) context.Response.Headers.Connection = "close"; // nobody waits for the rest
        return known ? SchedulerRequestReader.Read(body.Text(), cut: !body.Ended) : null;
    }

    SchedulerReply WrongKey(string address)
    {
        badKeys.Note(address);
        return Refused(address, "the account key is wrong", _replies.BadKey());
    }

    async Task<SchedulerReply> Scheduled(SchedulerRequest request, string address, string addressKey)
    {
        var ours = state.Keys.Next(request.CodeSignKey, out var key, out var signature);
        var hash = AccountKey.Hash(request.Authenticator);
        try
        {
            if (!keys.Contains(request.Authenticator)) return WrongKey(address);
            var mayHaveWork = ours && state.Keys.IsPresent(request.CodeSignKey, key);
            var outcome = await database.Write(session => new SchedulerCall(session, state, request, hash, addressKey, mayHaveWork).Run());
            if (outcome.Account is null) return WrongKey(address);
            Note(outcome);
            return _replies.Of(request, outcome, key, signature, ours);
        }
        catch (Exception exception)
        {
            LogFailure(log, exception);
            metrics.Failures.Inc();
            return _replies.TryLater("The server has a problem; try later");
        }
    }

    void Note(CallOutcome outcome)
    {
        metrics.TasksSent.Inc(outcome.Tasks.Count);
        metrics.TasksReported.Inc(outcome.Acknowledged.Count);
        if (outcome.NewHostId > 0) LogHost(log, outcome.NewHostId, outcome.Account!.Id);
        foreach (var remark in outcome.Remarks) LogRemark(log, remark);
    }

    SchedulerReply Refused(string address, string reason, SchedulerReply reply)
    {
        metrics.Refused.WithLabels("scheduler").Inc();
        LogRefused(log, address, reason);
        return reply;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "scheduler: refused a call from {Address}: {Reason}")]
    static partial void LogRefused(ILogger log, string address, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "scheduler: host {Host} of account {Account} attached")]
    static partial void LogHost(ILogger log, long host, long account);

    [LoggerMessage(Level = LogLevel.Information, Message = "scheduler: {Remark}")]
    static partial void LogRemark(ILogger log, string remark);

    [LoggerMessage(Level = LogLevel.Error, Message = "scheduler: a call failed")]
    static partial void LogFailure(ILogger log, Exception exception);
}
