using Mlds.Server.Database;

namespace Mlds.Server.Project;

/// <summary>
/// The file <c>serving</c> in a project's folder: all running parts of its server share a lock on it, and whoever needs the project to
/// himself locks it alone. The system releases the lock when a process ends, however it ends.
/// </summary>
sealed class ServingLock : IDisposable
{
    readonly FileStream _file;

    ServingLock(FileStream file) => _file = file;

    /// <summary>Holds it as a part of the server.</summary>
    /// <exception cref="ProjectException">Somebody has the project to himself.</exception>
    public static ServingLock Share(ProjectFolder project) =>
        Open(project, FileAccess.Read, FileShare.Read, "The project can't be served while its database is moved");

    /// <summary>Holds it alone.</summary>
    /// <exception cref="ProjectException">A part of the server runs.</exception>
    public static ServingLock Alone(ProjectFolder project) => Open(
        project, FileAccess.ReadWrite, FileShare.None,
        "The project is being served; stop the server first, and all parts of it that run elsewhere");

    public void Dispose() => _file.Dispose();

    static ServingLock Open(ProjectFolder project, FileAccess access, FileShare share, string refusal)
    {
        try
        {
            return new(new FileStream(project.In("serving"), FileMode.OpenOrCreate, access, share));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ProjectException($"{refusal}: {exception.Message}", exception);
        }
    }
}
