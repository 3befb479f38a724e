namespace Mlds.EndToEnd.Tests;

/// <summary>A tree with the real scripts and, where the real projects are, ones that build in seconds.</summary>
sealed class SmallTree : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public SmallTree()
    {
        foreach (var script in new[] { "mlds", "test" })
            File.Copy(Repository.PathOf(script), _scratch.File(script));
        foreach (var name in new[] { "global.json", ".editorconfig" })
            File.Copy(Repository.PathOf(name), _scratch.File(name));
        Write(
            "Directory.Build.props",
            """
            <Project><PropertyGroup>
              <TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType><UseArtifactsOutput>true</UseArtifactsOutput>
              <ImplicitUsings>enable</ImplicitUsings><InvariantGlobalization>true</InvariantGlobalization>
            </PropertyGroup></Project>
            """);
        Write("Directory.Packages.props", "<Project></Project>");
        Write("populations/any.json", "{}");
        Project("src/Mlds.Cli", "Console.WriteLine(\"first \" + string.Join(' ', args));");
        Write("Mlds.slnx", "<Solution><Project Path=\"src/Mlds.Cli/Mlds.Cli.csproj\" /></Solution>");
    }

    public string Root => _scratch.Path;

    public void Write(string name, string content) => File.WriteAllText(_scratch.File(name), content + "\n");

    public void Project(string folder, string program)
    {
        Write($"{folder}/{Path.GetFileName(folder)}.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"></Project>");
        Write($"{folder}/Program.cs", program);
    }

    public Command Run(string script, params string[] arguments) => RunFrom(Root, script, null, arguments);

    public Command RunFrom(string folder, string script, IReadOnlyDictionary<string, string?>? environment, params string[] arguments) =>
        Command.Run("bash", [Path.Combine(Root, script), .. arguments], folder, TimeSpan.FromMinutes(20), environment);

    public void Dispose() => _scratch.Dispose();
}
