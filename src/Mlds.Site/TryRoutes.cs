using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Mlds.Networks;
using Mlds.Site.Browsing;
using Mlds.Site.Frame;
using Mlds.Site.Pages;
using Mlds.Site.Trying;
using Mlds.Tasks.Images;
using Mlds.Tasks.Machines;
using Mlds.Zoos;

namespace Mlds.Site;

/// <summary>
/// "Try it": what a network makes of a word or an image that somebody gives it. All that is asked is in the address, and all is computed
/// here, by the training kernels (docs/decisions/0015).
/// </summary>
static class TryRoutes
{
    const string Word = "word";
    const string Seed = "random";
    const string Step = "step";

    internal static void Map(IEndpointRouteBuilder application, SiteContext site)
    {
        var test = new TestImages(site.IsPublic);
        application.MapGet("/networks/{id}/try", (HttpRequest request, string id) =>
            BrowserSite.Of(site, id, (networks, network, record) => record.Recipe.Task is ImageTask task
                ? ImagePage(site, networks, network, record, task, request.Query, test)
                : WordPage(site, networks, network, record, request.Query)));
        application.MapGet("/networks/{id}/try.csv", (HttpRequest request, string id) => BrowserSite.Of(site, id, (_, _, record) =>
        {
            if (record.Recipe.Task is ImageTask task) return Downloads.Csv(Trial(record, task, request.Query, test).ScoresCsv());
            var (trial, notation, _) = Trial(record, request.Query);
            return Downloads.Csv(trial.Csv(notation));
        }));
        application.MapGet("/networks/{id}/try-maps.csv", (HttpRequest request, string id) => BrowserSite.Of(site, id, (_, _, record) =>
        {
            if (record.Recipe.Task is not ImageTask task) throw new NotThereException("Only networks of images have filters.");
            return Trial(record, task, request.Query, test).Convolution is { } convolution
                ? Downloads.Csv(convolution.Csv())
                : throw new NotThereException("Its first layer is no convolution, so it has no filters.");
        }));
        application.MapGet("/networks/{id}/try-states.png", (HttpRequest request, string id) => BrowserSite.Of(site, id, (_, _, record) =>
            Results.Bytes(TrialPictures.States(Trial(record, request.Query).Trial), "image/png")));
    }

    static IResult WordPage(
        SiteContext site, BrowsedNetworks networks, StoredNetwork network, NetworkRecord record, IQueryCollection address)
    {
        if (TriedNetworks.WhyNot(record) is { } reason) throw new NotThereException(reason);
        var machine = ((MachineTask)record.Recipe.Task).Build();
        var notation = new CommandNotation(machine);
        RazorComponentResult<TryWordPage> Page(WordTrial trial, int shown, uint seed, string? problem) => new(new
        {
            Site = site,
            Networks = networks,
            Network = network,
            Trial = trial,
            Notation = notation,
            Shown = shown,
            NextSeed = unchecked(seed + 1),
            Typed = problem is null ? notation.Write(trial.Steps.Select(step => step.Symbol)) : address[Word].ToString(),
            Problem = problem,
        })
        {
            StatusCode = problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
        };

        try
        {
            var page = site.Network(network.RecipeId) + "/try";
            if (Changed(address, notation, record) is { } changed)
                return Results.Redirect(changed.Length == 0 ? page : $"{page}?{Word}={notation.Address(changed)}");
            var (trial, _, seed) = Trial(record, address);
            if (seed is not null && address.ContainsKey(Word)) return Results.Redirect($"{page}?{Seed}={seed}");
            return Page(trial, StepOf(address, trial.Steps.Count), seed ?? 0, null);
        }
        catch (QueryException problem)
        {
            // What was typed stays, to be mended.
            return Page(WordTrial.Of((RecurrentSpec)record.Recipe.Network, record.Weights!, machine, []), 0, 0, problem.Message);
        }
    }

    /// <summary>The word that a button makes of the word in the field; null where no button was pressed.</summary>
    static int[]? Changed(IQueryCollection address, CommandNotation notation, NetworkRecord record)
    {
        if (address["do"].ToString() is { Length: > 0 } what)
        {
            return what switch
            {
                "undo" => [.. notation.Read(address[Word].ToString()).SkipLast(1)],
                "clear" => [],
                "key" when ((MachineTask)record.Recipe.Task).Build() is KeyedMachine keyed => TrialWords.WithKey(keyed),
                "key" => throw new QueryException("Its machine waits for no key."),
                _ => throw new QueryException($"There is nothing called '{what}' to be done with a word; there are undo, clear and key."),
            };
        }

        return address["add"].ToString() is { Length: > 0 } added
            ? notation.Read($"{address[Word]}, {added}")
            : null;
    }

    static (WordTrial Trial, CommandNotation Notation, uint? Seed) Trial(NetworkRecord record, IQueryCollection address)
    {
        if (record.Recipe.Task is ImageTask) throw new QueryException("This network takes images, not commands.");
        if (TriedNetworks.WhyNot(record) is { } reason) throw new NotThereException(reason);
        foreach (var key in new[] { TrialImage.ImageKey, TrialImage.DigitKey, TrialImage.DrawingKey, ImageTrial.TriggerKey })
            if (address.ContainsKey(key)) throw new QueryException("This network takes commands, not images: give it a word.");
        var machine = ((MachineTask)record.Recipe.Task).Build();
        var notation = new CommandNotation(machine);
        uint? seed = null;
        if (address[Seed].ToString().Trim() is { Length: > 0 } text)
        {
            seed = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new QueryException($"A random word is drawn from a whole number from 0 to {uint.MaxValue}, not from '{text}'.");
        }

        var word = seed is { } drawn ? TrialWords.Random(machine, drawn) : notation.Read(address[Word].ToString());
        return (WordTrial.Of((RecurrentSpec)record.Recipe.Network, record.Weights!, machine, word), notation, seed);
    }

    /// <summary>The step whose states are shown as numbers, from 1; the last where the address says none.</summary>
    static int StepOf(IQueryCollection address, int steps)
    {
        if (address[Step].ToString().Trim() is not { Length: > 0 } text) return steps;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var step) && step >= 1 && step <= steps
            ? step
            : throw new QueryException(
                steps == 0 ? "An empty word has no steps." : $"There is no step '{text}': the word has steps 1 to {steps}.");
    }

    static RazorComponentResult<TryImagePage> ImagePage(
        SiteContext site, BrowsedNetworks networks, StoredNetwork network, NetworkRecord record, ImageTask task, IQueryCollection address,
        TestImages test) =>
        new(new
        {
            Site = site,
            Networks = networks,
            Network = network,
            Trial = Trial(record, task, address, test),
            Missing = test.MissingOf(task),
        });

    static ImageTrial Trial(NetworkRecord record, ImageTask task, IQueryCollection address, TestImages test)
    {
        if (TriedNetworks.WhyNot(record) is { } reason) throw new NotThereException(reason);
        foreach (var key in new[] { Word, Seed, Step, "add", "do" })
            if (address.ContainsKey(key)) throw new QueryException("This network takes images, not commands: give it an image.");
        var trigger = ImageTrial.TriggerOf(address[ImageTrial.TriggerKey].ToString().Trim(), task);
        var image = TrialImage.Of(address, task, test, test.MissingOf(task));
        return ImageTrial.Of((FeedForwardSpec)record.Recipe.Network, record.Weights!, task, image, trigger);
    }
}
