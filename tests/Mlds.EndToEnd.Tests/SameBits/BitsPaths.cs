using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Kernels;
using Mlds.Training;

namespace Mlds.EndToEnd.Tests.SameBits;

/// <summary>All the ways. Those of different builds may be gone at once.</summary>
sealed class BitsPaths
{
    /// <summary>Epochs after which runs are resumed.</summary>
    const int Points = 100;

    static readonly Dictionary<string, string> s_undisturbed = [];

    static readonly Dictionary<string, string> s_withoutFma = new() { ["DOTNET_EnableAVX2"] = "0" };

    readonly ScratchFolder _folder;

    /// <summary>The bits of all networks of each population, as the first generation left them.</summary>
    readonly Dictionary<string, string> _digests = [];

    /// <param name="folder">For recipes, populations and their images, all of which are written now; and for zoos and checkpoints.</param>
    public BitsPaths(ScratchFolder folder)
    {
        _folder = folder;
        BitsImages.Write(folder.Path);
        foreach (var recipe in BitsRecipe.All)
        {
            File.WriteAllText(RecipeFile(recipe), recipe.Recipe.CanonicalJson);
            File.WriteAllText(PopulationFile(recipe), recipe.PopulationJson);
        }
    }

    public IReadOnlyList<BitsPath> All() =>
    [
        Worker("JIT, AVX-512", WorkerBuild.Tree, "avx512", "avx512, 512 bits"),
        Worker("JIT, AVX-512 switched off", WorkerBuild.Tree, "avx2", "avx2, 256 bits", "DOTNET_EnableAVX512=0"),
        Worker("JIT, 256 of AVX-512's bits", WorkerBuild.Tree, "avx512", "avx2, 256 bits", "MLDS_KERNELS=avx2"),
        Worker("JIT, 128 bits", WorkerBuild.Tree, "simd128", "simd128, 128 bits", "MLDS_KERNELS=simd128"),
        Worker("JIT, no vectors", WorkerBuild.Tree, "scalar", "scalar, 32 bits", "MLDS_KERNELS=scalar"),
        Worker("JIT, AVX2 and FMA switched off", WorkerBuild.Tree, "avx2", "simd128, 128 bits, software FMA", "DOTNET_EnableAVX2=0"),
        Worker(
            "JIT, AVX2 and FMA switched off, no vectors", WorkerBuild.Tree, "avx2", "scalar, 32 bits, software FMA",
            "DOTNET_EnableAVX2=0", "MLDS_KERNELS=scalar"),
        Worker("JIT, no intrinsics at all", WorkerBuild.Tree, "avx2", "scalar, 32 bits, software FMA", "DOTNET_EnableHWIntrinsic=0"),
        Worker(
            "JIT, tiered and profile-guided", WorkerBuild.Tree, "avx512", "avx512, 512 bits",
            "DOTNET_TieredCompilation=1", "DOTNET_TieredPGO=1"),
        Worker("single file, trimmed", WorkerBuild.Trimmed, "avx512", "avx512, 512 bits"),
        Worker("native x86-64-v4", WorkerBuild.NativeV4, "avx512", "avx512, 512 bits, native"),
        Worker("native x86-64-v4, 128 bits", WorkerBuild.NativeV4, "avx512", "simd128, 128 bits, native", "MLDS_KERNELS=simd128"),
        Worker("native x86-64-v3", WorkerBuild.NativeV3, "avx2", "avx2, 256 bits, native"),
        Worker("native x86-64-v3, no vectors", WorkerBuild.NativeV3, "avx2", "scalar, 32 bits, native", "MLDS_KERNELS=scalar"),
        Worker("native Arm64, under qemu-user", WorkerBuild.NativeArm, null, "simd128 (NEON), 128 bits, native"),
        Worker("native Arm64, under qemu-user, no vectors", WorkerBuild.NativeArm, null, "scalar, 32 bits, native", "MLDS_KERNELS=scalar"),
        Worker("Windows x64, under Wine", WorkerBuild.Windows, "avx2", "avx2, 256 bits", "MLDS_KERNELS=avx2"),
        Worker("Windows x64, under Wine, no vectors", WorkerBuild.Windows, "avx2", "scalar, 32 bits", "MLDS_KERNELS=scalar"),
        Anywhere(
            "a population generated on 1 thread", $"{BitsRecipe.Networks} networks a recipe", "the processor's best", () => Generated(1)),
        Anywhere(
            "a population generated on 4 threads", $"{BitsRecipe.Networks} networks a recipe", "the processor's best", () => Generated(4)),
        Anywhere($"resumed at {Points} random points", "from a checkpoint's bytes", "each with one drawn at random", Resumed),
        Anywhere("handed from build to build", "by a checkpoint's file", "software FMA, Arm64, 256 bits, 512 bits", HandedOn),
    ];

    static BitsPath Anywhere(string name, string how, string kernels, Func<IReadOnlyList<Trained>> train) =>
        new(name, how, kernels, null, () => null, train);

    BitsPath Worker(string name, WorkerBuild build, string? needs, string kernels, params string[] forced)
    {
        var environment = forced.Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return new BitsPath(
            name,
            string.Join(' ', forced.Select(pair => $"`{pair}`")),
            kernels,
            build,
            () => needs is not null && !KernelSet.Available.Contains(needs) ? $"this processor has no {needs}" : build.WhyNot(),
            () => [.. BitsRecipe.All.Select(recipe =>
            {
                var result = build.Train(RecipeFile(recipe), environment);
                Assert.Equal(kernels, Kernels(result));
                return Read(result);
            })]);
    }

    /// <summary>What ran, in the table's words.</summary>
    static string Kernels(JsonNode result)
    {
        var arm = (string)result["architecture"]! == "arm64" && (string)result["kernel_set"]! == "simd128";
        return $"{result["kernel_set"]}{(arm ? " (NEON)" : "")}, {result["vector_bits"]} bits"
            + ((bool)result["hardware_fma"]! ? "" : ", software FMA") + ((string)result["runtime"]! == "aot" ? ", native" : "");
    }

    static Trained Read(JsonNode result) =>
        new((string)result["recipe_id"]!, (int)result["epochs"]!, (float)result["validation_loss"]!, (string)result["weights_sha256"]!);

    string RecipeFile(BitsRecipe recipe) => _folder.File($"{recipe.Recipe.Id}.json");

    string PopulationFile(BitsRecipe recipe) => _folder.File($"{recipe.Population.Name}.json");

    /// <summary>Every network of the populations, by <c>mlds generate</c>; the table shows those of our recipes.</summary>
    List<Trained> Generated(int threads)
    {
        var shown = new List<Trained>();
        foreach (var recipe in BitsRecipe.All)
        {
            var zoo = _folder.File($"{recipe.Population.Name}-{threads}");
            var status = Mlds(
                "generate", PopulationFile(recipe), "--zoo", zoo, "--threads", threads.ToString(CultureInfo.InvariantCulture), "--json");
            Assert.Equal(BitsRecipe.Networks, (int)status["trained"]!);
            // Not only the network in the table: all of them.
            var digest = (string)status["weights_digest"]!;
            if (!_digests.TryAdd(recipe.Population.Name, digest)) Assert.Equal(_digests[recipe.Population.Name], digest);
            shown.Add(Read(Mlds("zoo", zoo, "show", recipe.Recipe.Id, "--json")));
        }

        return shown;
    }

    JsonNode Mlds(params string[] words)
    {
        var run = Command.Run(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "Mlds.Cli.dll"), .. words], _folder.Path, TimeSpan.FromMinutes(5));
        Assert.True(run.ExitCode == 0, run.Everything);
        return JsonNode.Parse(run.Output)!;
    }

    /// <summary>
    /// Trained a recipe up to a random epoch, made bytes of it, read them with any kernels there are, trained to the end: always the same.
    /// </summary>
    static List<Trained> Resumed()
    {
        var random = new Random(1); // for the points only
        var straight = BitsRecipe.All.Select(recipe => States(recipe)).ToList();
        for (var point = 0; point < Points; point++)
        {
            var which = random.Next(BitsRecipe.All.Count);
            var recipe = BitsRecipe.All[which];
            var bytes = straight[which].States[random.Next(straight[which].States.Count)];
            var kernels = KernelSet.Available[random.Next(KernelSet.Available.Count)];
            using var run = new TrainingRun(recipe.Recipe, recipe.Data, Checkpoint.FromBytes(bytes), kernels);
            while (run.Outcome is null) run.NextEpoch();
            Assert.Equal(straight[which].End, Of(run));
        }

        return [.. straight.Select(run => run.End)];
    }

    /// <summary>The checkpoints after every epoch but the last, as bytes, and the end.</summary>
    static (List<byte[]> States, Trained End) States(BitsRecipe recipe)
    {
        using var run = new TrainingRun(recipe.Recipe, recipe.Data);
        var states = new List<byte[]> { run.Checkpoint().ToBytes() };
        while (run.Outcome is null)
        {
            run.NextEpoch();
            if (run.Outcome is null) states.Add(run.Checkpoint().ToBytes());
        }

        return (states, Of(run));
    }

    static Trained Of(TrainingRun run) =>
        new(run.Recipe.Id, run.Epoch, run.History[^1].ValidationLoss, WeightsHash.Of(run.Checkpoint().Weights));

    /// <summary>One run begun by one build and gone on with by the next, over all that can be run here, two epochs each.</summary>
    List<Trained> HandedOn()
    {
        (WorkerBuild Build, Dictionary<string, string> Environment)[] hands =
        [
            (WorkerBuild.Tree, s_withoutFma), (WorkerBuild.NativeArm, s_undisturbed), (WorkerBuild.NativeV3, s_undisturbed),
            (WorkerBuild.NativeV4, s_undisturbed),
        ];
        var there = hands.Where(hand => hand.Build.WhyNot() is null).ToList();
        return [.. BitsRecipe.All.Select(recipe =>
        {
            var checkpoint = _folder.File($"{recipe.Recipe.Id}.checkpoint");
            var epoch = 0;
            foreach (var (build, environment) in there)
                build.Train(RecipeFile(recipe), environment, "--checkpoint", checkpoint, "--stop-after-epoch", $"{epoch += 2}");
            return Read(WorkerBuild.Tree.Train(RecipeFile(recipe), s_undisturbed, "--checkpoint", checkpoint));
        })];
    }
}
