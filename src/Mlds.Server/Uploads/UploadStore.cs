using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Mlds.Boinc.Transfers;
using Mlds.Server.Database;

namespace Mlds.Server.Uploads;

/// <summary>
/// The files that clients sent. One that isn't whole is <c>NAME.part</c>; whole and with the right MD5 it becomes <c>NAME</c>; once its result is reported
/// it never changes again.
/// </summary>
sealed class UploadStore(ProjectFolder project, ProjectDatabase database)
{
    readonly ConcurrentDictionary<string, byte> _busy = [];

    /// <summary>Bytes that are here of a file.</summary>
    public long Size(string name)
    {
        var (whole, part) = (new FileInfo(project.Upload(name)), new FileInfo(project.Upload(name) + ".part"));
        return part.Exists ? part.Length : whole.Exists ? whole.Length : 0;
    }

    /// <summary>Stores what follows in <paramref name="data"/>. The request's certificate and sizes have been checked.</summary>
    public async Task<(UploadStatus Status, string? Message, long Stored)> Store(UploadRequest request, PipeReader data, CancellationToken cancellation)
    {
        if (!_busy.TryAdd(request.Name, 0)) return (UploadStatus.TryLater, "The file is just being uploaded", 0);
        try
        {
            if (WhyClosed(request.Name) is { } reason) return await IsSame(request, cancellation) ? (UploadStatus.Stored, null, 0) : (UploadStatus.Refused, reason, 0);
            return await Append(request, data, cancellation);
        }
        finally
        {
            _busy.TryRemove(request.Name, out _);
        }
    }

    /// <summary>Why a file can't be written, or no longer: no such result, or it was reported.</summary>
    string? WhyClosed(string name)
    {
        if (!WorkUnitRow.TryParseOutputName(name, out var result, out var random, out _)) return "The file belongs to no task of this project";
        var (state, outcome) = database.Read(session => session.Row(
            "SELECT server_state, outcome FROM result WHERE name = $1 AND random = $2", row => ((int?)row.Int(0), row.Int(1)), result, random));
        return (state, outcome) switch
        {
            (null, _) => "The file belongs to no task of this project",
            (4, _) or (5, 4 or 7) => null, // in progress, or late
            (5, _) => "The file's task was reported already",
            _ => "The file's task was not sent to anybody",
        };
    }

    /// <summary>Whether the whole file is here already, as the client has it: the reply to an earlier upload was lost.</summary>
    async Task<bool> IsSame(UploadRequest request, CancellationToken cancellation)
    {
        var file = project.Upload(request.Name);
        return File.Exists(file) && new FileInfo(file).Length == request.Bytes && await Md5(file, cancellation) == request.Md5;
    }

    async Task<(UploadStatus Status, string? Message, long Stored)> Append(UploadRequest request, PipeReader data, CancellationToken cancellation)
    {
        var whole = project.Upload(request.Name);
        var part = whole + ".part";
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        long stored = 0;
        await using (var file = new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read))
        {
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
        }
        if (await Md5(part, cancellation) != request.Md5)
        {
            File.Delete(part);
            return (UploadStatus.TryLater, "The file's MD5 is another than announced", stored);
        }
        File.Move(part, whole, overwrite: true);
        return (UploadStatus.Stored, null, stored);
    }

    /// <summary>Copies at most <paramref name="most"/> bytes.</summary>
    static async Task<long> Copy(PipeReader data, FileStream file, long most, CancellationToken cancellation)
    {
        long copied = 0;
        while (copied < most)
        {
            var read = await data.ReadAsync(cancellation);
            var buffer = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, most - copied));
            foreach (var piece in buffer) await file.WriteAsync(piece, cancellation);
            copied += buffer.Length;
            data.AdvanceTo(buffer.End);
            if (read.IsCompleted) break;
        }
        return copied;
    }

    static async Task<string> Md5(string file, CancellationToken cancellation)
    {
        await using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(await MD5.HashDataAsync(stream, cancellation));
    }
}
