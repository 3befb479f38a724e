using System.Globalization;
using Mlds.Analysis.Results;

namespace Mlds.Reports.Wording;

/// <summary>How names and numbers of an <see cref="AnalysisResult"/> are said to a reader.</summary>
public static class Words
{
    public static string View(string name) => name switch
    {
        "raw" => "raw weights",
        "reduced" => "reduced weights",
        "statistics" => "statistics",
        "aligned" => "aligned weights",
        "spectral" => "spectra",
        "invariants" => "invariants",
        "validation_loss" => "validation loss",
        "training_loss" => "training loss",
        "epochs" => "epochs",
        "long_loss" => "test loss",
        "test_accuracy" => "test accuracy",
        _ => name.Replace('_', ' '),
    };

    public static string Method(string name) => name switch
    {
        "ridge" => "ridge",
        "forest" => "random forest",
        "kmeans" => "k-means",
        "pca" => "PCA",
        "tsne" => "t-SNE",
        "nearest" => "nearest neighbour",
        "machines" => "true machines",
        "centroid" => "nearest mean",
        "distance" => "distances",
        "value" => "the number alone",
        _ => name.Replace('_', ' '),
    };

    public static string Metric(string name) => name switch
    {
        "accuracy" => "accuracy",
        "auc" => "AUC",
        "minimum_auc" => "smallest AUC",
        "ari" => "ARI",
        "nmi" => "NMI",
        "r2" => "R²",
        "kendall_tau" => "Kendall’s τ",
        "top5_accuracy" => "top-5 accuracy",
        "nearest_in_5" => "share of nearest among five",
        "mantel_r" => "Mantel’s r",
        _ => name.Replace('_', ' '),
    };

    /// <summary>A question in two or three words, for a table's row; its title says it in full.</summary>
    /// <param name="id">As in <see cref="QuestionResult"/>.</param>
    public static string ShortQuestion(string id)
    {
        var (contrast, rest) = s_contrasts
            .FirstOrDefault(pair => id.StartsWith(pair.Id, StringComparison.Ordinal)) is { Id: not null } known
            ? (known.Name, id[known.Id.Length..]) : ("", "");
        return (contrast, rest, id) switch
        {
            ({ Length: > 0 }, "", _) => $"{contrast}, seen machine",
            ({ Length: > 0 }, "_unseen_machine", _) => $"{contrast}, unseen machine",
            ({ Length: > 0 }, "_unseen_key", _) => $"{contrast}, unseen key",
            ({ Length: > 0 }, "_unseen_trigger", _) => $"{contrast}, unseen trigger",
            ({ Length: > 0 }, "_unseen_target", _) => $"{contrast}, unseen target",
            (_, _, "linear_weight_classification") => "linear weights",
            (_, _, "poison_from_weights") => "trigger and target",
            (_, _, "twin_barriers") => "barriers between twins",
            (_, _, "which_machine_unsupervised") => "machines as clusters",
            (_, _, "loss_and_epoch_from_weights") => "loss and epochs",
            (_, _, "interpolation_barriers") => "barriers",
            (_, _, "nearest_known_machines") => "machine never seen",
            (_, _, "machine_distances") => "distances of machines",
            (_, _, "difficulty_from_weights") => "difficulty",
            (_, _, "twins_distance") => "distance of twins",
            (_, _, "twins_divergence") => "divergence of twins",
            _ => id.Replace('_', ' '),
        };
    }

    static readonly (string Id, string Name)[] s_contrasts =
        [("modified_or_original", "key"), ("modified_or_control", "key or control"), ("original_or_control", "control")];

    /// <summary>True for a detector that looks at no weight.</summary>
    public static bool IsRival(string view) => view is "validation_loss" or "training_loss" or "epochs" or "long_loss" or "test_accuracy";

    /// <summary>A score, to three decimals.</summary>
    public static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>A share, in per cent to one decimal.</summary>
    public static string Percent(double value) => (100 * value).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    /// <summary>A loss or a distance, to three figures: 9.12e-5, 0.0123, 12.3.</summary>
    public static string Figures(double value)
    {
        if (value == 0)
            return "0";
        var size = Math.Abs(value);
        if (size is < 1e-3 or >= 1e5)
            return value.ToString("0.00e+0", CultureInfo.InvariantCulture).Replace("e+", "e", StringComparison.Ordinal);
        var decimals = Math.Max(0, 2 - (int)Math.Floor(Math.Log10(size)));
        return value.ToString("F" + decimals, CultureInfo.InvariantCulture);
    }

    /// <summary>Where a curve's point lies: a whole number of networks or epochs, or a share to three figures.</summary>
    public static string Position(double value) => value == Math.Floor(value) ? Count((long)value) : Figures(value);

    public static string Count(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>The text with each per cent sign kept on the line of its number.</summary>
    public static string Unbroken(string text) => text.Replace(" %", "\u00a0%", StringComparison.Ordinal);

    /// <summary>"a", "a and b", "a, b and c".</summary>
    public static string Join(IReadOnlyList<string> parts) => parts.Count switch
    {
        0 => "",
        1 => parts[0],
        _ => string.Join(", ", parts.Take(parts.Count - 1)) + " and " + parts[^1],
    };

    /// <summary>"one machine", "5 machines".</summary>
    public static string Counted(int count, string noun) => count == 1 ? "one " + noun : Count(count) + " " + noun + "s";

    /// <summary>"20" or "20 to 40".</summary>
    public static string Range(IEnumerable<int> counts)
    {
        var all = counts.ToArray();
        return all.Min() == all.Max() ? Count(all[0]) : $"{Count(all.Min())} to {Count(all.Max())}";
    }
}
