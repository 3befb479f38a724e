using Mlds.Server.Database;
using Mlds.Server.Operating;
using Mlds.Server.Project;

namespace Mlds.Server.Tests;

/// <summary>Whatever is wrong in project.json is reported with its line, its key and what is allowed.</summary>
public sealed class SettingsTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    string Fault(string line)
    {
        var file = _scratch.In("project.json");
        File.WriteAllText(file, $$"""
            {
              "name": "x",
              // a comment
              "master_url": "http://127.0.0.1:8080/x/",
              {{line}}
            }
            """);
        return Assert.Throws<ProjectException>(() => ProjectSettings.Read(file)).Message;
    }

    [Theory]
    [InlineData("\"account_calls_per_minute\": 0", "account_calls_per_minute has to be from 1 to 100000")]
    [InlineData("\"bad_keys_per_minute\": -1", "bad_keys_per_minute has to be from 1 to 100000")]
    [InlineData("\"min_password_length\": 0", "min_password_length has to be from 1 to 64")]
    [InlineData("\"request_delay\": 0.5", "request_delay has to be from 1 to 86400 seconds")]
    [InlineData("\"next_rpc_delay\": 5", "next_rpc_delay has to be from request_delay to 2592000 seconds")]
    [InlineData("\"daily_quota\": 0", "daily_quota has to be")]
    [InlineData("\"max_in_progress_per_processor\": 0", "max_in_progress_per_processor has to be")]
    [InlineData("\"max_tasks_per_call\": 0", "max_tasks_per_call has to be")]
    [InlineData("\"deadline_grace\": -5", "deadline_grace has to be from 0 to 2592000 seconds")]
    [InlineData("\"same_host_retry_delay\": -1", "same_host_retry_delay has to be from 0 to 2592000 seconds")]
    [InlineData("\"delete_delay\": -1", "delete_delay has to be from 0 to 31622400 seconds")]
    [InlineData("\"low_water\": 0", "low_water has to be")]
    [InlineData("\"max_upload_bytes\": 5", "max_upload_bytes has to be")]
    [InlineData("\"statistics_interval\": 1", "statistics_interval has to be 0, or from 60 to 2592000 seconds")]
    [InlineData("\"listen\": [\"ftp://127.0.0.1:21\"]", "'ftp://127.0.0.1:21' can't be listened at")]
    [InlineData("\"listen\": [\"http://127.0.0.1:99999\"]", "a port of 1 to 65535")]
    [InlineData("\"listen\": [\"http://127.0.0.1:0\"]", "its port has to be 1 to 65535")]
    [InlineData("\"listen\": [\"http://127.0.0.1:80/mlds/\"]", "it has to end with the port")]
    [InlineData("\"listen\": [\"http://127.0.0.1:80\", \"https://127.0.0.1:80\"]", "is there twice")]
    [InlineData("\"listen\": [null]", "can't be listened at")]
    [InlineData("\"listen\": \"http://127.0.0.1:80\"", "listen has to be a list of texts in quotes, in brackets")]
    [InlineData("\"metrics\": [\"everybody\"]", "metrics has to be a list of addresses")]
    [InlineData("\"metrics\": [\"10.0.0.0/99\"]", "metrics has to be a list of addresses")]
    [InlineData("\"database\": \"\"", "database has to be a file's path, or a PostgreSQL connection string")]
    [InlineData("\"database\": \"Host=x;Port=many\"", "database has to be a file's path, or a PostgreSQL connection string")]
    [InlineData("\"database\": \"Host=x;Colour=red\"", "database has to be a file's path, or a PostgreSQL connection string")]
    [InlineData("\"certificate_file\": \"a\\u0000b\", \"certificate_key_file\": \"k\"", "certificate_file has to be a file's path")]
    [InlineData("\"certificate_file\": \"a\"", "certificate_key_file has to be given exactly when certificate_file is")]
    [InlineData("\"daily_quota\": \"many\"", "daily_quota has to be a whole number")]
    [InlineData("\"daily_quota\": 1.5", "daily_quota has to be a whole number")]
    [InlineData("\"daily_quota\": 99999999999", "daily_quota has to be a whole number")]
    [InlineData("\"behind_proxy\": \"yes\"", "behind_proxy has to be true or false")]
    [InlineData("\"database\": null", "database has to be a text in quotes")]
    [InlineData("\"requset_delay\": 5", "there is no key 'requset_delay'. Did you mean 'request_delay'?")]
    [InlineData("\"name\": \"y\"", "the key 'name' is there twice")]
    public void A_wrong_value_is_refused(string line, string says)
    {
        var fault = Fault(line);
        Assert.Contains(says, fault, StringComparison.Ordinal);
        if (!says.Contains("certificate_key_file", StringComparison.Ordinal)) Assert.Contains("line 5", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("Mlds.", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "isn't JSON")]
    [InlineData("{}", "name and master_url are needed")]
    [InlineData("[]", "it has to be an object, in braces")]
    [InlineData("null", "are empty")]
    [InlineData("{\"name\": \"a\\u0007b\", \"master_url\": \"http://127.0.0.1:1/\"}", "name has to be 1 to 100 letters")]
    [InlineData("{\"name\": \"x\", \"master_url\": \"http://127.0.0.1:99999/\"}", "a port is 1 to 65535")]
    [InlineData("{\"name\": \"x\", \"master_url\": \"http://127.0.0.1:1/a b/\"}", "the usual characters of an address")]
    public void A_wrong_text_is_refused(string text, string says)
    {
        File.WriteAllText(_scratch.In("project.json"), text);
        var fault = Assert.Throws<ProjectException>(() => ProjectSettings.Read(_scratch.In("project.json"))).Message;
        Assert.Contains(says, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("Mlds.", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_of_settings_that_are_not_allowed_is_not_made()
    {
        var settings = new ProjectSettings { Name = new string('x', 200), MasterUrl = "http://127.0.0.1:1/" };
        await Assert.ThrowsAsync<ProjectException>(() => ProjectCreation.Create(_scratch.In("p"), settings, []));
        Assert.Empty(Directory.GetFileSystemEntries(_scratch.Path));
    }
}
