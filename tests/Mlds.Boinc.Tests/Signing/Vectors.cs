namespace Mlds.Boinc.Tests.Signing;

/// <summary>The test vectors: keys and signatures in BOINC's own format, made by its own signing tool.</summary>
static class Vectors
{
    static readonly Dictionary<string, string> s_sections = File.ReadAllText(Path.Combine(Exchange.Folder, "signing-vectors.txt"))
        .Split("## ")[1..]
        .ToDictionary(
            section => section[..section.IndexOf('\n', StringComparison.Ordinal)],
            section => section[(section.IndexOf('\n', StringComparison.Ordinal) + 1)..]);

    public static string PrivateA => Section("key pair A, private");
    public static string PublicA => Section("key pair A, public");
    public static string SignatureA => Section("file signed with A");
    public static string PrivateB => Section("key pair B, private");
    public static string PublicB => Section("key pair B, public");
    public static string SignatureB => Section("string signed with B");

    public static byte[] FileSignedWithA => "net_0_0_r1_0 test vector\nsecond line"u8.ToArray();

    static string Section(string start) =>
        s_sections.Single(section => section.Key.StartsWith(start, StringComparison.Ordinal)).Value.Trim() + "\n";
}
