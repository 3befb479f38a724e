using Microsoft.AspNetCore.Components;

namespace Mlds.Reports.Components;

/// <summary>A list of sentences under a few words that say what they are; nothing where there are none.</summary>
public sealed partial class Sentences
{
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<string> All { get; set; } = [];
}
