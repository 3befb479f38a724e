using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Mlds.Server.Project;

/// <summary>Says what is wrong with the text of <c>project.json</c>: line, key, and what is allowed.</summary>
static class SettingsText
{
    /// <summary>Why the text can't be read, as a clause; <paramref name="form"/> is the settings' type.</summary>
    public static string Fault(JsonException exception, JsonTypeInfo form)
    {
        var names = form.Properties.Select(property => property.Name).ToList();
        var key = exception.Path is { } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..].Split('.', '[')[0] : "";
        var message = exception.Message;
        if (message.Contains("missing required", StringComparison.Ordinal)) return "name and master_url are needed";
        if (message.Contains("uplicate", StringComparison.Ordinal)) return $"the key '{Quoted(message) ?? key}' is there twice";
        if (message.Contains("could not be mapped", StringComparison.Ordinal)) return Unknown(Quoted(message) ?? key, names);
        if (key.Length == 0 && message.Contains("could not be converted", StringComparison.Ordinal))
            return "it has to be an object, in braces";
        var known = form.Properties.FirstOrDefault(property => property.Name == key);
        return known is not null && !message.Contains("invalid", StringComparison.Ordinal)
            ? $"{key} has to be {Allowed(known.PropertyType)}"
            : $"this isn't JSON, {FirstSentence(message)}";
    }

    /// <summary>The line (from 1) in which a key of the outermost object stands, or 0.</summary>
    public static int LineOf(string text, string key)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var options = new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        var reader = new Utf8JsonReader(bytes, options);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals(key))
                return 1 + bytes.AsSpan(0, (int)reader.TokenStartIndex).Count((byte)'\n');
        }

        return 0;
    }

    static string Unknown(string key, List<string> names) =>
        $"there is no key '{key}'. {NearestName.DidYouMean(key, names)}"
        + $"The keys are {string.Join(", ", names.Order(StringComparer.Ordinal))}";

    static string Allowed(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "true or false",
        TypeCode.Int32 or TypeCode.Int64 => "a whole number",
        TypeCode.Double => "a number",
        TypeCode.String => "a text in quotes",
        _ => "a list of texts in quotes, in brackets",
    };

    static string? Quoted(string message) => message.Split('\'') is [_, var name, ..] ? name : null;

    static string FirstSentence(string message)
    {
        var end = message.IndexOf(" Path:", StringComparison.Ordinal);
        if (end < 0) end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.');
    }
}
