using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Http;

/// <summary>
/// The certificate for https: the first of its file, with the others there as its chain, without which clients can't trace it to a root
/// that they know. The files are read again when they have changed, so a renewed certificate is served without a restart. Thread-safe.
/// </summary>
sealed partial class Certificate
{
    static readonly TimeSpan s_age = TimeSpan.FromSeconds(10);

    readonly Lock _lock = new();
    readonly ProjectFolder _project;
    readonly TimeProvider _time;
    readonly ILogger _log;
    volatile SslStreamCertificateContext _served;
    DateTimeOffset _looked;
    string _stamp;

    /// <exception cref="ProjectException">There is none, or it can't be used.</exception>
    public Certificate(ProjectFolder project, TimeProvider time, ILogger log)
    {
        (_project, _time, _log) = (project, time, log);
        if (project.Settings.CertificateFile.Length == 0)
        {
            throw new ProjectException(
                "The project listens on https, but project.json has no certificate_file; "
                + "with a proxy in front, listen on http and set behind_proxy.");
        }

        (_looked, _stamp) = (time.GetUtcNow(), Stamp());
        _served = Read(project);
    }

    /// <summary>What to show to whoever connects now.</summary>
    public SslStreamCertificateContext Served
    {
        get
        {
            lock (_lock)
            {
                if (_time.GetUtcNow() - _looked >= s_age) Look();
                return _served;
            }
        }
    }

    /// <summary>Reads certificate, chain and key.</summary>
    /// <exception cref="ProjectException">They can't be used.</exception>
    public static SslStreamCertificateContext Read(ProjectFolder project)
    {
        var settings = project.Settings;
        try
        {
            var file = project.In(settings.CertificateFile);
            var first = X509Certificate2.CreateFromPemFile(file, project.In(settings.CertificateKeyFile));
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(file);
            return SslStreamCertificateContext.Create(first, chain, offline: true);
        }
        catch (Exception exception) when (
            exception is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new ProjectException(
                $"The certificate '{settings.CertificateFile}' with the key '{settings.CertificateKeyFile}' can't be used: "
                + $"{exception.Message}",
                exception);
        }
    }

    void Look()
    {
        _looked = _time.GetUtcNow();
        var stamp = Stamp();
        if (stamp == _stamp) return;
        try
        {
            _served = Read(_project);
            _stamp = stamp;
            LogRead(_log, _served.TargetCertificate.NotAfter.ToUniversalTime());
        }
        catch (ProjectException exception)
        {
            // Perhaps half of a renewal, and the other file comes next. The earlier certificate stays in use.
            LogTrouble(_log, exception.Message);
        }
    }

    /// <summary>Changes whenever one of the files changes, or is a link that now leads elsewhere, as certbot's do.</summary>
    string Stamp() => $"{Stamp(_project.Settings.CertificateFile)} {Stamp(_project.Settings.CertificateKeyFile)}";

    string Stamp(string name)
    {
        try
        {
            var file = new FileInfo(_project.In(name));
            var real = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return real.Exists ? FormattableString.Invariant($"{real.FullName} {real.Length} {real.LastWriteTimeUtc.Ticks}") : "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "https: the certificate was read again; it is valid until {Until:u}")]
    static partial void LogRead(ILogger log, DateTime until);

    [LoggerMessage(Level = LogLevel.Warning, Message = "https: {Trouble} The earlier one is served on")]
    static partial void LogTrouble(ILogger log, string trouble);
}
