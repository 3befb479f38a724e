using Mlds.Boinc.Tags;

namespace Mlds.Boinc.Transfers;

/// <summary>
/// The head of a call to the upload handler: it either asks how much of a file is there, or announces a file's data, which follow in the
/// body.
/// </summary>
/// <param name="Name">The file's name, as sent: not checked.</param>
/// <param name="IsSizeQuery">True for the question.</param>
public sealed record UploadRequest(string Name, bool IsSizeQuery)
{
    /// <summary>The most characters of the head; a client's has some 900.</summary>
    public const int MaxHead = 8192;

    /// <summary>The line before the data.</summary>
    public const string DataMark = "<data>\n";

    public string Certificate { get; init; } = "";
    public long MaxBytes { get; init; }

    /// <summary>The whole file's length, whatever part of it is sent.</summary>
    public long Bytes { get; init; }

    public string Md5 { get; init; } = "";

    /// <summary>Where in the file the sent data begin.</summary>
    public long Offset { get; init; }

    /// <summary>Reads a head: everything before the data. Anything else is a <see cref="TagException"/>.</summary>
    public static UploadRequest Read(ReadOnlySpan<char> head)
    {
        var reader = new TagReader(head, 100);
        while (reader.Child(out var root))
        {
            if (!root.SequenceEqual("data_server_request"))
            {
                reader.Skip();
                continue;
            }

            while (reader.Child(out var name))
            {
                if (name.SequenceEqual("get_file_size")) return new(reader.Text(), true);
                if (name.SequenceEqual("file_upload")) return ReadUpload(ref reader);
                reader.Skip();
            }
        }

        throw new TagException("Neither a file upload nor a question for a file's size.");
    }

    static UploadRequest ReadUpload(ref TagReader reader)
    {
        var upload = new UploadRequest("", false);
        while (reader.Child(out var name))
        {
            switch (name)
            {
                case "file_info": upload = ReadFile(ref reader, upload); break;
                case "nbytes": upload = upload with { Bytes = reader.Whole() }; break;
                case "md5_cksum": upload = upload with { Md5 = reader.Text(64) }; break;
                case "offset": upload = upload with { Offset = reader.Whole() }; break;
                default: reader.Skip(); break;
            }
        }

        return upload;
    }

    static UploadRequest ReadFile(ref TagReader reader, UploadRequest upload)
    {
        while (reader.Child(out var name))
        {
            switch (name)
            {
                case "name": upload = upload with { Name = reader.Text() }; break;
                case "xml_signature": upload = upload with { Certificate = reader.Lines(1024) }; break;
                case "max_nbytes": upload = upload with { MaxBytes = reader.Whole() }; break;
                default: reader.Skip(); break;
            }
        }

        return upload;
    }
}

/// <summary>What the upload handler can say of a file. BOINC's numbers.</summary>
public enum UploadStatus
{
    /// <summary>The client gives up the file, and the task with it.</summary>
    Refused = -1,

    Stored = 0,

    /// <summary>The client tries again, after minutes to hours, for 90 days.</summary>
    TryLater = 1,
}

/// <summary>The upload handler's answers.</summary>
public static class UploadReply
{
    public static string Of(UploadStatus status, string? message = null)
    {
        var writer = new TagWriter().Open("data_server_reply").Element("status", (long)status);
        if (message is not null) writer.Element("message", message);
        return writer.Close("data_server_reply").ToString();
    }

    public static string Size(long bytes) =>
        new TagWriter().Open("data_server_reply").Element("status", 0).Element("file_size", bytes).Close("data_server_reply").ToString();
}
