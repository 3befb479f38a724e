using System.Text.RegularExpressions;

namespace Mlds.EndToEnd.Tests;

/// <summary>
/// The server's SQL, and what reads its rows, names states by the enums of Mlds.Boinc and the server (<c>{ServerState.Over:d}</c>). Steps
/// of the schema keep the numbers that databases out there were made with.
/// </summary>
public sealed partial class StatesInSqlTests
{
    static IEnumerable<string> Bare(string source) => Numbers().Matches(Comment().Replace(source, "")).Select(match => match.Value);

    [Fact]
    public void No_state_is_a_bare_number()
    {
        var files = new[] { "Mlds.Server", "Mlds.Cli" }
            .SelectMany(project => Directory.GetFiles(Repository.PathOf("src", project), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.EndsWith("Schema.cs", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        Assert.True(files.Count > 100);
        var found = files.SelectMany(file => Bare(File.ReadAllText(file)).Select(bare => $"{Path.GetFileName(file)}: {bare}")).ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Theory]
    [InlineData("\"UPDATE result SET server_state = 5 WHERE id = $1\"", "server_state = 5")]
    [InlineData("\"… WHERE r.outcome NOT IN (1, 5)\"", "outcome NOT IN (1")]
    [InlineData("\"… w.assimilate_state <> 2\"", "assimilate_state <> 2")]
    [InlineData("\"UPDATE science_network SET place = 0 WHERE state = 4\"", "state = 4")]
    [InlineData("var stands = other.State == 4;", "State == 4")]
    [InlineData("other is { Outcome: 1 }", "Outcome: 1")]
    [InlineData("$\"… server_state = {ServerState.Over:d}\"", null)]
    [InlineData("\"… server_state = $1 AND outcome = $2\"", null)]
    [InlineData("// where server_state = 5", null)]
    public void Bare_numbers_are_seen(string source, string? bare) => Assert.Equal(bare is null ? [] : [bare], Bare(source));

    [GeneratedRegex(@"(?<![\w$])(?:(?:server_state|outcome|validate_state|assimilate_state|file_delete_state|standing|errors|found|state) "
        + @"(?:=|<>|IN|NOT IN) \(?\d|(?:State|Outcome)(?: ==| !=| is|:)(?: not)? \d)")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
