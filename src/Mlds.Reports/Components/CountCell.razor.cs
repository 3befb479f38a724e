using Microsoft.AspNetCore.Components;

namespace Mlds.Reports.Components;

/// <summary>A cell of a table that holds a whole number.</summary>
public sealed partial class CountCell
{
    [Parameter, EditorRequired]
    public long Value { get; set; }

    /// <summary>Whether it is what the row is about.</summary>
    [Parameter]
    public bool Strong { get; set; }
}
