using System.Globalization;
using Mlds.LoadTest;

// Load on the project server: `serve DIR` runs it with a science of trivial work, `storm URL` is ten thousand hosts. Two processes, so that
// each can be given its own processors (benchmarks/README.md).
return args switch
{
    ["init", var folder, var url, .. var database] => await LoadServer.Init(folder, url, database is [var text] ? text : "project.db"),
    ["serve", var folder] => await LoadServer.Serve(folder),
    ["ready", var folder] => LoadServer.IsReady(folder),
    ["storm", var folder, .. var numbers] => await Storm.Run(
        folder, Number(numbers, 0, 10_000), Number(numbers, 1, 30), Number(numbers, 2, 64)),
    _ => Usage(),
};

static int Number(string[] numbers, int index, int otherwise) =>
    index < numbers.Length ? int.Parse(numbers[index], CultureInfo.InvariantCulture) : otherwise;

static int Usage()
{
    Console.Error.WriteLine("""
        Mlds.LoadTest init DIR URL [CONNECTION]            makes a project with a program and accounts
        Mlds.LoadTest serve DIR                            serves it
        Mlds.LoadTest ready DIR                            whether its work is made: exit code 0 or 1
        Mlds.LoadTest storm DIR [HOSTS SECONDS CALLERS]    calls the scheduler as HOSTS hosts for SECONDS with CALLERS calls at a time;
                                                           prints JSON
        """);
    return 2;
}
