namespace Mlds.Boinc.States;

/// <summary>Public here; the worker, which has the numbers compiled into it, shows them to nobody.</summary>
public static partial class ExitStatus;
