using Microsoft.AspNetCore.Components;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Components;

/// <summary>A cell of a table that holds a number, or a dash where there is none.</summary>
public sealed partial class Cell
{
    [Parameter, EditorRequired]
    public double? Value { get; set; }

    /// <summary>How it is said; by default as a score.</summary>
    [Parameter]
    public Func<double, string> As { get; set; } = Words.Number;

    /// <summary>Whether it is what the row is about.</summary>
    [Parameter]
    public bool Strong { get; set; }
}
