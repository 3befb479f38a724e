using System.CommandLine;
using Mlds.Cli.Frame;
using Command = Mlds.Testing.Command;

namespace Mlds.Cli.Tests.Frame;

public sealed class CommandLineTests
{
    static Command Run(Func<VerbRun, int> body, params string[] args)
    {
        var file = new Argument<string>("FILE") { Description = "The file to read." };
        var seed = new Option<uint>("--seed") { Description = "The seed." };
        var root = new RootCommand("A test.")
        {
            new Verb("generate", "Generates.", "mlds generate x.json --seed 3") { file, seed }.Runs(body),
            new Verb("zoo", "Shows.").Runs(body),
        };
        return Command.Run((output, error) => CommandLine.Run(root, args, output, error));
    }

    static int Fine(VerbRun run) => ExitCode.Success;

    static void IsOneSentence(string error)
    {
        Assert.StartsWith("mlds: ", error);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.EndsWith(".\n", error);
        Assert.DoesNotContain("   at ", error);
    }

    [Theory]
    [InlineData("'generate'", "genrate", "x")]
    [InlineData("'--seed'", "generate", "x", "--sed", "3")]
    [InlineData("'--seed'", "generate", "--sed", "3")]
    [InlineData("'--json'", "zoo", "--jsn")]
    [InlineData("a whole number 0 … 4294967295", "generate", "x", "--seed", "-1")]
    [InlineData("not 'abc'", "generate", "x", "--seed", "abc")]
    [InlineData("needs FILE", "generate")]
    [InlineData("mlds generate x.json --seed 3", "generate")]
    [InlineData("'y'", "generate", "x", "y")]
    [InlineData("--seed needs a value: the seed", "generate", "x", "--seed")]
    public void A_command_line_that_can_not_be_gets_one_sentence_and_exit_code_2(string says, params string[] args)
    {
        var (code, output, error) = Run(Fine, args);
        Assert.Equal(2, code);
        Assert.Equal("", output);
        IsOneSentence(error);
        Assert.Contains(says, error);
    }

    [Fact]
    public void No_verb_shows_the_help_and_exits_with_2()
    {
        var (code, output, _) = Run(Fine);
        Assert.Equal(2, code);
        Assert.Contains("generate", output);
    }

    [Fact]
    public void Help_ends_with_an_example()
    {
        var (code, output, error) = Run(Fine, "generate", "--help");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("Example:\n  mlds generate x.json --seed 3", output);
    }

    public static TheoryData<Exception, int, string> Exceptions => new()
    {
        { new UsageException("The seed is wrong."), 2, "The seed is wrong." },
        { new FormatException("x.json: $.machines[0].seed is unknown."), 2, "$.machines[0].seed" },
        { new FailureException("The zoo is full."), 1, "The zoo is full." },
        { new InvalidDataException("x is\ncorrupt."), 1, "x is corrupt." },
        { new OperationCanceledException(), 130, "Interrupted." },
        { new AggregateException(new FailureException("Inside.")), 1, "Inside." },
        { new NullReferenceException("Oops."), 1, "internal error: Oops. Please report" },
    };

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void An_exception_becomes_one_sentence_and_its_exit_code(Exception exception, int expected, string says)
    {
        var (code, output, error) = Run(_ => throw exception, "zoo");
        Assert.Equal(expected, code);
        Assert.Equal("", output);
        IsOneSentence(error);
        Assert.Contains(says, error);
    }

    [Fact]
    public void Json_is_the_only_thing_on_stdout()
    {
        var (code, output, error) = Run(
            run =>
            {
                run.Output.WriteLine("for people");
                run.WithProgress(view =>
                {
                    view.Begin("work", 2).Report(2, "done");
                    return 0;
                });
                run.PrintJson(
                    () => new System.Text.Json.Nodes.JsonObject { ["a"] = VerbRun.Number(1.5f), ["b"] = VerbRun.Number(float.NaN) });
                return 0;
            },
            "zoo",
            "--json");
        Assert.Equal(0, code);
        Assert.Equal("""{"a":1.5,"b":null}""", System.Text.Json.Nodes.JsonNode.Parse(output)!.ToJsonString());
        Assert.Contains("work 2/2", error);
    }
}
