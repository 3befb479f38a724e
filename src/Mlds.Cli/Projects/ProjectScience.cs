using Mlds.Server.Database;
using Mlds.Server.Project;
using Mlds.Server.Science;

namespace Mlds.Cli.Projects;

/// <summary>The science that projects are served with.</summary>
static class ProjectScience
{
    public static NetworkScience Of(ProjectFolder project) => new(project.Path);

    /// <summary>The project's science and its database, open for as long as <paramref name="work"/> takes.</summary>
    public static T WithDatabase<T>(ProjectFolder project, Func<NetworkScience, ProjectDatabase, Task<T>> work)
    {
        return Go().GetAwaiter().GetResult();

        async Task<T> Go()
        {
            using var science = Of(project);
            await using var database = project.OpenDatabase(science.Schema);
            return await work(science, database);
        }
    }
}
