using Microsoft.AspNetCore.Components;

namespace Mlds.Reports.Components;

/// <summary>What a reader opens if it is of interest.</summary>
public sealed partial class Folded
{
    [Parameter, EditorRequired]
    public string Summary { get; set; } = "";

    [Parameter, EditorRequired]
    public RenderFragment ChildContent { get; set; } = null!;
}
