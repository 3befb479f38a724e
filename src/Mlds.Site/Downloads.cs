using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Mlds.Reports.Figures;
using Mlds.Site.Browsing;
using Mlds.Site.Figures;
using Mlds.Zoos;

namespace Mlds.Site;

/// <summary>Figures as files: SVG, PNG, and the numbers behind them as CSV.</summary>
static class Downloads
{
    internal static IResult Losses(StoredNetwork network, NetworkRecord record, string kind) => Of(
        kind,
        NetworkFigures.Losses($"{network.Machine}, seed {network.Seed}", record.History, record.Recipe.Training.GoalLoss),
        () => Csv(
            "epoch,training_loss,validation_loss,learning_rate",
            record.History.Select(epoch => string.Create(
                CultureInfo.InvariantCulture, $"{epoch.Epoch},{epoch.TrainingLoss},{epoch.ValidationLoss},{epoch.LearningRate}"))));

    internal static IResult Of(string kind, Figure? figure, Func<string> csv) => kind switch
    {
        "csv" => Results.Text(csv(), "text/csv", Encoding.UTF8),
        "svg" when figure is not null => Results.Text(figure.ToSvg(inline: false), "image/svg+xml", Encoding.UTF8),
        "png" when figure is not null => Results.Bytes(figure.ToPng(), "image/png"),
        "svg" or "png" => throw new NotThereException("There is nothing to draw."),
        _ => throw new NotThereException($"Figures are there as svg, png and csv, not as '{kind}'."),
    };

    static string Csv(string head, IEnumerable<string> rows) => string.Join('\n', rows.Prepend(head)) + "\n";
}
