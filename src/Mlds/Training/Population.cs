namespace Mlds.Training;

/// <summary>The recipes of one controlled plan: a population file, read (docs/formats/population.md).</summary>
public sealed class Population
{
    /// <summary>The population's name, as in the file.</summary>
    public string Name => throw new NotImplementedException();

    /// <summary>SHA-256 of the canonical JSON of the file, by which a zoo knows its population.</summary>
    public string Sha256 => throw new NotImplementedException();

    /// <summary>The file's text in canonical JSON.</summary>
    public string CanonicalJson => throw new NotImplementedException();

    /// <summary>Names of its machines, in the file's order.</summary>
    public IReadOnlyList<string> MachineNames => throw new NotImplementedException();

    /// <summary>Networks a machine when the command line names none.</summary>
    public int DefaultNetworks => throw new NotImplementedException();

    /// <exception cref="FormatException">Unknown key, machine or value; the message has the JSON path and the nearest valid names.</exception>
    public static Population Read(string path) => throw new NotImplementedException();

    /// <summary>The training data of one machine, generated once and shared by all its networks.</summary>
    public TrainingData Data(string machineName) => throw new NotImplementedException();

    /// <summary>The recipe of one network: machine <paramref name="machineName"/>, seed <paramref name="seed"/>.</summary>
    public Recipe Recipe(string machineName, uint seed) => throw new NotImplementedException();
}
