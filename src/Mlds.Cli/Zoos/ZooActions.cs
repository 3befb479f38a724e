using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Zoos;

namespace Mlds.Cli.Zoos;

/// <summary>What <c>mlds zoo DIR</c> does besides showing.</summary>
static class ZooActions
{
    public static void Compact(VerbRun run, string folder)
    {
        var (population, before) = Read(folder, zoo => (zoo.Population, zoo.Status().Bytes));
        using (var writer = ZooWriter.Open(folder, population)) writer.Compact();
        var bytes = Read(folder, zoo => zoo.Status().Bytes);
        run.Output.WriteLine($"The zoo '{folder}' takes {Terminal.Size(bytes)}; before it took {Terminal.Size(before)}.");
        run.PrintJson(() => new JsonObject { ["zoo"] = folder, ["bytes"] = bytes, ["bytes_before"] = before });
    }

    static T Read<T>(string folder, Func<Zoo, T> what)
    {
        using var zoo = Zoo.Open(folder);
        return what(zoo);
    }

    /// <summary>A line per network, without white space that would change its SHA-256, the recipe id.</summary>
    public static void ExportRecipes(VerbRun run, Zoo zoo, string? file)
    {
        if (file is null)
        {
            var recipes = run.Json ? new JsonArray() : null;
            foreach (var network in zoo.Networks())
            {
                run.Cancellation.ThrowIfCancellationRequested();
                if (recipes is not null) recipes.Add(JsonNode.Parse(zoo.RecipeJson(network)));
                else run.Output.WriteLine(zoo.RecipeJson(network));
            }

            run.PrintJson(() => new JsonObject { ["zoo"] = zoo.Folder, ["networks"] = recipes!.Count, ["recipes"] = recipes });
            return;
        }

        if (Path.Exists(file)) throw new FailureException($"'{file}' is already there; give another --out.");
        var count = 0;
        using (var writer = new StreamWriter(file) { NewLine = "\n" })
        {
            foreach (var network in zoo.Networks())
            {
                run.Cancellation.ThrowIfCancellationRequested();
                writer.WriteLine(zoo.RecipeJson(network));
                count++;
            }
        }

        run.Output.WriteLine($"{count} recipes in '{file}', one line each; a line's SHA-256 without its line feed is the recipe id.");
        run.PrintJson(() => new JsonObject { ["zoo"] = zoo.Folder, ["networks"] = count, ["file"] = file });
    }

    public static void Backup(VerbRun run, Zoo zoo, string file)
    {
        var bytes = ZooBackup.Write(zoo, file);
        run.Output.WriteLine(
            $"The zoo '{zoo.Folder}' as of now is in '{file}': "
            + $"{Terminal.Size(bytes)}.{(Path.GetFileName(file) == "zoo.db" ? "" : " Called zoo.db in a folder of its own it is a zoo.")}");
        run.PrintJson(() => new JsonObject { ["zoo"] = zoo.Folder, ["file"] = file, ["bytes"] = bytes });
    }
}
