using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Mlds.Server.Project;

/// <summary>
/// Tells a full disk from other failures: nothing is wrong with the request, which will work once there is room again.
/// </summary>
public static class FullDisk
{
    const int LinuxError = 28; // ENOSPC
    const int QuotaError = 122; // EDQUOT
    const int WindowsError = unchecked((int)0x80070070);
    const int SqliteError = 13;
    const int SqliteLogIndex = 4874; // SQLITE_IOERR_SHMSIZE: no room for the index of its log
    const string PostgresError = "53100";

    public static bool Is(Exception? exception) => exception switch
    {
        null => false,
        SqliteException sqlite => sqlite.SqliteErrorCode == SqliteError || sqlite.SqliteExtendedErrorCode == SqliteLogIndex,
        DbException database => database.SqlState == PostgresError,
        IOException file when file.HResult is LinuxError or QuotaError or WindowsError => true,
        _ => Is(exception.InnerException),
    };

    /// <summary>What went wrong, as the end of a sentence; for a full disk also what to do.</summary>
    public static string Words(Exception exception) =>
        Is(exception) ? "the disk is full; make room and do it again" : exception.Message.TrimEnd('.');
}
