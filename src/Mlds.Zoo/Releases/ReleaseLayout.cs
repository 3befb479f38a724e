using System.Globalization;
using System.Text;
using Mlds.Networks;

namespace Mlds.Zoos.Releases;

/// <summary>A column of layout.csv.</summary>
/// <param name="Type">string or int.</param>
/// <param name="Value">What it has of a tensor.</param>
sealed record LayoutColumn(string Name, string Meaning, Type Type, Func<WeightTensor, object> Value);

/// <summary><c>layout.csv</c>: where each tensor lies in a row of weights, and what it is (docs/formats/release.md).</summary>
/// <remarks>
/// Version 1 has names, rows and columns; gates and roles must be known, as they are for the one kind of network that there was then. It
/// is still written for that network, byte for byte. Version 2 says all there is to know, in any number of dimensions.
/// </remarks>
static class ReleaseLayout
{
    public const string FileName = "layout.csv";

    static readonly LayoutColumn s_tensor = new("tensor", "PyTorch's name of the tensor.", typeof(string), tensor => tensor.Name);
    static readonly LayoutColumn s_offset = new("offset", "Its first column in a row of weights.", typeof(int), tensor => tensor.Offset);

    static readonly LayoutColumn[] s_version1 =
    [
        s_tensor,
        new("rows", "Its rows.", typeof(int), tensor => tensor.Rows),
        new("columns", "Its columns; 1 for a bias.", typeof(int), tensor => tensor.Columns),
        s_offset,
        new("length", "Its number of columns there: rows times columns, row by row.", typeof(int), tensor => tensor.Length),
    ];

    static readonly LayoutColumn[] s_version2 =
    [
        s_tensor,
        new("module", "PyTorch's name of the module that it belongs to.", typeof(string), tensor => tensor.Module),
        new("layer", "The number of its layer in the module, from 0.", typeof(int), tensor => tensor.Layer),
        new(
            "role", "What it does there: weight, bias, recurrent_weight or recurrent_bias.",
            typeof(string), tensor => RoleName(tensor.Role)),
        new("blocks", "Names of the equal blocks of its rows, with blanks between; empty where it is one.", typeof(string), Blocks),
        new("shape", "Its sizes, outermost first, with x between.", typeof(string), Shape),
        s_offset,
        new("length", "Its number of columns there: the product of its sizes, in C order.", typeof(int), tensor => tensor.Length),
    ];

    /// <summary>The version of the file, and so of the release: 2 for every network whose recipe says its form.</summary>
    public static int Version(WeightLayout layout) => layout.Spec.Form is null ? 1 : 2;

    /// <summary>The columns, in order.</summary>
    public static IReadOnlyList<LayoutColumn> Columns(WeightLayout layout) => Version(layout) == 1 ? s_version1 : s_version2;

    /// <summary>The whole file.</summary>
    public static string Text(WeightLayout layout)
    {
        var columns = Columns(layout);
        var text = new StringBuilder().AppendJoin(',', columns.Select(column => column.Name)).Append('\n');
        foreach (var tensor in layout.Tensors)
        {
            text.AppendJoin(',', columns.Select(column => string.Create(CultureInfo.InvariantCulture, $"{column.Value(tensor)}")))
                .Append('\n');
        }

        return text.ToString();
    }

    static string RoleName(TensorRole role) => role switch
    {
        TensorRole.Weight => "weight",
        TensorRole.Bias => "bias",
        TensorRole.RecurrentWeight => "recurrent_weight",
        TensorRole.RecurrentBias => "recurrent_bias",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "A role without a name in layout.csv."),
    };

    static string Blocks(WeightTensor tensor) => string.Join(' ', tensor.Blocks);

    static string Shape(WeightTensor tensor) =>
        string.Join('x', tensor.Shape.Select(size => size.ToString(CultureInfo.InvariantCulture)));
}
