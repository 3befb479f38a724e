using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Mlds.Boinc.Signing;
using Mlds.Boinc.States;
using Mlds.Boinc.Tags;
using Mlds.Boinc.Transfers;
using Mlds.Server.Http;
using Mlds.Server.Project;
using Prometheus;

namespace Mlds.Server.Uploads;

/// <summary>The upload handler. It stores only the file that an upload certificate of ours names, up to the size that it names.</summary>
sealed partial class UploadEndpoint(
    ProjectFolder project, UploadStore store, ServerMetrics metrics, TimeProvider time, ILogger<UploadEndpoint> log)
{
    /// <summary>Time for one call: an upload that takes longer loses its connection, and the client goes on from where it was.</summary>
    static readonly TimeSpan s_time = TimeSpan.FromHours(1);

    static readonly byte[] s_mark = Encoding.ASCII.GetBytes(UploadRequest.DataMark);

    readonly PublicKey _key = project.UploadKey.Public;

    public async Task Answer(HttpContext context)
    {
        using var timer = metrics.UploadSeconds.NewTimer();
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = project.Settings.MaxUploadBytes + UploadRequest.MaxHead;
        var (status, message, size) = await Handled(context);
        if (status != UploadStatus.Stored)
        {
            metrics.Refused.WithLabels("uploads").Inc();
            LogRefused(log, CallerAddress.Of(context), (int)status, message ?? "");
        }

        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync(
            size is { } bytes ? UploadReply.Size(bytes) : UploadReply.Of(status, message), context.RequestAborted);
    }

    async Task<(UploadStatus Status, string? Message, long? Size)> Handled(HttpContext context)
    {
        if (Maintenance.IsOn(project)) return (UploadStatus.TryLater, "The project is down for maintenance", null);
        using var late = new CancellationTokenSource(s_time, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(late.Token, context.RequestAborted);
        try
        {
            var request = UploadRequest.Read(await ReadHead(context.Request.BodyReader, over.Token));
            if (!FileName.IsValid(request.Name)) return (UploadStatus.Refused, "The file's name isn't one of this project", null);
            if (request.IsSizeQuery) return (UploadStatus.Stored, null, store.Size(request.Name));
            if (WhyNot(request, context) is { } reason) return (UploadStatus.Refused, reason, null);
            var (status, message, stored) = await store.Store(request, context.Request.BodyReader, over.Token);
            metrics.UploadedBytes.Inc(stored);
            return (status, message, null);
        }
        catch (TagException exception)
        {
            return (UploadStatus.Refused, exception.Message, null);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (UploadStatus.Refused, "The upload is larger than this project takes", null);
        }
        catch (Exception exception) when (
            exception is ConnectionResetException || exception is OperationCanceledException && !late.IsCancellationRequested)
        {
            throw; // broken off: nobody hears an answer
        }
        catch (Exception exception) when (exception is BadHttpRequestException or OperationCanceledException or IOException)
        {
            return (UploadStatus.TryLater, "The upload was interrupted", null);
        }
        catch (Exception exception)
        {
            metrics.Failures.Inc();
            LogFailure(log, exception);
            return (UploadStatus.TryLater, "The server has a problem", null);
        }
    }

    string? WhyNot(UploadRequest request, HttpContext context)
    {
        if (!UploadCertificate.Verify(_key, request.Name, request.MaxBytes, request.Certificate))
            return "The upload certificate isn't this project's";
        if (request.Bytes < 0 || request.Bytes > request.MaxBytes) return "The file is larger than its certificate allows";
        if (request.Bytes > project.Settings.MaxUploadBytes) return "The file is larger than this project takes";
        if (request.Offset < 0 || request.Offset > request.Bytes) return "The offset lies outside the file";
        return context.Request.ContentLength > request.Bytes - request.Offset + UploadRequest.MaxHead
            ? "More data than the file has"
            : null;
    }

    /// <summary>Reads the head up to the data, which stay in the reader.</summary>
    static async Task<string> ReadHead(PipeReader body, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await body.Next(cancellation);
            var (head, data) = Split(read.Buffer, read.IsCompleted);
            if (head is not null)
            {
                body.AdvanceTo(data);
                return head;
            }

            if (read.Buffer.Length > UploadRequest.MaxHead || read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.End);
                throw new TagException("The upload's head is longer than any client's.");
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    static (string? Head, SequencePosition Data) Split(ReadOnlySequence<byte> buffer, bool completed)
    {
        var reader = new SequenceReader<byte>(buffer);
        if (reader.TryReadTo(out ReadOnlySequence<byte> head, s_mark) && head.Length <= UploadRequest.MaxHead)
            return (Encoding.UTF8.GetString(head), reader.Position);
        return completed && buffer.Length <= UploadRequest.MaxHead ? (Encoding.UTF8.GetString(buffer), buffer.End) : (null, default);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "uploads: answered {Address} with status {Status}: {Reason}")]
    static partial void LogRefused(ILogger log, string address, int status, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "uploads: a call failed")]
    static partial void LogFailure(ILogger log, Exception exception);
}
