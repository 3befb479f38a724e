using System.Data.Common;
using Mlds.Boinc.Signing;
using Mlds.Server.Database;
using Mlds.Server.Http;
using Mlds.Server.Project;
using Mlds.Server.Science;

namespace Mlds.Server.Operating;

/// <summary>What a check of a whole project has found.</summary>
/// <param name="Programs">Program files that agree with the database.</param>
/// <param name="Inputs">Input files for clients that agree with the database.</param>
/// <param name="Uploads">Files from clients that are still needed and were found.</param>
/// <param name="Networks">Networks in the zoos; the weights of each were read and hashed.</param>
/// <param name="Faults">What is missing or damaged, a clause each; empty: the project is whole.</param>
/// <param name="Remarks">What is no fault, but good to know.</param>
public sealed record ProjectCheckReport(int Programs, int Inputs, int Uploads, int Networks,
    IReadOnlyList<string> Faults, IReadOnlyList<string> Remarks);

/// <summary>
/// Checks that a project, whether a copy or one being served, has everything that it refers to: settings, keys, database, files and zoos.
/// It changes nothing.
/// </summary>
public static class ProjectCheck
{
    /// <param name="steps">The science's schema steps; see <see cref="ProjectDatabase.Open"/>.</param>
    public static ProjectCheckReport Run(ProjectFolder project, IReadOnlyList<SchemaStep> steps)
    {
        var (faults, remarks) = (new List<string>(), new List<string>());
        var key = Keys(project, faults);
        Certificates(project, faults, remarks);
        var (files, networks) = (new StoredFilesCheck(project, key, faults, remarks), 0);
        try
        {
            if (project.DatabaseFile is { } file && !File.Exists(file))
            {
                faults.Add($"the database '{file}' isn't there");
            }
            else
            {
                using var session = new Session(project.DatabaseFile is { } sqlite
                    ? new SqliteDialect(sqlite, readOnly: true)
                    : Dialect.Of(project.Settings.Database, project.Path));
                session.BeginReading();
                if (DatabaseCheck.Run(session, steps, faults, remarks))
                {
                    files.Run(session);
                    networks = ZooCheck.Run(session, project, faults);
                }
            }
        }
        catch (DbException exception)
        {
            faults.Add($"the database can't be read: {exception.Message.TrimEnd('.')}");
        }

        return new ProjectCheckReport(files.Programs, files.Inputs, files.Uploads, networks, faults, remarks);
    }

    /// <summary>The code-signing key, if nothing is wrong with the keys.</summary>
    static PublicKey? Keys(ProjectFolder project, List<string> faults)
    {
        try
        {
            var succession = KeySuccession.Read(project);
            var broken = succession.Broken();
            if (broken > 0)
            {
                faults.Add(
                    $"keys/code_sign_public.{broken}.signature doesn't sign the next key, so clients that hold this one can't follow");
            }

            var upload = PublicKey.Parse(File.ReadAllText(project.In("keys", "upload_public")));
            if (upload?.Text != project.UploadKey.Public.Text) faults.Add("keys/upload_public and upload_private aren't a pair");
            return succession.Present;
        }
        catch (Exception exception) when (exception is ProjectException or IOException or UnauthorizedAccessException)
        {
            faults.Add(exception.Message.TrimEnd('.'));
            return null;
        }
    }

    static void Certificates(ProjectFolder project, List<string> faults, List<string> remarks)
    {
        if (project.Settings.CertificateFile.Length == 0) return;
        try
        {
            var until = Certificate.Read(project).TargetCertificate.NotAfter.ToUniversalTime();
            if (until < DateTime.UtcNow) remarks.Add(FormattableString.Invariant($"the certificate ended on {until:yyyy-MM-dd}"));
        }
        catch (ProjectException exception)
        {
            faults.Add(exception.Message.TrimEnd('.'));
        }
    }
}
