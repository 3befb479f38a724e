using System.Net;
using System.Text.RegularExpressions;

namespace Mlds.Server.Tests;

/// <summary>The project's networks, as anybody can browse them below the master URL.</summary>
public sealed partial class ZooPagesTests
{
    /// <summary>Links that lead to as many different places.</summary>
    const int Links = 25;

    static readonly string[] s_pages =
        ["hosts", "zoo/", "zoo/networks?", "zoo/map/", "zoo/compare?", "zoo/networks/ID", "zoo/networks/ID/try"];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_link_from_the_front_page_on_leads_somewhere_below_the_master_URL_and_shows_no_path_of_the_machine()
    {
        await using var zoo = await ProjectWithZoo.Start();
        zoo.Fill();
        await zoo.HasMap();
        var (seen, next) = (new HashSet<string>(), new Queue<string>(["/lines/", "/lines/zoo/map"]));
        while (next.TryDequeue(out var address))
        {
            if (!seen.Add(Kind(address))) continue;
            using var answer = await zoo.Http.GetAsync(address, Cancellation);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {answer.StatusCode}");
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; style-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            var text = await answer.Content.ReadAsStringAsync(Cancellation);
            Assert.DoesNotContain(zoo.Project.Scratch, text, StringComparison.Ordinal);
            if (answer.Content.Headers.ContentType?.MediaType != "text/html") continue;
            foreach (var link in Link().Matches(text).Select(match => WebUtility.HtmlDecode(match.Groups["to"].Value)))
            {
                // The scheduler's is for clients.
                if (link.StartsWith('#') || link.StartsWith("data:", StringComparison.Ordinal)
                    || link == zoo.Project.MasterUrl + "scheduler")
                {
                    continue;
                }

                var to = new Uri(new Uri(zoo.Http.BaseAddress!, address), link);
                Assert.StartsWith("/lines/", to.AbsolutePath, StringComparison.Ordinal);
                next.Enqueue(to.PathAndQuery);
            }
        }

        foreach (var page in s_pages)
        {
            Assert.True(
                seen.Any(kind => kind.StartsWith("/lines/" + page, StringComparison.Ordinal)),
                $"Nothing leads to {page}, but to:\n{string.Join('\n', seen)}");
        }

        Assert.True(seen.Count >= Links, string.Join('\n', seen));
    }

    /// <summary>An address without what makes it one of many: ids, and the values that are asked for.</summary>
    static string Kind(string address) => Value().Replace(RecipeId().Replace(address, "ID"), "=");

    [Fact]
    public async Task A_zoo_that_is_not_there_yet_is_shown_once_its_first_networks_are()
    {
        await using var project = await ProjectWithZoo.Start();
        Assert.Contains("No networks yet", await project.Http.GetStringAsync("zoo/", Cancellation), StringComparison.Ordinal);
        Assert.Contains("No networks yet", await project.Http.GetStringAsync("zoo", Cancellation), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await Ask(project, "zoo/networks")).Status);
        project.Fill();
        var (status, text) = await Ask(project, "zoo/");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("8 networks of 2 machines", Spaces().Replace(text, " "), StringComparison.Ordinal);
        Assert.Contains("href=\"/lines/\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zoo/nowhere", HttpStatusCode.NotFound)]
    [InlineData("zoo/networks?nonsense=1", HttpStatusCode.BadRequest)]
    [InlineData("zoo/networks/0123", HttpStatusCode.NotFound)]
    [InlineData("zoo/assets/none.css", HttpStatusCode.NotFound)]
    [InlineData("assets/none.css", HttpStatusCode.NotFound)]
    [InlineData("zoo/../project.json", HttpStatusCode.NotFound)]
    [InlineData("zoo/zoo.db", HttpStatusCode.NotFound)]
    public async Task What_is_not_there_has_a_page_that_says_so(string address, HttpStatusCode status)
    {
        await using var zoo = await ProjectWithZoo.Start();
        zoo.Fill();
        var (answered, text) = await Ask(zoo, address);
        Assert.Equal(status, answered);
        Assert.Contains("</html>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_zoo_is_no_reason_to_tell_where_it_is()
    {
        await using var zoo = await ProjectWithZoo.Start();
        Directory.CreateDirectory(zoo.Project.Folder.In("zoo"));
        await File.WriteAllTextAsync(zoo.Project.Folder.In("zoo", "zoo.db"), "no database", Cancellation);
        var (status, text) = await Ask(zoo, "zoo/");
        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.Contains("The zoo can&#x27;t be read", text, StringComparison.Ordinal);
        Assert.DoesNotContain(zoo.Project.Scratch, text, StringComparison.Ordinal);
        Assert.Contains("Take part", await zoo.Http.GetStringAsync("", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_setting_zoo_pages_takes_them_and_the_links_away()
    {
        await using var zoo = await ProjectWithZoo.Start(settings => settings with { ZooPages = false });
        zoo.Fill();
        Assert.Equal(HttpStatusCode.NotFound, (await Ask(zoo, "zoo/")).Status);
        Assert.DoesNotContain("zoo/", await zoo.Http.GetStringAsync("", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zoo_takes_nothing_that_is_sent_to_it()
    {
        await using var zoo = await ProjectWithZoo.Start();
        zoo.Fill();
        foreach (var address in new[] { "zoo/", "zoo/networks", $"zoo/networks/{ProjectWithZoo.Id()}", "zoo/map" })
        {
            using var answer = await zoo.Http.PostAsync(address, new ByteArrayContent([]), Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task One_address_computes_a_little_at_a_time_and_is_refused_what_would_pile_up()
    {
        await using var zoo = await ProjectWithZoo.Start();
        zoo.Fill();
        var address = $"zoo/compare/interpolation.csv?a={ProjectWithZoo.Id()}&b={ProjectWithZoo.Id(1)}";
        var answers = await Task.WhenAll(Enumerable.Range(0, 150).Select(async _ => (await Ask(zoo, address)).Status));
        Assert.Contains(HttpStatusCode.OK, answers);
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        Assert.DoesNotContain(answers, status => status is not (HttpStatusCode.OK or HttpStatusCode.TooManyRequests));
        Assert.Equal(HttpStatusCode.OK, (await Ask(zoo, address)).Status);
    }

    static async Task<(HttpStatusCode Status, string Text)> Ask(ProjectWithZoo zoo, string address)
    {
        using var answer = await zoo.Http.GetAsync(address, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [GeneratedRegex("(href|src)=\"(?<to>[^\"]+)\"")]
    private static partial Regex Link();

    [GeneratedRegex("[0-9a-f]{32,}")]
    private static partial Regex RecipeId();

    [GeneratedRegex("=[^&]*")]
    private static partial Regex Value();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();
}
