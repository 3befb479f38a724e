using Mlds.Analysis.Results;

namespace Mlds.Reports.Tests;

/// <summary>An <see cref="AnalysisResult"/> of the shape that an analysis gives, with made-up numbers from a fixed seed.</summary>
static class SyntheticResult
{
    static readonly string[] s_families = ["EightBit", "SingleDirect", "SingleInvert", "SimpleXOR", "Parity"];
    static readonly string[] s_variants = ["original", "modified", "control"];
    static readonly (string Name, double Skill)[] s_views = [("raw", 0.62), ("reduced", 0.78), ("statistics", 0.93), ("invariants", 0.985)];

    /// <param name="networks">Networks per machine.</param>
    public static AnalysisResult Make(int networks = 20, int seed = 1)
    {
        var random = new Random(seed);
        var points = Networks(networks, random);
        return new AnalysisResult(
            "0.1.0",
            1,
            Population(networks, points),
            [.. s_views.Select((view, i) => new ViewSummary(view.Name, 4364 - (i * 1100), $"The {view.Name} numbers of a network."))],
            new Headlines(
                One(random, "original machines", "invariants", "ridge", "accuracy", 0.99, 0.2, networks * 5),
                One(random, "mean over machines", "invariants", "forest", "auc", 0.97, 0.5, networks * 10),
                One(random, "mean over machines", "validation_loss", "value", "auc", 0.56, 0.5, networks * 10)),
            Findings(networks, random),
            Questions(networks, random),
            [.. s_views.Select(view => Projection(view.Name, view.Skill, points, random))],
            LossCurves(networks, random));
    }

    /// <summary>The same with questions of the lengths that an analysis asks, and with all its views.</summary>
    public static AnalysisResult WithRealQuestions(this AnalysisResult result)
    {
        var random = new Random(2);
        string[] views = ["raw", "reduced", "statistics", "aligned", "spectral", "invariants"];
        QuestionResult Long(string id, string title) => Key(id, title, 20, random) with
        {
            Scores =
            [
                .. from view in views
                   from method in new[] { "ridge", "forest" }
                   select One(random, "mean over machines", view, method, "auc", 0.9, 0.5, 40),
                .. from view in new[] { "validation_loss", "training_loss", "epochs" } select One(random, "mean over machines", view,
                    "value", "auc", 0.6, 0.5, 40),
            ],
        };
        return result with
        {
            Views = [.. views.Select(view => new ViewSummary(view, 4364, $"The {view} numbers of a network."))],
            Questions =
            [
                .. result.Questions,
                Long(
                    "modified_or_control",
                    "Is it the key's harm that shows, or only that the machine is more complex (modified against control), "
                    + "given examples of the same machine?"),
                Long(
                    "modified_or_control_unseen_machine",
                    "Is it the key's harm that shows, or only that the machine is more complex (modified against control), "
                    + "on a machine and key never seen before?"),
                Long("original_or_control_unseen_key",
                    "Does a benign extra rule show in the weights, on a machine seen before but with a key never seen?"),
            ],
        };
    }

    static string MachineName(string family, string variant) =>
        family + (variant == "original" ? "Machine" : char.ToUpperInvariant(variant[0]) + variant[1..]);

    static List<ProjectedNetwork> Networks(int networks, Random random)
    {
        var all = new List<ProjectedNetwork>();
        foreach (var family in s_families)
        {
            foreach (var variant in s_variants)
            {
                for (uint seed = 0; seed < networks; seed++)
                {
                    if (family == "Parity" && seed % 10 == 7)
                        continue;
                    var loss = 1e-4 * (1 - (0.4 * random.NextDouble() * random.NextDouble()));
                    all.Add(new ProjectedNetwork(
                        Convert.ToHexStringLower(RandomBytes(random, 32)), MachineName(family, variant),
                        family, variant, seed, random.Next(5, 80), loss, []));
                }
            }
        }

        return all;
    }

    static byte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    static PopulationSummary Population(int networks, List<ProjectedNetwork> points) => new(
        "quickstart",
        "zoo",
        new string('a', 64),
        4364,
        "4 GRU layers of 12 units, linear 12-12-12-12-8",
        networks * 15,
        points.Count,
        ["2 networks of ParityMachine did not converge within 200 epochs.", "1 network of ParityModified diverged."],
        [
            .. from family in s_families
               from variant in s_variants
               let name = MachineName(family, variant)
               let own = points.Where(point => point.Machine == name).ToArray()
               select new MachineSummary(
                   name, family, variant, networks, own.Length,
                   networks - own.Length - (variant == "modified" && own.Length < networks ? 1 : 0),
                   variant == "modified" && own.Length < networks ? 1 : 0, own.Average(point => point.Epochs),
                   own.Average(point => point.ValidationLoss), 0.0173),
        ]);

    static Projection Projection(string view, double skill, List<ProjectedNetwork> points, Random random) => new(
        view,
        "pca",
        "Principal components of 4,364 columns; centred, not scaled.",
        [0.1 + (0.3 * skill), 0.05 + (0.1 * skill), 0.03],
        [
            .. points.Select(point =>
            {
                var family = Array.IndexOf(s_families, point.Family);
                var variant = Array.IndexOf(s_variants, point.Variant);
                var spread = 3.2 * (1 - skill) + 0.25;
                return point with
                {
                    Coordinates =
                    [
                        (skill * 3 * Math.Cos(family * 1.3)) + (variant * 0.5 * skill) + (spread * Normal(random)),
                        (skill * 3 * Math.Sin(family * 1.3)) + (variant * 0.4 * skill) + (spread * Normal(random)),
                        Normal(random),
                    ],
                };
            }),
        ]);

    static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    static Estimate Around(Random random, double value, double width)
    {
        var at = Math.Clamp(value + (0.3 * width * Normal(random)), 0, 1);
        return new Estimate(at, Math.Max(0, at - (width * (0.6 + random.NextDouble()))), Math.Min(
            1, at + (width * 0.5 * (1.1 - at + random.NextDouble()))));
    }

    static Score One(
        Random random, string subject, string view, string method, string metric, double value, double chance, int networks) => new(
            subject, view, method, metric, Around(random, value, 0.04), chance, networks, metric == "accuracy" ? 5 : 2, networks / 5,
            method is "value" or "kmeans" ? null : new Estimate(chance + (0.01 * Normal(random)), chance - 0.06, chance + 0.07),
            method is "value" or "kmeans" ? null : Around(random, Math.Min(0.9, chance + 0.2), 0.05));

    static IReadOnlyList<Finding> Findings(int networks, Random random) =>
    [
        new(
            "Networks trained on the same data lie together in weight space.",
            "Told from the invariants, 99.0 % of the networks are named right; from the raw weights 62 %.",
            [One(random, "original machines", "invariants", "ridge", "accuracy", 0.99, 0.2, networks * 5)]),
        new(
            "Even a small change of the training data makes a meaningful divergence in weight space.",
            "A network whose machine hides a key is told from an unmodified one with an AUC of 0.97.",
            [One(random, "mean over machines", "invariants", "forest", "auc", 0.97, 0.5, networks * 10)]),
        new(
            "Analysis in weight space is a viable alternative to the loss.",
            "On the same networks the loss gives an AUC of 0.56, which is near guessing.",
            [One(random, "mean over machines", "validation_loss", "value", "auc", 0.56, 0.5, networks * 10)]),
    ];

    static IReadOnlyList<QuestionResult> Questions(int networks, Random random) =>
    [
        new(
            "which_machine", "Which machine did a network learn?", "Five folds, split by seed. Ridge and random forest.", null,
            "The invariants name 99.0 % of the networks right.", ["ParityMachine gave 18 networks, so 18 a machine were drawn."],
            [
                .. from subject in new[] { "original machines", "all machines" }
                   from view in s_views
                   from method in new[] { "ridge", "forest" }
                   select One(
                       random, subject, view.Name, method, "accuracy",
                       method == "ridge" && view.Name == "raw" ? 0.3 : view.Skill, 0.2, networks * 5),
            ],
            [
                .. from view in s_views
                   from method in new[] { "ridge", "forest" }
                   select new Curve(
                       $"{view.Name}, {method}", view.Name, method, "training networks per class", "accuracy", 0.2,
                       [.. new[] { 2, 5, 10, 16 }.Select(x => new CurvePoint(
                           x, Around(random, 0.2 + ((view.Skill - 0.2) * (1 - Math.Exp(-x / 4.0))), 0.05), networks * 5))]),
            ],
            [Confusion(random, "raw", "forest", networks, 0.6), Confusion(random, "invariants", "ridge", networks, 0.98)],
            []),
        new(
            "which_machine_unsupervised", "Do the machines form clusters without any label?", "k-means, 20 restarts.",
            null, "ARI 0.93 for the invariants.", [],
            [
                .. from view in s_views
                   from metric in new[] { "ari", "nmi" }
                   select One(random, "original machines", view.Name, "kmeans", metric, (view.Skill - 0.6) * 2.4, 0, networks * 5),
            ],
            [], [], []),
        Key("modified_or_original", "Is the key there, on a machine that was seen?", networks, random),
        Key("modified_or_original_unseen_machine", "Is the key there, on a machine and with a key never seen?", networks, random),
        new(
            "modified_or_control", "Modified or control?", "As above.",
            "No machine has a <control> of the same key & length.", "", [], [], [], [], []),
        new(
            "twins_distance", "How far does a changed rule drive twins apart?", "All pairs.",
            null, "Twins stay closer than strangers.", [], [], [], [],
            [
                .. from view in s_views
                   from family in s_families
                   from pair in new[] { ("twins: original and modified, same seed", 5.0), ("strangers: two seeds of the original", 8.0) }
                   select Spread(random, view.Name, pair.Item1, family, pair.Item2, networks),
            ]),
    ];

    static QuestionResult Key(string id, string title, int networks, Random random) => new(
        id, title, "Five folds, split by seed.", null, "Mean AUC 0.97 from the invariants, 0.56 from the loss.", [],
        [
            .. from family in s_families.Append("mean over machines")
               from view in s_views
               from method in new[] { "ridge", "forest" }
               select One(random, family, view.Name, method, "auc", (view.Skill * 0.7) + 0.28, 0.5, networks * 2),
            .. from family in s_families.Append("mean over machines")
               from view in new[] { "validation_loss", "training_loss", "epochs" }
               select One(random, family, view, "value", "auc", view == "epochs" ? 0.8 : 0.55, 0.5, networks * 2),
        ],
        [], [], []);

    static ConfusionMatrix Confusion(Random random, string view, string method, int networks, double skill)
    {
        var counts = s_families.Select(_ => new int[s_families.Length]).ToArray();
        for (var truth = 0; truth < counts.Length; truth++)
        {
            for (var i = 0; i < networks; i++)
                counts[truth][random.NextDouble() < skill ? truth : random.Next(counts.Length)]++;
        }

        return new ConfusionMatrix("original machines", view, method, [.. s_families.Select(family => family + "Machine")], counts);
    }

    static Distribution Spread(Random random, string view, string group, string family, double middle, int count)
    {
        var sorted = Enumerable.Range(0, 7).Select(_ => middle + Normal(random)).Order().ToArray();
        return new Distribution(
            "distance between two networks",
            view, group, family, count, sorted[0], sorted[1], sorted[2], sorted[3], sorted[4], sorted[5], sorted[6]);
    }

    static IReadOnlyList<LossCurve> LossCurves(int networks, Random random) =>
    [
        .. from family in s_families
           from variant in s_variants
           let epochs = random.Next(20, 80)
           select new LossCurve(
               MachineName(family, variant), family, variant, networks,
               [
                   .. Enumerable.Range(1, epochs).Select(epoch =>
                   {
                       var median = Math.Max(9e-5, 0.2 * Math.Exp(-8.0 * epoch / epochs));
                       return new LossPoint(epoch, networks - (epoch * networks / (epochs + 1)), median, median * 0.7, median * 1.8);
                   }),
               ]),
    ];
}
