namespace Mlds.Boinc.Tests;

/// <summary>A recorded exchange: request line, headers, body, and the reply.</summary>
sealed record Exchange(string RequestLine, string Body, string Reply)
{
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "exchanges");

    public static IEnumerable<string> Names =>
        Directory.GetFiles(Folder, "??-*.txt").Select(Path.GetFileName).Order(StringComparer.Ordinal)!;

    public static Exchange Read(string name)
    {
        var text = File.ReadAllText(Path.Combine(Folder, name)).ReplaceLineEndings("\n");
        var reply = text.IndexOf("---- reply ", StringComparison.Ordinal);
        var head = text.IndexOf("\n\n", StringComparison.Ordinal);
        var body = head < reply ? text[(head + 2)..reply] : "";
        return new(text[..text.IndexOf('\n', StringComparison.Ordinal)], body, text[(text.IndexOf('\n', reply) + 1)..]);
    }
}
