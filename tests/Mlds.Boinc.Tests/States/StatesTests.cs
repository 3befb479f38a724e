using Mlds.Boinc.States;

namespace Mlds.Boinc.Tests.States;

/// <summary>
/// The numbers are in databases and in other people's tools, so they stay BOINC's for ever (db/boinc_db_types.h, lib/error_numbers.h).
/// </summary>
public sealed class StatesTests
{
    static string Numbers<T>()
        where T : struct, Enum =>
        string.Join(' ', Enum.GetValues<T>().OrderBy(value => Convert.ToInt32(value)).Select(value => $"{value}={Convert.ToInt32(value)}"));

    [Fact]
    public void The_states_have_BOINCs_numbers()
    {
        Assert.Equal("Inactive=1 Unsent=2 InProgress=4 Over=5", Numbers<ServerState>());
        Assert.Equal(
            "Init=0 Success=1 CouldntSend=2 ClientError=3 NoReply=4 DidntNeed=5 ValidateError=6 ClientDetached=7",
            Numbers<ResultOutcome>());
        Assert.Equal("Init=0 Valid=1 Invalid=2 NoCheck=3 Inconclusive=4 TooLate=5", Numbers<ValidateState>());
        Assert.Equal("Init=0 Ready=1 Done=2", Numbers<AssimilateState>());
        Assert.Equal("Init=0 Ready=1 Done=2", Numbers<FileDeleteState>());
        Assert.Equal(
            "None=0 CouldntSend=1 TooManyErrors=2 TooManySuccesses=4 TooManyTotal=8 Cancelled=16 NoCanonicalResult=32",
            Numbers<WorkUnitErrors>());
        Assert.Equal(
            "New=0 FilesDownloading=1 FilesDownloaded=2 ComputeError=3 FilesUploading=4 FilesUploaded=5 Aborted=6 UploadFailed=7",
            Numbers<ClientState>());
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("mlds-worker_1.00_x86_64-pc-linux-gnu", true)]
    [InlineData("", false)]
    [InlineData("..", false)]
    [InlineData("a..b", false)]
    [InlineData("../a", false)]
    [InlineData("a/b", false)]
    [InlineData("a%2e", false)]
    [InlineData("a b", false)]
    [InlineData("-rf", false)]
    [InlineData(".hidden", false)]
    [InlineData("ä", false)]
    [InlineData("a\0", false)]
    public void Names_are_letters_digits_and_three_signs(string name, bool valid) => Assert.Equal(valid, FileName.IsValid(name));
}
