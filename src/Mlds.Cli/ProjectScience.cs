using Mlds.Server;
using Mlds.Server.Science;

namespace Mlds.Cli;

/// <summary>The science that projects are served with.</summary>
static class ProjectScience
{
    public static NetworkScience Of(ProjectFolder project) => new(project.Path);
}
