using System.Globalization;

namespace Mlds.Server.Science;

/// <summary>The files that an official BOINC server wants beside the units: templates, hooks and programs.</summary>
public static class OfficialTemplates
{
    /// <summary>The app's name there; with it <c>create_work</c> finds the templates by itself.</summary>
    public const string App = "mlds";

    const double ProgramMemory = 200e6;

    static readonly string[] s_hooks = ["init", "compare", "assimilate"];

    /// <summary>Writes templates that fit <paramref name="units"/>. Results are made from the template as it is when they are made, so its bounds never fall.</summary>
    /// <param name="quorum">Equal results of different hosts that are wanted.</param>
    public static void Write(OfficialFolder folder, IReadOnlyList<OfficialUnit> units, int quorum)
    {
        var largest = Math.Max(units.Max(unit => unit.LargestResult), Former(folder));
        OfficialFolder.WriteWhole(folder.In("templates", $"{App}_in"), System.Text.Encoding.UTF8.GetBytes(Input(units, quorum, largest)));
        OfficialFolder.WriteWhole(folder.In("templates", $"{App}_out"), System.Text.Encoding.UTF8.GetBytes(Output(largest)));
    }

    /// <summary>Writes the hooks: lines that start this program with the folder's path, for the project's <c>bin</c>.</summary>
    public static void WriteHooks(OfficialFolder folder)
    {
        foreach (var hook in s_hooks)
        {
            var path = folder.In("bin", $"{App}_{hook}");
            File.WriteAllText(path, $"#!/bin/sh\nexec ${{MLDS:-dotnet '{Path.Combine(AppContext.BaseDirectory, "Mlds.Cli.dll")}'}} hook {hook} --state '{folder.Path}' \"$@\"\n");
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        }
    }

    /// <summary>Copies the worker's builds as the official server lays app versions out, without plan classes; returns the platforms.</summary>
    public static IReadOnlyList<string> CopyApps(OfficialFolder folder, string? builds)
    {
        if (builds is null) return [];
        var platforms = new List<string>();
        foreach (var build in Directory.EnumerateDirectories(builds).Order(StringComparer.Ordinal))
        {
            var platform = Path.GetFileName(build).Split("__")[0];
            if (platforms.Contains(platform)) continue;
            var target = folder.In("apps", App, Path.GetFileName(builds), platform);
            Directory.CreateDirectory(target);
            foreach (var file in Directory.EnumerateFiles(build))
                if (!file.EndsWith(".sig", StringComparison.Ordinal)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
            platforms.Add(platform);
        }

        return platforms;
    }

    /// <summary>One line for <c>create_work --stdin</c>.</summary>
    public static string Line(OfficialUnit unit) => $"--wu_name {unit.Name} {unit.Name}.bundle";

    static string Input(IReadOnlyList<OfficialUnit> units, int quorum, long largest) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        <input_template>
          <file_info>
            <number>0</number>
          </file_info>
          <workunit>
            <file_ref>
              <file_number>0</file_number>
              <open_name>bundle</open_name>
            </file_ref>
            <rsc_fpops_est>{units.Average(unit => unit.Flops):e6}</rsc_fpops_est>
            <rsc_fpops_bound>{units.Max(unit => WorkCost.Bound(Math.Max(unit.Flops, unit.MostFlops))):e6}</rsc_fpops_bound>
            <rsc_memory_bound>{units.Max(unit => unit.Memory) + ProgramMemory:f0}</rsc_memory_bound>
            <rsc_disk_bound>{(3.0 * largest) + 50e6:f0}</rsc_disk_bound>
            <delay_bound>259200</delay_bound>
            <min_quorum>{quorum}</min_quorum>
            <target_nresults>{quorum}</target_nresults>
            <max_error_results>5</max_error_results>
            <max_total_results>{Math.Max(10, 3 * quorum)}</max_total_results>
            <max_success_results>{Math.Max(5, 2 * quorum)}</max_success_results>
          </workunit>
        </input_template>

        """);

    static string Output(long largest) => $"""
        <output_template>
          <file_info>
            <name><OUTFILE_0/></name>
            <generated_locally/>
            <upload_when_present/>
            <max_nbytes>{largest}</max_nbytes>
            <url><UPLOAD_URL/></url>
          </file_info>
          <result>
            <file_ref>
              <file_name><OUTFILE_0/></file_name>
              <open_name>result</open_name>
            </file_ref>
          </result>
        </output_template>

        """;

    static long Former(OfficialFolder folder)
    {
        var path = folder.In("templates", $"{App}_out");
        if (!File.Exists(path)) return 0;
        var text = File.ReadAllText(path);
        var begin = text.IndexOf("<max_nbytes>", StringComparison.Ordinal) + "<max_nbytes>".Length;
        return long.TryParse(text.AsSpan(begin, text.IndexOf("</max_nbytes>", StringComparison.Ordinal) - begin), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
    }
}
