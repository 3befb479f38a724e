using System.Globalization;
using System.Xml.Linq;
using Mlds.Boinc.Signing;
using Mlds.Boinc.Tests.Signing;
using Mlds.Server.Accounts;
using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Tests;

/// <summary>
/// Every recorded scheduler call of a real client is made again, with the server in the state that the recording says it was in, and is
/// answered with the same: the same tasks, acknowledgements, aborts, host id, key; texts and times are each server's own.
/// </summary>
public abstract class ExchangeTests<TDatabase>(PostgresServer postgres) : OnBothDatabases<TDatabase>(postgres)
    where TDatabase : ITestDatabase
{
    static readonly string s_key = new('a', 32);

    /// <summary>Elements that say the same thing in another way, or that we have no use for.</summary>
    static readonly string[] s_different =
    [
        "message", "trickle_down", "next_rpc_delay", // our texts; trickles down are never sent
        "app", "app_version", "file_info", "workunit", "result", // compared by name below
    ];

    public static TheoryData<string> SchedulerCalls => [.. Exchange.Names.Where(name => Exchange.Read(name).Body
        .Contains("<scheduler_request>", StringComparison.Ordinal) && !name.StartsWith("15", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(SchedulerCalls))]
    public async Task A_recorded_call_gets_an_equivalent_answer(string name)
    {
        var exchange = Exchange.Read(name);
        var (request, expected) = (Parse(exchange.Body), Parse(exchange.Reply));
        await using var project = await Begin(new LineScience(0), start: false, options: new() { Only = ["web"] });
        UseRecordedKeys(project, expected);
        if (expected.Element("project_is_down") is not null) Maintenance.Begin(project.Folder, "down");
        await project.Start();
        await Prepare(project, request, expected);
        using var caller = new Caller(project, s_key);
        var ours = await caller.Send(exchange.Body.Replace(
            "ACCOUNT_KEY", name.StartsWith("19", StringComparison.Ordinal) ? "wrong" : s_key, StringComparison.Ordinal));
        AssertEquivalent(expected, ours);
    }

    /// <summary>
    /// The recorded server once sent a key that the old one hadn't signed, to see it refused. Ours can't: it doesn't accept a new key
    /// without that signature.
    /// </summary>
    [Fact]
    public async Task A_new_key_that_the_old_one_has_not_signed_is_never_sent()
    {
        await using var project = await Begin(new LineScience(0), start: false);
        var exchange = Exchange.Read("15-key-change-refused.txt");
        UseRecordedKeys(project, new XElement("scheduler_reply"));
        var next = PublicKey.Parse(Parse(exchange.Reply).Element("code_sign_key")!.Value)!;
        Assert.Throws<ProjectException>(() => KeySuccession.Append(project.Folder, next, Vectors.SignatureB));
        await project.Start();
        await Prepare(project, Parse(exchange.Body), new XElement("scheduler_reply"));
        using var caller = new Caller(project, s_key);
        Assert.Null((await caller.Send(exchange.Body.Replace("ACCOUNT_KEY", s_key, StringComparison.Ordinal))).Element("code_sign_key"));
    }

    static void UseRecordedKeys(TestProject project, XElement expected)
    {
        var file = project.Folder.In("keys", "code_sign_public");
        File.WriteAllText(file, Vectors.PublicA);
        if (expected.Element("code_sign_key_signature") is { } signature)
            KeySuccession.Append(project.Folder, PublicKey.Parse(expected.Element("code_sign_key")!.Value)!, signature.Value);
    }

    /// <summary>Brings the database into the state of the recording: account, host, and the tasks that occur in it.</summary>
    static async Task Prepare(TestProject project, XElement request, XElement expected)
    {
        var hostId = Whole(request.Element("hostid"));
        var seqno = Whole(request.Element("rpc_seqno")) + (expected.Element("hostid") is not null && hostId > 0 ? 5 : 0);
        var reported = Names(request, "result");
        var held = request.Elements("other_results").Elements("other_result").Select(result => result.Element("name")!.Value).ToList();
        var sent = Names(expected, "result");
        // Only the message distinguishes a lost task from a new one.
        var lost = expected.Elements("message").Any(message => message.Value.StartsWith("Resent", StringComparison.Ordinal)) ? sent : [];
        var aborted = expected.Elements("result_abort").Select(abort => abort.Element("name")!.Value).ToList();
        await project.Database.Write(session =>
        {
            session.Execute(
                "INSERT INTO account (created, email, name, key_hash, sealed_key, cross_project_id, email_hash, external_cpid) "
                + "VALUES (1, 'ada@example.org', 'Ada', $1, $2, '', '', '')",
                AccountKey.Hash(s_key), Array.Empty<byte>());
            if (hostId > 0)
            {
                session.Execute(
                    "INSERT INTO host (id, account_id, created, rpc_time, rpc_seqno, cpid, name, client_version, "
                    + "timezone, processors, vendor, model, features, fpops, iops, memory_bandwidth, memory, "
                    + "cache, swap, disk_total, disk_free, os_name, os_version, on_fraction, active_fraction, upload_rate, download_rate) "
                    + "VALUES ($1, 1, 1, 1, $2, '', '', '', 0, 1, '', '', '', 1, 1, 1, 1, 1, 1, 1, 1, '', '', 1, 1, 1, 1)",
                    hostId, seqno);
            }

            var version = session.Number("SELECT max(id) FROM app_version")!.Value;
            // The recorded key signs the program: with any other it wouldn't be sent.
            var program = File.ReadAllBytes(project.Folder.Download(session.Text("SELECT name FROM app_version_file")!));
            session.Execute("UPDATE app_version_file SET signature = $1", PrivateKey.Parse(Vectors.PrivateA)!.Sign(program));
            foreach (var result in reported.Concat(held).Concat(sent).Distinct())
            {
                var isNew = sent.Contains(result) && !lost.Contains(result) && !held.Contains(result);
                var unit = session.Number(
                    "INSERT INTO workunit (name, app_id, created, batch, priority, fpops_estimate, "
                    + "fpops_bound, memory_bound, disk_bound, delay_bound, command_line, min_quorum, target_results, "
                    + "max_errors, max_total, max_successes, one_per_account, inputs, outputs, errors, transition_time) VALUES ($1, "
                    + "1, 1, 0, 0, 1e9, 1e12, 1, 1, 86400, '', 1, 1, 5, 10, 5, 1, $2, 'out.bin 100000 0', $3, 9999999999) RETURNING id",
                    result[..result.LastIndexOf('_')], $"{result[..result.LastIndexOf('_')]}.in in.txt 34 1af4c4e1ed56c31c328c5abb6495f2b9",
                    aborted.Contains(result) ? 16L : 0L)!.Value;
                session.Execute(
                    "INSERT INTO result (name, workunit_id, random, priority, created, server_state, "
                    + "account_id, host_id, app_version_id, sent, deadline) VALUES ($1, $2, 0, 0, 1, $3, $4, $5, $6, $7, 9999999999)",
                    result, unit, isNew ? 2L : 4L, isNew ? 0L : 1L, isNew ? 0L : hostId, isNew ? 0L : version,
                    DateTimeOffset.UtcNow.ToUnixTimeSeconds());
            }
        });
    }

    static void AssertEquivalent(XElement expected, XElement ours)
    {
        foreach (var part in new[] { "result_ack", "result_abort" })
        {
            Assert.Equal(
                expected.Elements(part).Select(element => element.Element("name")!.Value),
                ours.Elements(part).Select(element => element.Element("name")!.Value));
        }

        // The recording also gives a task in hand a new deadline, which we never do.
        var held = expected.Elements("trickle_down").Elements("result_name").Select(name => name.Value).ToList();
        foreach (var part in new[] { "result", "workunit" })
        {
            Assert.Equal(
                Names(expected, part).Where(name => !held.Exists(task => task.StartsWith(name, StringComparison.Ordinal))),
                Names(ours, part));
        }

        foreach (var element in expected.Elements().Select(element => element.Name.LocalName).Distinct().Except(s_different))
            Assert.True(ours.Element(element) is not null, $"The recorded reply has <{element}>, ours has not.");
        foreach (var element in new[] { "hostid", "code_sign_key", "code_sign_key_signature", "project_is_down", "message_ack" })
        {
            Assert.True(
                expected.Element(element) is null == ours.Element(element) is null, $"<{element}> is in one reply and not in the other.");
        }

        if (expected.Element("code_sign_key") is { } key) Assert.Equal(Squeezed(key.Value), Squeezed(ours.Element("code_sign_key")!.Value));
        // After a change of the key the recorded server sent on what the former key had signed; ours says that it has no program.
        if (expected.Element("code_sign_key_signature") is not null) return;
        Assert.Equal(
            expected.Elements("message").Any(message => message.Attribute("priority")!.Value == "notice"),
            ours.Elements("message").Any(message => message.Attribute("priority")!.Value == "notice"));
    }

    static XElement Parse(string text) => XElement.Parse(text.Trim());

    static List<string> Names(XElement root, string element) => [.. root.Elements(element).Select(item => item.Element("name")!.Value)];

    static long Whole(XElement? element) => element is null ? 0 : long.Parse(element.Value, CultureInfo.InvariantCulture);

    static string Squeezed(string text) => string.Concat(text.Where(letter => !char.IsWhiteSpace(letter)));
}

public sealed class SqliteExchangeTests(PostgresServer postgres) : ExchangeTests<Sqlite>(postgres);

public sealed class PostgresExchangeTests(PostgresServer postgres) : ExchangeTests<Postgres>(postgres);
