using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Recipes;
using Mlds.Server.Science;
using Mlds.Server.Science.Official;

namespace Mlds.Cli.Projects;

/// <summary><c>mlds project work add … --official DIR</c>: units, templates, hooks and programs for an official BOINC server.</summary>
static class OfficialWork
{
    /// <param name="path">The work folder.</param>
    /// <param name="projectPath">The official server's project; null to print what to tell that server.</param>
    public static int Add(VerbRun run, string path, string? projectPath, Population population, WorkOptions options)
    {
        var project = projectPath is null ? null : OfficialProject.Open(projectPath);
        if (project?.Refusal is { } refusal) throw new FailureException(refusal);
        var work = OfficialWorkFolder.OpenOrCreate(path);
        using var held = work.Lock();
        OfficialProject.Furnish(project?.Path ?? work.Path, work);
        var platforms = OfficialApps.Copy(project?.Path ?? work.Path, WorkerBuild.Find());
        var folder = work.Of(population);
        run.WithProgress(view =>
        {
            view.Begin("Cutting units", 0);
            return OfficialCutting.Cut(folder, options);
        });
        var units = Staged(folder);
        if (project is not null) Create(run, project, folder, units, options.Quorum);
        else foreach (var unit in units) run.Output.WriteLine(string.Join(' ', unit.Words(options.Quorum)));
        Report(run, project, folder, units);
        if (platforms.Count == 0) run.Error.WriteLine("There is no worker yet: src/Mlds.Worker/publish --app makes it.");
        run.PrintJson(() => new JsonObject
        {
            ["folder"] = folder.Path,
            ["units"] = new JsonArray([.. units.Select(unit => (JsonNode)unit.Name)]),
            ["networks"] = units.Sum(unit => unit.Networks),
            ["platforms"] = new JsonArray([.. platforms.Select(platform => (JsonNode)platform)]),
        });
        return ExitCode.Success;
    }

    /// <summary>Units that the server doesn't have yet, including those of earlier runs that it didn't take.</summary>
    static List<OfficialUnit> Staged(OfficialFolder folder)
    {
        var costs = new OfficialCosts(folder);
        return [.. folder.Staged().Select(name => OfficialUnit.Of(name, folder.Bundle(name)!, costs))];
    }

    static void Create(VerbRun run, OfficialProject project, OfficialFolder folder, List<OfficialUnit> units, int quorum) =>
        run.WithProgress(view =>
        {
            var item = view.Begin("Giving units to the server", units.Count);
            for (var i = 0; i < units.Count; i++)
            {
                run.Cancellation.ThrowIfCancellationRequested();
                project.Create(folder, units[i], quorum);
                item.Report(i + 1, units[i].Name);
            }

            return units.Count;
        });

    static void Report(VerbRun run, OfficialProject? project, OfficialFolder folder, List<OfficialUnit> units)
    {
        var where = project is null ? $"wait in its 'stage' for the server: {ByHand}" : "are on the server";
        run.Error.WriteLine(units.Count == 0
            ? $"The server already has all work units of '{folder.Path}'."
            : $"{units.Sum(unit => unit.Networks)} networks in {units.Count} work units of '{folder.Path}' {where}.");
        foreach (var note in project?.Notes() ?? []) run.Error.WriteLine($"Still to do: {note}");
    }

    const string ByHand = "docs/official-server.md says how to give them to it; with --project-dir this command does";
}
