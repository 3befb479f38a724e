using System.Text.Json.Nodes;
using Mlds.Cli.Frame;

namespace Mlds.Cli.Tests;

/// <summary><c>mlds</c>, run within the tests' own process.</summary>
static class MldsCommand
{
    internal static Command Run(params string[] args) =>
        Command.Run((output, error) => CommandLine.Run(Program.Root(), args, output, error));

    /// <summary>What a verb that succeeds prints.</summary>
    internal static string Runs(params string[] args)
    {
        var (code, output, error) = Run(args);
        Assert.True(code == 0, error + output);
        return output;
    }

    /// <summary>What a verb that succeeds prints with <c>--json</c>.</summary>
    internal static JsonObject Json(params string[] args)
    {
        var (code, output, error) = Run([.. args, "--json"]);
        Assert.True(code == 0, error);
        return JsonNode.Parse(output)!.AsObject();
    }
}
