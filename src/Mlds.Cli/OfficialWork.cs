using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Server.Science;
using Mlds.Training;

namespace Mlds.Cli;

/// <summary><c>mlds project work add … --official DIR</c>: units, templates, hooks and programs for an official BOINC server.</summary>
static class OfficialWork
{
    public static int Add(VerbRun run, string path, Population population, WorkOptions options)
    {
        var folder = OfficialFolder.OpenOrCreate(path, population);
        var units = run.WithProgress(view =>
        {
            view.Begin("Cutting units", 0);
            return OfficialCutting.Cut(folder, options);
        });
        OfficialTemplates.WriteHooks(folder);
        var platforms = OfficialTemplates.CopyApps(folder, WorkerBuild.Find());
        if (units.Count > 0) OfficialTemplates.Write(folder, units, options.Quorum);

        // Nothing but these on stdout: they are for create_work --stdin.
        foreach (var unit in units) run.Output.WriteLine(OfficialTemplates.Line(unit));
        run.Error.WriteLine(units.Count == 0
            ? $"Nothing is lacking that isn't out already; '{folder.Path}' is as it was."
            : $"{units.Sum(unit => unit.Networks)} networks in {units.Count} work units: put the files of '{folder.In("stage")}' into the download folder, then give these lines to create_work --stdin (docs/official-server.md).");
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
}
