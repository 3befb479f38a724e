using Mlds.Boinc.Tags;
using Mlds.Boinc.Transfers;

namespace Mlds.Boinc.Tests.Transfers;

public sealed class UploadRequestTests
{
    static UploadRequest Read(string name)
    {
        var body = Exchange.Read(name).Body;
        var data = body.IndexOf(UploadRequest.DataMark, StringComparison.Ordinal);
        return UploadRequest.Read(data < 0 ? body : body[..data]);
    }

    [Fact]
    public void A_small_upload_is_read()
    {
        var upload = Read("06-upload-small.txt");
        Assert.Equal(("wu_alpha_0_r0", 100_000, 46, 0), (upload.Name, upload.MaxBytes, upload.Bytes, upload.Offset));
        Assert.Equal("80559efd61be5ea4018f6885bde67540", upload.Md5);
        Assert.StartsWith("86fd44da", upload.Certificate, StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_for_the_size_is_read() => Assert.Equal(new("wu_aot_0_r0", true), Read("24-upload-size-query.txt"));

    [Fact]
    public void A_resumed_upload_says_where_it_goes_on() => Assert.Equal(9000, Read("27-upload-resumed-at-offset.txt").Offset);

    [Theory]
    [InlineData("")]
    [InlineData("<data_server_request></data_server_request>")]
    [InlineData("<scheduler_request/>")]
    public void Anything_else_is_refused(string text) => Assert.Throws<TagException>(() => UploadRequest.Read(text));

    [Theory]
    [InlineData("06-upload-small.txt", UploadStatus.Stored, null)]
    [InlineData("17-upload-transient-error.txt", UploadStatus.TryLater, "server busy")]
    public void The_answers_are_the_recorded_ones(string name, UploadStatus status, string? message) =>
        Assert.Equal(Flat(Exchange.Read(name).Reply), Flat(UploadReply.Of(status, message)));

    [Fact]
    public void The_size_is_answered_as_recorded() =>
        Assert.Equal(Flat(Exchange.Read("26-upload-size-query-after-interruption.txt").Reply), Flat(UploadReply.Size(9000)));

    static string Flat(string text) => text.Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
}
