using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Tests.Releases;

/// <summary>
/// croissant.json by the rules of Croissant 1.1 (https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html): required properties,
/// types, ids, references, checksums. Its validator, mlcroissant, is no package of Debian's, so its rules are checked here.
/// </summary>
public sealed class CroissantTests : IDisposable
{
    readonly ExampleZoo _zoo = ExampleZoo.Drawn();
    readonly JsonObject _croissant;

    public CroissantTests()
    {
        _zoo.Write("r", new ReleaseOptions([1, 4], ["npy", "h5", "safetensors"]) { TrainingData = true });
        _croissant = JsonNode.Parse(File.ReadAllText(Path.Combine(_zoo["r"], "croissant.json")))!.AsObject();
    }

    public void Dispose() => _zoo.Dispose();

    IEnumerable<JsonObject> Files => _croissant["distribution"]!.AsArray().Select(node => node!.AsObject());

    IEnumerable<JsonObject> RecordSets => _croissant["recordSet"]!.AsArray().Select(node => node!.AsObject());

    static IEnumerable<JsonObject> Fields(JsonObject set) => set["field"]!.AsArray().Select(node => node!.AsObject());

    static string Id(JsonNode node) => (string)node["@id"]!;

    [Fact]
    public void The_required_properties_are_there_and_name_what_they_must()
    {
        foreach (var name in new[]
        {
            "@context", "@type", "conformsTo", "name", "description", "license", "url", "creator", "datePublished", "distribution",
        })
        {
            Assert.True(_croissant.ContainsKey(name), name);
        }

        Assert.Equal(
            ("sc:Dataset", "http://mlcommons.org/croissant/1.1"), ((string?)_croissant["@type"], (string?)_croissant["conformsTo"]));
        Assert.Equal("https://creativecommons.org/licenses/by-sa/4.0/", (string?)_croissant["license"]);
        Assert.True(DateOnly.TryParseExact((string?)_croissant["datePublished"], "yyyy-MM-dd", out _));
        Assert.Matches(@"^\d+\.\d+\.\d+$", (string?)_croissant["version"]);
        Assert.Equal("sc:Organization", (string?)_croissant["creator"]!["@type"]);
        Assert.StartsWith("@misc{", (string?)_croissant["citeAs"]);
        Assert.Matches("^[A-Za-z0-9_.-]+$", (string?)_croissant["name"]);
    }

    [Fact]
    public void Every_term_has_a_meaning_in_the_context()
    {
        var context = _croissant["@context"]!.AsObject();
        Assert.Equal(("https://schema.org/", "http://mlcommons.org/croissant/"), ((string?)context["@vocab"], (string?)context["cr"]));
        // Schema.org's own, which @vocab covers.
        var schema = new HashSet<string>
        {
            "name", "description", "license", "url", "creator", "datePublished", "version", "keywords",
            "inLanguage", "distribution", "contentUrl", "contentSize", "encodingFormat", "sha256",
        };
        Assert.All(
            Names(_croissant).Distinct(),
            name => Assert.True(name.StartsWith('@') || schema.Contains(name) || context.ContainsKey(name), name));

        // Embedded records are JSON, not linked data.
        static IEnumerable<string> Names(JsonNode? node) => node switch
        {
            JsonObject fields => fields.Where(field => field.Key != "@context")
                .SelectMany(field => field.Key == "data" ? [field.Key] : Names(field.Value).Prepend(field.Key)),
            JsonArray items => items.SelectMany(Names),
            _ => [],
        };
    }

    [Fact]
    public void Every_file_is_there_with_its_size_and_checksum_and_none_is_forgotten()
    {
        foreach (var file in Files)
        {
            Assert.Equal("cr:FileObject", (string?)file["@type"]);
            var bytes = File.ReadAllBytes(Path.Combine(_zoo["r"], (string)file["contentUrl"]!));
            Assert.Equal(
                (Convert.ToHexStringLower(SHA256.HashData(bytes)), $"{bytes.Length} B"),
                ((string?)file["sha256"], (string?)file["contentSize"]));
            Assert.Matches("^([a-z]+/[a-z0-9.+-]+|https://.+)$", (string?)file["encodingFormat"]);
        }

        var there = Directory.GetFiles(_zoo["r"], "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_zoo["r"], path));
        Assert.Equal(there.Except(["croissant.json", "SHA256SUMS"]).Order(), Files.Select(Id).Order());
    }

    [Fact]
    public void Ids_are_unique_and_every_reference_leads_to_one()
    {
        var ids = Files.Concat(RecordSets).Concat(RecordSets.SelectMany(Fields)).Select(Id).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        foreach (var set in RecordSets)
        {
            Assert.Equal("cr:RecordSet", (string?)set["@type"]);
            foreach (var key in set["key"] is JsonArray keys ? keys.Select(key => key!) : [set["key"]!])
                Assert.Contains(Fields(set), field => Id(field) == Id(key));
            foreach (var field in Fields(set))
            {
                Assert.Equal("cr:Field", (string?)field["@type"]);
                Assert.StartsWith($"{Id(set)}/", Id(field));
                Assert.Contains((string?)field["dataType"], new[] { "sc:Text", "sc:Integer", "sc:Float" });
                if (field["references"] is { } reference) Assert.Contains(Id(reference), ids);
                if (field["source"] is { } source) Assert.Contains(Files, file => Id(file) == Id(source["fileObject"]!));
            }
        }
    }

    [Fact]
    public void Record_sets_have_every_column_of_their_files_with_its_type()
    {
        var types = new Dictionary<string, string>
        {
            ["VARCHAR"] = "sc:Text",
            ["INTEGER"] = "sc:Integer",
            ["BIGINT"] = "sc:Integer",
            ["FLOAT"] = "sc:Float",
            ["DOUBLE"] = "sc:Float",
        };
        foreach (var set in RecordSets.Where(set => set["data"] is null))
        {
            var file = Fields(set).Select(field => Id(field["source"]!["fileObject"]!)).Distinct().Single();
            var columns = OtherPrograms.DuckDb(_zoo["r"], $"DESCRIBE SELECT * FROM '{file}'")
                .Select(row => ((string)row[0], (string)row[1]));
            Assert.Equal(
                columns.Select(
                    column => (column.Item1, types[column.Item2.TrimEnd('[', ']')], column.Item2.EndsWith("[]", StringComparison.Ordinal))),
                Fields(set).Select(field =>
                    ((string)field["source"]!["extract"]!["column"]!, (string)field["dataType"]!, (bool?)field["isArray"] ?? false)));
        }
    }
}
