namespace Mlds.Server.Project;

/// <summary>The project's breaks: while its folder has a file <c>maintenance</c>, clients are asked to come back in an hour.</summary>
public static class Maintenance
{
    const string Default = "Project is temporarily shut down for maintenance";

    public static bool IsOn(ProjectFolder project) => File.Exists(project.MaintenanceFile);

    public static string Message(ProjectFolder project)
    {
        try
        {
            return File.ReadAllText(project.MaintenanceFile).Trim() is { Length: > 0 and <= 1000 } text ? text : Default;
        }
        catch (IOException)
        {
            return Default;
        }
    }

    public static void Begin(ProjectFolder project, string message) => File.WriteAllText(project.MaintenanceFile, message + "\n");

    public static void End(ProjectFolder project) => File.Delete(project.MaintenanceFile);
}
