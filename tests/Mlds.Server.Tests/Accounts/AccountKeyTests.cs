using System.Security.Cryptography;
using System.Text;
using Mlds.Server.Accounts;

namespace Mlds.Server.Tests.Accounts;

/// <summary>Account keys sealed with passwords, now and by earlier versions.</summary>
public sealed class AccountKeyTests
{
    [Fact]
    public void A_key_is_opened_by_its_password_alone_with_whatever_count_it_was_sealed()
    {
        var key = AccountKey.Create();
        foreach (var sealedKey in new[] { AccountKey.Seal(key, "right"), AccountKey.Seal(key, "right", 1000), First(key, "right") })
        {
            Assert.Equal(key, AccountKey.Open(sealedKey, "right"));
            Assert.Null(AccountKey.Open(sealedKey, "wrong"));
        }

        Assert.Null(AccountKey.Open([], "right")); // no account, or one that was deleted
        var other = AccountKey.Seal(key, "right");
        other[4] ^= 1; // another count
        Assert.Null(AccountKey.Open(other, "right"));
        other[1] = 0x7f; // one that would take practically for ever
        Assert.Null(AccountKey.Open(other, "right"));
    }

    [Fact]
    public void Only_what_was_sealed_with_a_lower_count_is_old()
    {
        var key = AccountKey.Create();
        Assert.True(AccountKey.IsOld(First(key, "right")));
        Assert.True(AccountKey.IsOld(AccountKey.Seal(key, "right", 1000)));
        Assert.False(AccountKey.IsOld(AccountKey.Seal(key, "right")));
        Assert.False(AccountKey.IsOld([]));
    }

    [Fact]
    public async Task An_old_seal_is_replaced_at_the_next_right_password_and_not_at_a_wrong_one()
    {
        await using var project = await TestProject.Create(new LineScience(0), app: false);
        await project.Start();
        using var ada = await Caller.Register(project, "ada");
        var old = First(ada.Key, Caller.Md5("secretada@example.org"));
        await project.Database.Write(session => session.Execute("UPDATE account SET sealed_key = $1", old));
        byte[] Stored() => project.Database.Read(session => session.Bytes("SELECT sealed_key FROM account"))!;

        Task<string> LookUp(string password) =>
            ada.Http.GetStringAsync(
                $"lookup_account.php?email_addr=ada%40example.org&passwd_hash={Caller.Md5(password + "ada@example.org")}",
                TestContext.Current.CancellationToken);
        Assert.Contains("-206", await LookUp("wrong"), StringComparison.Ordinal);
        Assert.Equal(old, Stored());
        Assert.Contains(ada.Key, await LookUp("secret"), StringComparison.Ordinal);
        await TestProject.Until(() => !AccountKey.IsOld(Stored()), "it is sealed anew");
        Assert.Contains(ada.Key, await LookUp("secret"), StringComparison.Ordinal);
    }

    /// <summary>As the first version of this program sealed keys: salt, nonce, tag, text, with 100,000 iterations.</summary>
    static byte[] First(string key, string passwordHash)
    {
        var (salt, nonce, tag, text) = (RandomNumberGenerator.GetBytes(16), RandomNumberGenerator.GetBytes(12), new byte[16], new byte[32]);
        using var cipher = new AesGcm(Rfc2898DeriveBytes.Pbkdf2(passwordHash, salt, 100_000, HashAlgorithmName.SHA256, 32), 16);
        cipher.Encrypt(nonce, Encoding.ASCII.GetBytes(key), text, tag);
        return [.. salt, .. nonce, .. tag, .. text];
    }
}
