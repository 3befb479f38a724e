using System.Data.Common;

namespace Mlds.Server.Database;

/// <summary>Reading columns of either database: whole numbers are 64 bits wide in both.</summary>
static class Columns
{
    public static long Long(this DbDataReader row, int column) => row.GetInt64(column);

    public static int Int(this DbDataReader row, int column) => checked((int)row.GetInt64(column));

    public static bool Bool(this DbDataReader row, int column) => row.GetInt64(column) != 0;

    public static double Real(this DbDataReader row, int column) => row.GetDouble(column);

    public static string Text(this DbDataReader row, int column) => row.GetString(column);
}
