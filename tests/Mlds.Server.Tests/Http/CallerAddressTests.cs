using System.Net;
using Mlds.Server.Http;

namespace Mlds.Server.Tests.Http;

public sealed class CallerAddressTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    [InlineData("fe80::1%3", "fe80::/64")]
    public void An_address_counts_as_what_one_caller_has(string address, string expected) =>
        Assert.Equal(expected, CallerAddress.Of(IPAddress.Parse(address)));

    [Fact]
    public void No_address_counts_as_one_too() => Assert.Equal("", CallerAddress.Of((IPAddress?)null));
}
