using Mlds.Bundles;

namespace Mlds.Server.Science.Official;

/// <summary>
/// The templates that an official server makes units and results from. They hold for every population and never change, since results are
/// made
/// from the template as it is on that day; what differs between units stands on create_work's line.
/// </summary>
public static class OfficialTemplates
{
    /// <summary>The app's name there.</summary>
    public const string App = "mlds";

    /// <summary>
    /// Relative to the project's folder. Not <c>mlds_in</c>, which earlier versions wrote and units of theirs still name.
    /// </summary>
    public const string Input = "templates/mlds_unit_in";

    /// <inheritdoc cref="Input"/>
    public const string Output = "templates/mlds_unit_out";

    /// <summary>Bytes of a result, whatever its unit: a checkpoint that goes back out in a bundle has to fit into one.</summary>
    public const long MostResultBytes = Bundle.MostBytes;

    internal static string InputText { get; } = $"""
        <input_template>
          <file_info>
            <number>0</number>
          </file_info>
          <workunit>
            <file_ref>
              <file_number>0</file_number>
              <open_name>{UnitNeeds.Input}</open_name>
            </file_ref>
            <delay_bound>259200</delay_bound>
            <max_error_results>5</max_error_results>
          </workunit>
        </input_template>

        """;

    internal static string OutputText { get; } = $"""
        <output_template>
          <file_info>
            <name><OUTFILE_0/></name>
            <generated_locally/>
            <upload_when_present/>
            <max_nbytes>{MostResultBytes}</max_nbytes>
            <url><UPLOAD_URL/></url>
          </file_info>
          <result>
            <file_ref>
              <file_name><OUTFILE_0/></file_name>
              <open_name>{UnitNeeds.Output}</open_name>
            </file_ref>
          </result>
        </output_template>

        """;

    /// <summary>
    /// What a processor must have for a class of the worker's builds. Macs list <c>fma</c> and never <c>avx2</c>, which those have all
    /// the same.
    /// </summary>
    internal static string PlanClassText { get; } = $"""
        <plan_classes>
        {PlanClass("fma", 8, "fma", "avx2")}
        {PlanClass("fma_mac", 8, "fma")}
        {PlanClass("fma_native", 8.1, "fma", "avx2")}
        {PlanClass("avx512", 16, "fma", "avx512f", "avx512bw", "avx512dq", "avx512vl")}
        </plan_classes>

        """;

    /// <summary>The names of the plan classes.</summary>
    internal static IReadOnlyList<string> PlanClasses { get; } = ["fma", "fma_mac", "fma_native", "avx512"];

    /// <param name="speed">How many times as fast as the client's benchmark its program is thought to be until results say it.</param>
    static string PlanClass(string name, double speed, params ReadOnlySpan<string> features) => FormattableString.Invariant(
        $"""
          <plan_class>
            <name>{name}</name>
            {string.Concat(features.ToArray().Select(feature => $"<cpu_feature>{feature}</cpu_feature>"))}
            <projected_flops_scale>{speed}</projected_flops_scale>
          </plan_class>
        """);
}
