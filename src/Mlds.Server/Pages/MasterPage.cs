using System.Globalization;
using Microsoft.AspNetCore.Http;
using Mlds.Server.Project;
using Mlds.Server.Statistics;

namespace Mlds.Server.Pages;

/// <summary>
/// The page at the master URL: a welcome for people, and for clients the line that names the scheduler. Clients read lines of up to 255
/// bytes.
/// </summary>
static class MasterPage
{
    public static IResult Answer(ProjectSettings settings, string friendlyName, ProjectNumbers numbers)
    {
        var scheduler = new Uri(settings.Master, "scheduler");
        return new Page(settings, "Welcome")
            .Heading(settings.Name)
            .Paragraph(
                $"{friendlyName}: volunteers' computers do the work of this project, with BOINC, while they have nothing else to do.")
            .Section("Take part")
            .Paragraph("Install BOINC, choose Add project, and enter this address:")
            .Code(settings.MasterUrl)
            .Paragraph("Or in a terminal:")
            .Code(
                $"boinccmd --create_account {settings.MasterUrl} EMAIL PASSWORD NAME\n"
                + $"boinccmd --project_attach {settings.MasterUrl} ACCOUNT_KEY")
            .Section("So far")
            .Table(["", "#"], [
                ["Volunteers", Number(numbers.Accounts)],
                ["Computers", Number(numbers.Hosts)],
                ["Work units finished", Number(numbers.Assimilated)],
                ["Speed by recent credit", string.Create(CultureInfo.InvariantCulture, $"{numbers.Gigaflops:N1} GFLOPS")],
            ])
            .Raw($"<!-- <scheduler>{scheduler}</scheduler> -->\n")
            .Result($"<link rel=\"boinc_scheduler\" href=\"{scheduler}\">\n");
    }

    static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
