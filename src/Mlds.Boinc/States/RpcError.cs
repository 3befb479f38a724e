namespace Mlds.Boinc.States;

/// <summary>Error numbers in the replies to account calls. BOINC's numbers (lib/error_numbers.h).</summary>
public static class RpcError
{
    public const int NotFound = -136;
    public const int NotUnique = -137;
    public const int ProjectDown = -183;
    public const int BadUserName = -188;
    public const int BadEmailAddress = -205;
    public const int BadPassword = -206;
    public const int AccountCreationDisabled = -208;
}
