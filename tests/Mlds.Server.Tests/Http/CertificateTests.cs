using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Tests.Http;

/// <summary>https with a certificate that was issued by an intermediate authority, as every public one is.</summary>
public sealed class CertificateTests
{
    [Fact]
    public async Task The_whole_chain_is_sent_and_a_renewed_certificate_is_taken_without_a_restart()
    {
        await using var project = await TestProject.Create(
            new LineScience(0),
            settings: settings => settings with
            {
                MasterUrl = settings.MasterUrl.Replace("http:", "https:", StringComparison.Ordinal),
                CertificateFile = "fullchain.pem",
                CertificateKeyFile = "privkey.pem",
            },
            options: new ServeOptions { Only = ["web"] });
        using var authority = new Authority();
        Write(project, authority.Issue(out var first));
        await project.Start();

        var sent = await Sent(project, authority.Root);
        Assert.Equal([first, authority.Intermediate.SerialNumber], sent);

        // A renewal is two files, and the key may come a moment later: until then the earlier certificate is served.
        var renewed = authority.Issue(out var second);
        File.WriteAllText(project.Folder.In("fullchain.pem"), renewed.Chain);
        project.Clock.TurnAhead(TimeSpan.FromSeconds(11));
        Assert.Equal(first, (await Sent(project, authority.Root))[0]);
        File.WriteAllText(project.Folder.In("privkey.pem"), renewed.Key);
        project.Clock.TurnAhead(TimeSpan.FromSeconds(11));
        Assert.Equal([second, authority.Intermediate.SerialNumber], await Sent(project, authority.Root));
        Assert.Contains(project.Log.Lines, line => line.Contains("the certificate was read again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_is_said_before_the_server_starts()
    {
        await using var project = await TestProject.Create(
            new LineScience(0),
            settings: settings => settings with
            {
                MasterUrl = settings.MasterUrl.Replace("http:", "https:", StringComparison.Ordinal),
                CertificateFile = "/nowhere/fullchain.pem",
                CertificateKeyFile = "privkey.pem",
            });
        var refused = await Assert.ThrowsAsync<ProjectException>(project.Start);
        Assert.Contains("/nowhere/fullchain.pem", refused.Message, StringComparison.Ordinal);
    }

    static void Write(TestProject project, (string Chain, string Key) files)
    {
        File.WriteAllText(project.Folder.In("fullchain.pem"), files.Chain);
        File.WriteAllText(project.Folder.In("privkey.pem"), files.Key);
    }

    /// <summary>
    /// Serial numbers of the certificates that are sent, without the root; a client that knows only the root finds them good.
    /// </summary>
    static async Task<List<string>> Sent(TestProject project, X509Certificate2 root)
    {
        List<string> serials = [];
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, project.Folder.Settings.Master.Port, TestContext.Current.CancellationToken);
        await using var stream = new SslStream(socket.GetStream());
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
            {
                using var own = new X509Chain();
                own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                own.ChainPolicy.CustomTrustStore.Add(root);
                own.ChainPolicy.ExtraStore.AddRange(chain!.ChainPolicy.ExtraStore);
                own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
                own.ChainPolicy.DisableCertificateDownloads = true;
                var isGood = own.Build((X509Certificate2)certificate!);
                serials = [
                    .. own.ChainElements.Select(element => element.Certificate.SerialNumber).Where(serial => serial != root.SerialNumber)];
                return isGood;
            },
        };
        await stream.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
        return serials;
    }

    /// <summary>A root, and an intermediate authority that issues for 127.0.0.1.</summary>
    sealed class Authority : IDisposable
    {
        readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public Authority()
        {
            var (from, to) = (DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(40));
            Root = Request("CN=Root", _rootKey, true).CreateSelfSigned(from, to);
            using var issued = Request("CN=Intermediate", _key, true)
                .Create(Root, from.AddHours(1), to.AddHours(-1), RandomNumberGenerator.GetBytes(8));
            Intermediate = issued.CopyWithPrivateKey(_key);
        }

        public X509Certificate2 Root { get; }

        public X509Certificate2 Intermediate { get; }

        public (string Chain, string Key) Issue(out string serial)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = Request("CN=127.0.0.1", key, false);
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            using var leaf = request.Create(
                Intermediate, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30), RandomNumberGenerator.GetBytes(8));
            serial = leaf.SerialNumber;
            return ($"{leaf.ExportCertificatePem()}\n{Intermediate.ExportCertificatePem()}\n", key.ExportPkcs8PrivateKeyPem());
        }

        public void Dispose()
        {
            Root.Dispose();
            Intermediate.Dispose();
            _rootKey.Dispose();
            _key.Dispose();
        }

        static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
        {
            var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
            return request;
        }
    }
}
