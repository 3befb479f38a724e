using Microsoft.AspNetCore.Components;

namespace Mlds.Reports.Components;

/// <summary>A whole number, with commas between thousands.</summary>
public sealed partial class Count
{
    [Parameter, EditorRequired]
    public long Value { get; set; }
}
