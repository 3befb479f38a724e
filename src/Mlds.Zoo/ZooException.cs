using Microsoft.Data.Sqlite;

namespace Mlds.Zoos;

/// <summary>A zoo can't do what was asked; the message is one clear sentence, and nothing stored was harmed.</summary>
public sealed class ZooException(string sentence, Exception? cause = null) : Exception(sentence, cause)
{
    // https://www.sqlite.org/rescode.html
    const int Error = 1, Busy = 5, Locked = 6, ReadOnly = 8, InputOutput = 10, Corrupt = 11, Full = 13, CanNotOpen = 14, NotADatabase = 26;
    const int ShmSize = 4874, NoSpaceInShm = 5130;

    /// <summary>Whether another process is writing to the zoo: it will be done at some point.</summary>
    public bool IsInUse { get; init; }

    /// <summary>Whether the zoo can do it if asked in another way, which the sentence tells.</summary>
    public bool IsUsage { get; init; }

    /// <summary>What SQLite said, as a sentence about the zoo in <paramref name="folder"/>.</summary>
    internal static ZooException From(SqliteException exception, string folder) => new(
        exception switch
        {
            { SqliteErrorCode: Full } or { SqliteExtendedErrorCode: ShmSize or NoSpaceInShm } =>
                $"The disk is full, so the zoo '{folder}' could not be written to; what it held is intact. "
                + "Free some space and run the same command again.",
            { SqliteErrorCode: ReadOnly } or { SqliteErrorCode: CanNotOpen } =>
                $"The zoo '{folder}' can't be written to or opened: "
                + "check the folder's permissions, or copy it to a disk that can be written to.",
            { SqliteErrorCode: Corrupt } or { SqliteErrorCode: NotADatabase } =>
                $"The zoo '{folder}' is damaged: its zoo.db is not a readable SQLite database ({exception.Message}); "
                + "restore it from a copy.",
            { SqliteErrorCode: Busy } or { SqliteErrorCode: Locked } =>
                $"Another program holds a lock on the database of the zoo '{folder}'; close it and try again.",
            { SqliteErrorCode: InputOutput } =>
                $"The disk failed while the zoo '{folder}' was being read or written ({exception.Message}); "
                + "what was stored before is intact if the disk is.",
            { SqliteErrorCode: Error } when exception.Message.Contains("integer overflow", StringComparison.Ordinal) =>
                $"The zoo '{folder}' is damaged: it holds a number that no zoo has; `mlds verify` says where. Restore it from a copy.",
            _ => $"The database of the zoo '{folder}' refused: {exception.Message}",
        },
        exception);
}
