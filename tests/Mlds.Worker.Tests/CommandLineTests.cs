using System.Text.Json.Nodes;
using Mlds.Kernels;
using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks.Machines;
using Mlds.Training;
using Mlds.Worker.Frame;

namespace Mlds.Worker.Tests;

/// <summary>The worker from words to exit code: what it does, and the one sentence that anything wrong gets.</summary>
public sealed class CommandLineTests : IDisposable
{
    static readonly DataSpec s_data = new(Seed: 5, Training: 100, Validation: 40, Length: 6, LongTest: 3, LongLength: 20, Planted: null);

    static readonly MachineTask s_task = new(MachineCatalogue.Find("SimpleXORMachine")!, s_data);

    static readonly Recipe s_recipe = new(
        "SimpleXORMachine",
        s_task,
        s_task.Generate().Sha256,
        new RecurrentSpec(9, 4, 1, [8], Activation.None),
        new TrainingSpec(
            32, 0.01, new AdamSettings(0.9, 0.999, 1e-8), new LearningRateSchedule(2, 1e-3), 0.5, 1e-6, EpochLimit: 9, MilestoneEvery: 4),
        Seed: 3);

    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    string Write(string name, string text)
    {
        var path = _scratch.In(name);
        File.WriteAllText(path, text);
        return path;
    }

    string RecipeFile(Recipe recipe) => Write($"{recipe.Id}.json", recipe.CanonicalJson);

    /// <summary>Tests run on processors of any kind; that the worker refuses some of them is another test's matter.</summary>
    static Command Run(params string[] args)
    {
        string[] words = args is ["train" or "bench", ..] ? [.. args, "--allow-software-fma"] : args;
        return Command.Run((output, error) => CommandLine.Run(words, output, error));
    }

    static JsonNode Train(params string[] args)
    {
        var (code, output, error) = Run(["train", .. args]);
        Assert.True(code == ExitCode.Success, error);
        Assert.Equal(1, output.Count(letter => letter == '\n'));
        return JsonNode.Parse(output)!;
    }

    [Fact]
    public void A_recipe_of_sequences_from_a_file_finds_them_beside_itself_by_their_SHA_256()
    {
        var sha256 = NpzFile.Write(_scratch.In("mine.npz"), NpzFile.Echo((64, 16, 4, 2, 8)));
        var population = Population.Read(Write("own.json", new OwnSequences { Sha256 = sha256 }.Json));
        var recipe = population.Recipe("Mine", 0);
        var path = RecipeFile(recipe);
        var (code, output, error) = Run("train", path);
        Assert.Equal((ExitCode.Usage, ""), (code, output));
        Assert.Contains(_scratch.In($"{sha256}.npz"), error, StringComparison.Ordinal);

        File.Move(_scratch.In("mine.npz"), _scratch.In($"{sha256}.npz"));
        var network = Trainer.Train(
            recipe, recipe.WithFilesIn(_scratch.Path).Task.Generate(), null, TestContext.Current.CancellationToken);
        Assert.Equal(network.WeightsSha256, (string?)Train(path)["weights_sha256"]);
    }

    [Fact]
    public void Train_gives_what_the_trainer_gives()
    {
        var network = Trainer.Train(s_recipe, s_task.Generate(), null, TestContext.Current.CancellationToken);
        var printed = Train(RecipeFile(s_recipe));
        Assert.Equal(s_recipe.Id, (string?)printed["recipe_id"]);
        Assert.Equal(OutcomeName.Of(network.Outcome), (string?)printed["outcome"]);
        Assert.Equal(network.Epochs, (int)printed["epochs"]!);
        Assert.Equal(network.ValidationLoss, (float)printed["validation_loss"]!);
        Assert.Equal(network.WeightsSha256, (string?)printed["weights_sha256"]);
        Assert.Equal(KernelSet.Best, (string?)printed["kernel_set"]);
        Assert.Equal("jit", (string?)printed["runtime"]);
    }

    [Fact]
    public void A_run_stopped_at_every_epoch_goes_on_from_its_checkpoint_to_the_same_weights()
    {
        var (recipe, checkpoint) = (RecipeFile(s_recipe), _scratch.In("run.checkpoint"));
        var straight = Train(recipe);
        for (var epoch = 1; epoch < 9; epoch++)
        {
            var stopped = Train(recipe, "--checkpoint", checkpoint, "--stop-after-epoch", $"{epoch}");
            Assert.Null(stopped["outcome"]);
            Assert.Equal(epoch, (int)stopped["epochs"]!);
        }

        Assert.Equal(straight.ToJsonString(), Train(recipe, "--checkpoint", checkpoint).ToJsonString());
        Assert.Equal(straight.ToJsonString(), Train(recipe, "--checkpoint", checkpoint).ToJsonString());
    }

    [Fact]
    public void Bench_prints_the_time_of_a_step()
    {
        var (code, output, error) = Run("bench", "--seconds", "1", "--batch", "8", "--steps", "4");
        Assert.True(code == ExitCode.Success, error);
        var result = JsonNode.Parse(output)!;
        Assert.True((double)result["step_microseconds_best"]! > 0);
        Assert.True((double)result["step_microseconds_best"]! <= (double)result["step_microseconds_median"]!);
        Assert.Equal(KernelSet.VectorBits((string)result["kernel_set"]!), (int)result["vector_bits"]!);
    }

    [Theory]
    [InlineData("There is no command 'trian'. Did you mean 'train'? There are train, unit and bench.", "trian")]
    [InlineData("'train' needs a recipe's file; `mlds-worker --help` shows an example.", "train")]
    [InlineData("'train' has no use for 'b.json'; `mlds-worker --help` says what it takes.", "train", "a.json", "b.json")]
    [InlineData(
        "'train' has no option '--chekpoint'. Did you mean '--checkpoint'? `mlds-worker --help` lists what there is.",
        "train", "a.json", "--chekpoint", "f")]
    [InlineData(
        "--stop-after-epoch needs --checkpoint FILE, or what was trained would be lost.", "train", "a.json", "--stop-after-epoch", "3")]
    [InlineData("--stop-after-epoch takes 1 … 2147483647, not 'three'.", "train", "a.json", "--stop-after-epoch", "three")]
    [InlineData("--checkpoint is given twice.", "train", "a.json", "--checkpoint", "f", "--checkpoint", "g")]
    [InlineData("--checkpoint needs a value; `mlds-worker --help` says which.", "train", "a.json", "--checkpoint")]
    [InlineData("There is no file 'no-such-recipe.json'.", "train", "no-such-recipe.json")]
    [InlineData("'bench' has no use for 'fast'; `mlds-worker --help` says what it takes.", "bench", "fast")]
    [InlineData("--batch takes 1 … 4096, not '0'.", "bench", "--batch", "0")]
    [InlineData("--seconds takes 1 … 600, not '1.5'.", "bench", "--seconds", "1.5")]
    public void What_is_wrong_with_the_words_is_one_sentence_and_exit_code_2(string sentence, params string[] args)
    {
        var (code, output, error) = Run(args);
        Assert.Equal((ExitCode.Usage, "", $"mlds-worker: {sentence}{Environment.NewLine}"), (code, output, error));
    }

    [Fact]
    public void A_recipe_that_cant_be_read_names_the_file_and_the_place()
    {
        var path = Write("broken.json", s_recipe.CanonicalJson.Replace("\"seed\":3", "\"sede\":3", StringComparison.Ordinal));
        var (code, _, error) = Run("train", path);
        Assert.Equal(ExitCode.Usage, code);
        Assert.StartsWith(
            $"mlds-worker: '{path}': The recipe: $.sede: there is no such key. Did you mean 'seed'?", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_of_another_hash_are_refused()
    {
        var (code, _, error) = Run("train", RecipeFile(s_recipe with { DataSha256 = new string('0', 64) }));
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains(
            $"wants data {new string('0', 64)}, but its machine and its data seed give {s_recipe.DataSha256}",
            error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_another_recipe_is_refused_and_unharmed()
    {
        var checkpoint = _scratch.In("run.checkpoint");
        Train(RecipeFile(s_recipe), "--checkpoint", checkpoint, "--stop-after-epoch", "2");
        var before = File.ReadAllBytes(checkpoint);
        var other = s_recipe with { Seed = 4 };
        var (code, _, error) = Run("train", RecipeFile(other), "--checkpoint", checkpoint);
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains($"is of recipe {s_recipe.Id}, not of {other.Id}", error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(checkpoint));
    }

    [Fact]
    public void A_checkpoint_of_zeros_as_a_power_cut_leaves_it_begins_anew()
    {
        var file = RecipeFile(s_recipe);
        var whole = Train(file);
        var checkpoint = _scratch.In("zeros");
        File.WriteAllBytes(checkpoint, new byte[5000]);
        Assert.Equal((string?)whole["weights_sha256"], (string?)Train(file, "--checkpoint", checkpoint)["weights_sha256"]);
        Assert.Equal(s_recipe.Id, Checkpoint.FromBytes(File.ReadAllBytes(checkpoint)).RecipeId);
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused()
    {
        var path = Write("run.checkpoint", "MLDSCKPT and then nothing that was ever written by a run of any recipe");
        var (code, _, error) = Run("train", RecipeFile(s_recipe), "--checkpoint", path);
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains($"'{path}': The checkpoint is truncated or altered", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_and_version_are_given()
    {
        Assert.Contains("mlds-worker train RECIPE.json", Run("--help").Output, StringComparison.Ordinal);
        Assert.Equal(Provenance.Version, Run("--version").Output.Trim());
        Assert.Equal(ExitCode.Success, Run("train", "--help").ExitCode);
        Assert.Equal(ExitCode.Usage, Run().ExitCode);
    }
}
