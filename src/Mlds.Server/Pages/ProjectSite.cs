using Mlds.Server.Project;

namespace Mlds.Server.Pages;

/// <summary>What every page of a project needs to know.</summary>
/// <param name="Zoos">Zoos that can be browsed: folders of the project's, each below the master URL by its name.</param>
public sealed record ProjectSite(ProjectSettings Settings, IReadOnlyList<string> Zoos)
{
    /// <summary>Where something is: the path alone, as a proxy or a tunnel may have another name than the master URL's.</summary>
    internal string Url(string path) => Settings.Master.AbsolutePath + path;
}
