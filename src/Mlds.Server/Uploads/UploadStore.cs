using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Mlds.Boinc.Transfers;
using Mlds.Server.Database;
using Mlds.Server.Http;
using Mlds.Server.Project;

namespace Mlds.Server.Uploads;

/// <summary>
/// The files that clients sent. One that isn't whole is <c>NAME.part</c>; once whole and with the right MD5 it becomes <c>NAME</c>. This
/// renaming takes turns with the reports, in the database's writer: once a result is reported its files never change again, however long
/// ago an upload of one began.
/// </summary>
sealed class UploadStore(ProjectFolder project, ProjectDatabase database)
{
    readonly ConcurrentDictionary<string, byte> _busy = [];

    /// <summary>The number of bytes of a file that have arrived.</summary>
    public long Size(string name)
    {
        var (whole, part) = (new FileInfo(project.Upload(name)), new FileInfo(UnfinishedUploads.Part(project, name)));
        if (part.Exists && database.Read(session => ClosedUpload.Find(session, name)) is null) return part.Length;
        return whole.Exists ? whole.Length : 0;
    }

    /// <summary>Stores what follows in <paramref name="data"/>. The request's certificate and sizes have been checked.</summary>
    public async Task<(UploadStatus Status, string? Message, long Stored)> Store(
        UploadRequest request, PipeReader data, CancellationToken cancellation)
    {
        if (!_busy.TryAdd(request.Name, 0)) return (UploadStatus.TryLater, "The file is just being uploaded", 0);
        try
        {
            if (database.Read(session => ClosedUpload.Find(session, request.Name)) is not { } closed)
                return await Append(request, data, cancellation);
            if (!closed.IsForgotten)
                return await IsSame(request, cancellation) ? (UploadStatus.Stored, null, 0) : (UploadStatus.Refused, closed.Reason, 0);
            await Copy(data, Stream.Null, request.Bytes - request.Offset, cancellation);
            return (UploadStatus.Stored, null, 0);
        }
        finally
        {
            _busy.TryRemove(request.Name, out _);
        }
    }

    /// <summary>Whether the whole file is here already, equal to the client's: the reply to an earlier upload was lost.</summary>
    async Task<bool> IsSame(UploadRequest request, CancellationToken cancellation)
    {
        var file = project.Upload(request.Name);
        if (!File.Exists(file) || new FileInfo(file).Length != request.Bytes) return false;
        await using var stream = File.OpenRead(file);
        return await Md5(stream, cancellation) == request.Md5;
    }

    async Task<(UploadStatus Status, string? Message, long Stored)> Append(
        UploadRequest request, PipeReader data, CancellationToken cancellation)
    {
        var part = UnfinishedUploads.Part(project, request.Name);
        Directory.CreateDirectory(Path.GetDirectoryName(part)!);
        long stored = 0;

        // Nobody else, not even another process, writes to it until it has its name.
        await using var file = new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        if (request.Offset > file.Length) return (UploadStatus.Refused, "The offset lies beyond what is here", 0);
        file.SetLength(request.Offset);
        file.Position = request.Offset;
        try
        {
            stored = await Copy(data, file, request.Bytes - request.Offset, cancellation);
        }
        finally
        {
            file.Flush(flushToDisk: true);
        }

        if (file.Length < request.Bytes) return (UploadStatus.TryLater, "The upload was interrupted", stored);
        file.Position = 0;
        if (await Md5(file, cancellation) != request.Md5)
        {
            File.Delete(part);
            return (UploadStatus.TryLater, "The file's MD5 is another than announced", stored);
        }

        var (status, message) = await database.Write(session => Finish(session, request.Name, part));
        return (status, message, stored);
    }

    /// <summary>Runs in the writer, where reports are stored too: what was reported since the upload began stays as it is.</summary>
    (UploadStatus Status, string? Message) Finish(Session session, string name, string part)
    {
        if (ClosedUpload.Find(session, name) is { } closed)
        {
            File.Delete(part);
            return closed.IsForgotten ? (UploadStatus.Stored, null) : (UploadStatus.Refused, closed.Reason);
        }

        File.Move(part, project.Upload(name), overwrite: true);
        return (UploadStatus.Stored, null);
    }

    /// <summary>Copies at most <paramref name="most"/> bytes.</summary>
    static async Task<long> Copy(PipeReader data, Stream to, long most, CancellationToken cancellation)
    {
        long copied = 0;
        while (copied < most)
        {
            var read = await data.Next(cancellation);
            var buffer = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, most - copied));
            try
            {
                foreach (var piece in buffer) await to.WriteAsync(piece, cancellation);
            }
            finally
            {
                data.AdvanceTo(buffer.End); // also when the disk is full
            }

            copied += buffer.Length;
            if (read.IsCompleted) break;
        }

        return copied;
    }

    static async Task<string> Md5(Stream stream, CancellationToken cancellation) =>
        Convert.ToHexStringLower(await MD5.HashDataAsync(stream, cancellation));
}
