using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Mlds.Boinc.Tags;
using Mlds.Server.Http;

namespace Mlds.Server.Accounts;

/// <summary>What an account call brings, from the query or a form.</summary>
sealed record AccountForm(string Email, string PasswordHash, string Name, string Team)
{
    const int MaxBytes = 16 * 1024;

    public static async Task<AccountForm?> Read(HttpContext context)
    {
        var values = await Values(context);
        return values is null ? null : new(
            Field(values, "email_addr").Trim().ToLowerInvariant(), Field(values, "passwd_hash").ToLowerInvariant(),
            Field(values, "user_name").Trim(), Field(values, "team_name").Trim());
    }

    static async Task<Dictionary<string, string>?> Values(HttpContext context)
    {
        var values = UrlEncoded.Read(context.Request.QueryString.Value);
        if (context.Request.Method != "POST") return values;
        try
        {
            var text = await Body.ReadText(context, MaxBytes);
            foreach (var (name, value) in UrlEncoded.Read(text)) values[name] = value;
            return values;
        }
        catch (BadHttpRequestException)
        {
            return null;
        }
    }

    static string Field(Dictionary<string, string> values, string name) => values.GetValueOrDefault(name, "");

    public static bool IsEmail(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return text.Length is > 3 and <= 254 && at > 0 && at == text.LastIndexOf('@') && text.IndexOf('.', at) > at + 1 && !text.EndsWith(
            '.')
            && text.All(letter => letter is > ' ' and < (char)127 and not ('<' or '>' or '"' or '\\'));
    }

    public static bool IsPasswordHash(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigit);

    /// <summary>A person's or team's name. Names are escaped wherever they are shown, and still none may look like a tag.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= 63 && PlainText.IsPlain(text) && !text.Any(letter => letter is '<' or '>');

    /// <summary>What clients send instead of a password.</summary>
    public static string HashPassword(string password, string email) =>
        Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(password + email.ToLowerInvariant())));
}
