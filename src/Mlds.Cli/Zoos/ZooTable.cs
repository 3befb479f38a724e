using System.Globalization;
using Mlds.Zoos;

namespace Mlds.Cli.Zoos;

/// <summary>A zoo's status as a table for people.</summary>
static class ZooTable
{
    public static void Write(TextWriter output, ZooStatus status)
    {
        var width = Math.Max(7, status.Machines.Max(machine => machine.Name.Length));
        output.WriteLine(
            $"{"machine".PadRight(width)}  converged  not converged  diverged  begun  epochs/network  core-seconds  s/converged");
        foreach (var machine in status.Machines) WriteRow(output, machine, width);
        if (status.Machines.Count < 2) return;
        WriteRow(
            output,
            new MachineStatus(
                "all",
                status.Machines.Sum(m => m.Converged),
                status.Machines.Sum(m => m.NotConverged),
                status.Machines.Sum(m => m.Diverged),
                status.Machines.Sum(m => m.CoreSeconds),
                status.Machines.Sum(m => m.Epochs),
                status.Machines.Sum(m => m.InProgress)),
            width);
    }

    static void WriteRow(TextWriter output, MachineStatus m, int width)
    {
        var epochs = m.Networks > 0 ? (double)m.Epochs / m.Networks : 0;
        var cost = m.Converged > 0 ? FormattableString.Invariant($"{m.CoreSeconds / m.Converged,11:0.00}") : $"{"-",11}";
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{m.Name.PadRight(width)}  {m.Converged,9}  {m.NotConverged,13}  {m.Diverged,8}  {m.InProgress,5}  "
            + $"{epochs,14:0.0}  {m.CoreSeconds,12:0.0}  {cost}"));
    }
}
