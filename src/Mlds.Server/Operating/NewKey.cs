using Mlds.Boinc.Signing;
using Mlds.Server.Database;

namespace Mlds.Server.Operating;

/// <summary>
/// The next code-signing key, made where the present one is kept: the pair, and the present key's signature of its public half.
/// </summary>
public static class NewKey
{
    public static void Create(string folder, PrivateKey present)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new ProjectException($"The folder '{folder}' isn't empty; a new key needs one of its own.");
        OwnerOnly.CreateFolder(folder);
        var next = PrivateKey.Create();
        OwnerOnly.WriteNew(Path.Combine(folder, "code_sign_private"), next.Text);
        File.WriteAllText(Path.Combine(folder, "code_sign_public"), next.Public.Text);
        File.WriteAllText(Path.Combine(folder, "signature"), present.SignSuccessor(next.Public));
    }

    public static (PublicKey Key, string Signature) Read(string folder)
    {
        foreach (var name in new[] { "code_sign_public", "signature" })
        {
            if (!File.Exists(Path.Combine(folder, name)))
                throw new ProjectException($"'{folder}' has no {name}; `mlds project sign --new-key {folder}` makes it.");
        }

        var key = PublicKey.Parse(File.ReadAllText(Path.Combine(folder, "code_sign_public")))
            ?? throw new ProjectException($"'{folder}/code_sign_public' is no key in BOINC's format.");
        return (key, File.ReadAllText(Path.Combine(folder, "signature")));
    }
}
