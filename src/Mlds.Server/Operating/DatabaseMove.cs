using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Operating;

/// <summary>
/// Moves a project to another database: from SQLite to PostgreSQL when it grows, or back. All rows are copied in one transaction, then
/// every table's rows are counted and hashed on both sides; only then are the settings changed to the new database. The old one stays as it
/// was.
/// </summary>
public static class DatabaseMove
{
    /// <param name="to">A file's name in the project's folder, or a PostgreSQL connection string.</param>
    /// <returns>Rows copied.</returns>
    /// <exception cref="ProjectException">A part of the server is running, or the new database has rows already, can't be opened or didn't
    /// take everything; in all these cases nothing has changed.</exception>
    public static async Task<long> Run(ProjectFolder project, string to, IReadOnlyList<SchemaStep> steps)
    {
        if (to == project.Settings.Database) throw new ProjectException("The project has that database already.");
        if (project.Settings.IsOnPostgres && Dialect.IsPostgres(to))
        {
            throw new ProjectException(
                "From PostgreSQL to PostgreSQL its own pg_dump and psql move a database; then set \"database\" in project.json.");
        }

        (project.Settings with { Database = to }).Check("the new ones");
        using var alone = ServingLock.Alone(project);
        try
        {
            return await Move(project, to, steps);
        }
        catch (Exception exception) when (exception is System.Data.Common.DbException or IOException or UnauthorizedAccessException)
        {
            throw new ProjectException($"The database couldn't be moved: {FullDisk.Words(exception)}. Nothing was changed.", exception);
        }
    }

    static async Task<long> Move(ProjectFolder project, string to, IReadOnlyList<SchemaStep> steps)
    {
        await using (ProjectDatabase.Open(project.Settings.Database, project.Path, steps)) // has had all steps then
        {
        }

        using var source = new Session(Dialect.Of(project.Settings.Database, project.Path));
        source.BeginWriting(); // nobody else's, such as another verb's, until the settings are changed
        var rows = await TableCopy.Run(source, to, project.Path, steps);
        (project.Settings with { Database = to }).Write(ProjectFolder.SettingsFile(project.Path));
        source.Execute("ROLLBACK");
        return rows;
    }
}
