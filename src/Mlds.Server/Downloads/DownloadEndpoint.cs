using Microsoft.AspNetCore.Http;
using Mlds.Boinc.States;
using Mlds.Server.Project;

namespace Mlds.Server.Downloads;

/// <summary>Files for clients: programs and inputs, whole or from the point where a broken download resumes (Range).</summary>
sealed class DownloadEndpoint(ProjectFolder project)
{
    /// <summary>Answers <c>/download/XX/NAME</c>.</summary>
    public IResult Answer(string fan, string name)
    {
        // The gzipped form of a program lies beside it, in the program's folder.
        if (!FileName.IsValid(name) || fan.Length != 2 || !fan.All(char.IsAsciiHexDigit)) return Results.NotFound();
        var file = project.In("download", fan, name);
        return File.Exists(file) ? Results.File(file, "application/octet-stream", enableRangeProcessing: true) : Results.NotFound();
    }
}
