using System.IO.Pipelines;

namespace Mlds.Server.Http;

static class BodyReading
{
    /// <summary>
    /// What a request's body brings next. To the web server a read that a token ended is going on for ever, and it reports that as a
    /// failure of ours; so the token ends the read as the reader wants it.
    /// </summary>
    /// <exception cref="OperationCanceledException">The time is over, or the caller has gone.</exception>
    public static async Task<ReadResult> Next(this PipeReader body, CancellationToken over)
    {
        over.ThrowIfCancellationRequested();
        await using var end = over.UnsafeRegister(reader => ((PipeReader)reader!).CancelPendingRead(), body);
        var read = await body.ReadAsync(CancellationToken.None);
        if (!read.IsCanceled) return read;
        body.AdvanceTo(read.Buffer.Start);
        throw new OperationCanceledException(over);
    }
}
