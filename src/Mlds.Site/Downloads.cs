using System.Text;
using Microsoft.AspNetCore.Http;
using Mlds.Reports.Figures;
using Mlds.Site.Browsing;
using Mlds.Site.Figures;
using Mlds.Site.Frame;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Site;

/// <summary>Figures as files: SVG, PNG, and the numbers behind them as CSV.</summary>
static class Downloads
{
    internal static IResult Losses(StoredNetwork network, NetworkRecord record, string kind) => Of(
        kind,
        NetworkFigures.Losses(BrowsedNetworks.NameOf(network), record.History, record.Recipe.Training.GoalLoss),
        () => new Numbers(
            ["epoch", "training_loss", "validation_loss", "learning_rate"],
            record.History.Select(epoch => (object?[])[epoch.Epoch, epoch.TrainingLoss, epoch.ValidationLoss, epoch.LearningRate])));

    internal static IResult TwinLosses(
        SiteContext site, BrowsedNetworks networks, StoredNetwork network, NetworkRecord record, string kind)
    {
        (StoredNetwork Network, IReadOnlyList<EpochRecord> History)[] all =
        [
            (network, record.History),
            .. networks.TwinsOf(network).Select(row => (networks[row], site.Source.Open(networks[row]).History)),
        ];
        return Of(
            kind,
            TwinFigure.Of(BrowsedNetworks.NameOf(network), [.. all.Select(one => (one.Network.Machine, one.History))]),
            () => new Numbers(
                ["machine", "seed", "epoch", "training_loss", "validation_loss"],
                from one in all
                from epoch in one.History
                select (object?[])[one.Network.Machine, one.Network.Seed, epoch.Epoch, epoch.TrainingLoss, epoch.ValidationLoss]));
    }

    internal static IResult Of(string kind, Figure? figure, Func<Numbers> numbers) => kind switch
    {
        "csv" => Csv(numbers()),
        "svg" when figure is not null => Results.Text(figure.ToSvg(inline: false), "image/svg+xml", Encoding.UTF8),
        "png" when figure is not null => Results.Bytes(figure.ToPng(), "image/png"),
        "svg" or "png" => throw new NotThereException("There is nothing to draw."),
        _ => throw new NotThereException($"Figures are there as svg, png and csv, not as '{kind}'."),
    };

    internal static IResult Csv(Numbers numbers) => Results.Text(numbers.ToCsv(), "text/csv", Encoding.UTF8);
}
