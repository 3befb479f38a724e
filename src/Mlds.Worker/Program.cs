namespace Mlds.Worker;

static class Program
{
    static int Main(string[] args) => CommandLine.Run(args, Console.Out, new SteadyWriter(Console.Error));
}
