using System.Globalization;
using Mlds.Boinc.Signing;
using Mlds.Server.Database;

namespace Mlds.Server.Project;

/// <summary>
/// The present code-signing key and those before it. Clients take a new key only with a signature by the one they hold; a client that was
/// away for several changes is led from key to key, one per call. In <c>keys/</c>: <c>code_sign_public</c>, and for each former key
/// <c>code_sign_public.N</c> with <c>code_sign_public.N.signature</c>, its signature over the next one.
/// </summary>
public sealed class KeySuccession
{
    readonly List<(PublicKey Key, string Signature)> _former = [];

    KeySuccession(PublicKey present) => Present = present;

    public PublicKey Present { get; }

    public static KeySuccession Read(ProjectFolder project)
    {
        var succession = new KeySuccession(project.CodeSigningKey);
        for (var number = 1; File.Exists(Former(project, number)); number++)
        {
            var key = PublicKey.Parse(File.ReadAllText(Former(project, number)))
                ?? throw new ProjectException($"'{Former(project, number)}' is no key in BOINC's format.");
            succession._former.Add((key, File.ReadAllText(Former(project, number) + ".signature")));
        }

        return succession;
    }

    /// <summary>
    /// What to send to a client that holds <paramref name="held"/>: nothing when it is the present key; else the next key, with its
    /// signature unless the client holds no key.
    /// </summary>
    /// <returns>False when the key isn't the project's: such a client has to attach anew.</returns>
    public bool Next(string held, out string? key, out string? signature)
    {
        (key, signature) = (null, null);
        if (held.Length == 0)
        {
            key = Present.Text;
            return true;
        }

        if (IsPresent(held)) return true;
        var text = Normal(held);
        var index = _former.FindIndex(former => former.Key.Text == text);
        if (index < 0) return false;
        key = index + 1 < _former.Count ? _former[index + 1].Key.Text : Present.Text;
        signature = _former[index].Signature;
        return true;
    }

    /// <summary>
    /// Whether a client that held one key and is sent another then has the present one: with any other it takes no program.
    /// </summary>
    public bool IsPresent(string held, string? sent) => sent is not null ? sent == Present.Text : IsPresent(held);

    /// <summary>The number of the first former key whose signature of the next one is wrong; 0: there is none.</summary>
    public int Broken()
    {
        for (var i = 0; i < _former.Count; i++)
        {
            var next = i + 1 < _former.Count ? _former[i + 1].Key : Present;
            if (!CodeSigning.Verify(_former[i].Key, System.Text.Encoding.ASCII.GetBytes(next.Text.Trim()), _former[i].Signature))
                return i + 1;
        }

        return 0;
    }

    /// <summary>
    /// Makes <paramref name="next"/> the project's key from now on; <paramref name="signature"/> is its signature by the present key.
    /// </summary>
    public static void Append(ProjectFolder project, PublicKey next, string signature)
    {
        var present = project.CodeSigningKey;
        if (!CodeSigning.Verify(present, System.Text.Encoding.ASCII.GetBytes(next.Text.Trim()), signature))
        {
            throw new ProjectException(
                "The new key isn't signed with the present one; make the signature with `mlds project sign --new-key`.");
        }

        var number = 1;
        // A change that broke off before its last step has left a file with the present key's number: that number is used again.
        while (File.Exists(Former(project, number)) && Normal(File.ReadAllText(Former(project, number))) != present.Text) number++;
        OwnerOnly.Write(Former(project, number) + ".signature", signature);
        OwnerOnly.Write(Former(project, number), present.Text);
        OwnerOnly.Write(project.In("keys", "code_sign_public"), next.Text);
    }

    static string Former(ProjectFolder project, int number) =>
        project.In("keys", "code_sign_public." + number.ToString(CultureInfo.InvariantCulture));

    /// <summary>The key as we write it, so that clients' white space doesn't matter.</summary>
    static string Normal(string text) => PublicKey.Parse(text)?.Text ?? "";

    /// <summary>Whether it is the present key: clients return it as they were sent it, so comparing texts is nearly always
    /// enough.</summary>
    bool IsPresent(string held) => held.AsSpan().Trim().SequenceEqual(Present.Text.AsSpan().Trim()) || Normal(held) == Present.Text;
}
