using Microsoft.AspNetCore.Components;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Components;

/// <summary>
/// A number as a reader sees it, with its full value for programs and tests: <c>&lt;data value="0.98765"&gt;0.988&lt;/data&gt;</c>.
/// </summary>
public sealed partial class Number
{
    [Parameter, EditorRequired]
    public double Value { get; set; }

    /// <summary>How it is said; by default as a score, to three decimals (<see cref="Words.Number"/>).</summary>
    [Parameter]
    public Func<double, string> As { get; set; } = Words.Number;
}
