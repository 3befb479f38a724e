using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mlds.Server;

/// <summary>The certificate for https.</summary>
static class Certificate
{
    public static X509Certificate2 Read(ProjectFolder project)
    {
        var settings = project.Settings;
        if (settings.CertificateFile.Length == 0)
            throw new ProjectException("The project listens on https, but project.json has no certificate_file; with a proxy in front, listen on http and set behind_proxy.");
        try
        {
            return X509Certificate2.CreateFromPemFile(project.In(settings.CertificateFile), project.In(settings.CertificateKeyFile));
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ProjectException($"The certificate '{settings.CertificateFile}' can't be used: {exception.Message}", exception);
        }
    }
}
