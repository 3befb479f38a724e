using Mlds.Boinc.States;
using Mlds.Boinc.Tags;

namespace Mlds.Boinc.Accounts;

/// <summary>The answers to <c>create_account.php</c>, <c>lookup_account.php</c> and <c>get_project_config.php</c>.</summary>
public static class AccountReply
{
    /// <summary>The first line of our XML, which says that it is UTF-8.</summary>
    public const string Declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n";

    public static string Key(string authenticator) =>
        new TagWriter().Raw(Declaration).Open("account_out").Element("authenticator", authenticator).Close("account_out").ToString();

    /// <param name="number">One of <see cref="RpcError"/>.</param>
    public static string Error(int number, string message) =>
        new TagWriter().Raw(Declaration).Open("error").Element("error_num", number).Element("error_msg", message).Close("error").ToString();

    public static string Config(ProjectConfig config)
    {
        var writer = new TagWriter().Raw(Declaration).Open("project_config").Element("name", config.Name)
            .Element("master_url", config.MasterUrl)
            .Element("web_rpc_url_base", config.MasterUrl).Element("web_stopped", 0).Element("min_passwd_length", config.MinPasswordLength)
            .Element("sched_stopped", config.Stopped ? 1 : 0);
        if (config.AccountCreationDisabled) writer.Empty("account_creation_disabled");
        writer.Open("platforms");
        foreach (var (platform, planClass) in config.Platforms)
        {
            writer.Open("platform").Element("platform_name", platform);
            if (planClass.Length > 0) writer.Element("plan_class", planClass);
            writer.Close("platform");
        }

        return writer.Close("platforms").Close("project_config").ToString();
    }
}

/// <summary>What managers ask of a project before they attach to it.</summary>
public sealed record ProjectConfig(
    string Name, string MasterUrl, int MinPasswordLength, bool Stopped, bool AccountCreationDisabled,
    IReadOnlyList<(string Platform, string PlanClass)> Platforms);
