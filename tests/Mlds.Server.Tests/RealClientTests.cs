namespace Mlds.Server.Tests;

/// <summary>An unmodified client from attaching to credit.</summary>
public sealed class RealClientTests
{
    [Fact]
    public async Task A_client_attaches_computes_uploads_reports_and_has_its_credit()
    {
        var science = new LineScience(2) { Line = number => $"hello {number}\nsleep 5\n" };
        await using var project = await TestProject.Create(science);
        await project.Start();
        using var client = new RealClient(Path.Combine(project.Scratch, "client"));
        await client.Start();
        client.Do("--create_account", project.MasterUrl, "ada@example.org", "password1", "Ada");
        var key = client.Do("--lookup_account", project.MasterUrl, "ada@example.org", "password1");
        TestContext.Current.TestOutputHelper?.WriteLine(key);
        client.Do("--project_attach", project.MasterUrl, key.Split(' ', '\n').First(word => word.Length == 32));
        try
        {
            await TestProject.Until(() => science.Zoo.Count == 2, "both units are assimilated", 60);
        }
        finally
        {
            TestContext.Current.TestOutputHelper?.WriteLine(client.Log + string.Join('\n', project.Log.Lines.TakeLast(50)));
        }
        Assert.Equal("HELLO 0\n", science.Zoo["unit_0"]);
        Assert.Equal(20, project.Number("SELECT CAST(total_credit AS BIGINT) FROM account"));
    }
}
