using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Networks;

namespace Mlds.Zoos.Releases;

/// <summary>
/// <c>croissant.json</c>: the release in the words of Croissant 1.1 (https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html), so
/// that data-set searches and loaders understand it. Files are named relative to it.
/// </summary>
static class Croissant
{
    public const string FileName = "croissant.json";

    const string Table = "networks";
    const string Layout = "layout";
    const string BySeed = "split_by_seed";
    const string ByMachine = "split_by_machine";
    const string SplitNames = "split_names";

    /// <summary>Terms of Croissant's own vocabulary that may be written without its prefix, besides those with a type.</summary>
    static readonly string[] s_terms =
    [
        "annotation", "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "excludes", "extract", "field",
        "fileProperty", "fileObject", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5", "parentField",
        "readLines", "recordSet", "references", "regex", "sdVersion", "separator", "source", "subField", "transform", "unArchive", "value",
    ];

    public static JsonObject Of(ReleaseSource source, IReadOnlyList<ReleasedFile> files) => new()
    {
        ["@context"] = Context(),
        ["@type"] = "sc:Dataset",
        ["conformsTo"] = "http://mlcommons.org/croissant/1.1",
        ["name"] = $"mlds-{source.Name}",
        ["description"] = $"{Datasheet.Summary(source)} {source.Description}".TrimEnd(),
        ["license"] = source.Licence.Url,
        ["url"] = source.Options.Publication.Url,
        ["creator"] = new JsonObject { ["@type"] = "sc:Organization", ["name"] = "The MLDS authors" },
        ["datePublished"] = source.Options.Publication.Day,
        ["version"] = source.Options.Publication.Version,
        ["keywords"] = new JsonArray("weight-space learning", "model zoo", $"{source.Layout.Spec.Kind} neural networks", "reproducibility"),
        ["inLanguage"] = "en",
        ["isLiveDataset"] = false,
        ["citeAs"] = Datasheet.BibTeX,
        ["distribution"] = new JsonArray([.. files.Select(File)]),
        ["recordSet"] = new JsonArray(Names(), Networks(source), LayoutSet(source.Layout), Seeds(), Machines(source)),
    };

    static JsonObject Context()
    {
        var context = new JsonObject
        {
            ["@language"] = "en",
            ["@vocab"] = "https://schema.org/",
            ["sc"] = "https://schema.org/",
            ["cr"] = "http://mlcommons.org/croissant/",
            ["rai"] = "http://mlcommons.org/croissant/RAI/",
            ["dct"] = "http://purl.org/dc/terms/",
            ["conformsTo"] = "dct:conformsTo",
            ["data"] = new JsonObject { ["@id"] = "cr:data", ["@type"] = "@json" },
            ["dataType"] = new JsonObject { ["@id"] = "cr:dataType", ["@type"] = "@vocab" },
            ["examples"] = new JsonObject { ["@id"] = "cr:examples", ["@type"] = "@json" },
        };
        foreach (var term in s_terms) context[term] = $"cr:{term}";
        return context;
    }

    static JsonNode File(ReleasedFile file) => new JsonObject
    {
        ["@type"] = "cr:FileObject",
        ["@id"] = file.Name,
        ["name"] = file.Name,
        ["contentUrl"] = file.Name,
        ["contentSize"] = string.Create(CultureInfo.InvariantCulture, $"{file.Bytes} B"),
        ["encodingFormat"] = EncodingFormat(file.Name),
        ["sha256"] = file.Sha256,
    };

    static string EncodingFormat(string name) => Path.GetExtension(name) switch
    {
        ".csv" => "text/csv",
        ".json" => "application/json",
        ".py" => "text/x-python",
        ".md" => "text/markdown",
        ".parquet" => "application/x-parquet",
        ".h5" => "application/x-hdf5",
        ".npz" => "application/zip",
        ".npy" => "https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html",
        ".safetensors" => "https://huggingface.co/docs/safetensors",
        _ => "text/plain",
    };

    /// <summary>The three sides of a split, in the form that readers look for.</summary>
    static JsonObject Names() => new()
    {
        ["@type"] = "cr:RecordSet",
        ["@id"] = SplitNames,
        ["name"] = SplitNames,
        ["description"] = "The sides of the splits.",
        ["dataType"] = "cr:Split",
        ["key"] = new JsonObject { ["@id"] = $"{SplitNames}/name" },
        ["field"] = new JsonArray(new JsonObject
        {
            ["@type"] = "cr:Field",
            ["@id"] = $"{SplitNames}/name",
            ["name"] = "name",
            ["description"] = "Name of the side.",
            ["dataType"] = "sc:Text",
        }),
        ["data"] = new JsonArray([.. new[] { Splits.Train, Splits.Validation, Splits.Test }
            .Select(side => (JsonNode)new JsonObject { [$"{SplitNames}/name"] = side })]),
    };

    static JsonObject Networks(ReleaseSource source) => RecordSet(
        Table,
        source.Options.RecipesOnly ? "One record a network." : "One record a network; record i belongs to row i of the weights.",
        "row",
        NetworksTable.Columns(source).Select(column =>
        {
            var field = Field(Table, NetworksTable.FileName, column.Name, column.Meaning, column.Type);
            if (column.Name == "split") field["references"] = new JsonObject { ["@id"] = $"{SplitNames}/name" };
            return field;
        }));

    static JsonObject LayoutSet(WeightLayout layout) => RecordSet(
        Layout,
        "Which columns of the weights make which tensor.",
        "tensor",
        ReleaseLayout.Columns(layout).Select(column => Field(Layout, ReleaseLayout.FileName, column.Name, column.Meaning, column.Type)));

    static JsonObject Seeds() => RecordSet(
        BySeed,
        "The side of every seed; twins have one seed, so they are on one side.",
        "seed",
        [
            Field(BySeed, Splits.BySeedFile, "seed", "The networks' seed.", typeof(long)),
            Field(BySeed, Splits.BySeedFile, "split", "train, validation or test.", typeof(string)),
        ]);

    static JsonObject Machines(ReleaseSource source)
    {
        var set = RecordSet(
            ByMachine,
            $"Leave one out: for each of {source.Machines.Count} machines left out, the side of every machine.",
            "left_out",
            [
                Field(ByMachine, Splits.ByMachineFile, "left_out", "The machine left out.", typeof(string)),
                Field(ByMachine, Splits.ByMachineFile, "machine", "The machine whose side is told.", typeof(string)),
                Field(ByMachine, Splits.ByMachineFile, "split", "test for the machine left out, train for the others.", typeof(string)),
            ]);
        set["key"] = new JsonArray(
            new JsonObject { ["@id"] = $"{ByMachine}/left_out" }, new JsonObject { ["@id"] = $"{ByMachine}/machine" });
        return set;
    }

    static JsonObject RecordSet(string id, string description, string key, IEnumerable<JsonObject> fields) => new()
    {
        ["@type"] = "cr:RecordSet",
        ["@id"] = id,
        ["name"] = id,
        ["description"] = description,
        ["key"] = new JsonObject { ["@id"] = $"{id}/{key}" },
        ["field"] = new JsonArray([.. fields]),
    };

    static JsonObject Field(string set, string file, string column, string meaning, Type type)
    {
        var field = new JsonObject
        {
            ["@type"] = "cr:Field",
            ["@id"] = $"{set}/{column}",
            ["name"] = column,
            ["description"] = meaning.Replace("`", "", StringComparison.Ordinal),
            ["dataType"] = DataType(type.IsArray ? type.GetElementType()! : type),
            ["source"] =
                new JsonObject { ["fileObject"] = new JsonObject { ["@id"] = file }, ["extract"] = new JsonObject { ["column"] = column } },
        };
        if (!type.IsArray) return field;
        field["isArray"] = true;
        field["arrayShape"] = "-1";
        return field;
    }

    static string DataType(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "sc:Boolean",
        TypeCode.String => "sc:Text",
        TypeCode.Single or TypeCode.Double => "sc:Float",
        _ => "sc:Integer",
    };
}
