namespace Mlds.Tasks;

/// <summary>A kind of file that tasks are read from.</summary>
/// <param name="Ending">What its name ends with in folders that keep files by their SHA-256.</param>
/// <param name="Folder">The folder of a zoo that keeps them.</param>
/// <param name="Noun">What it is called: "file of sequences".</param>
public record TaskFileKind(string Ending, string Folder, string Noun)
{
    /// <summary>A NumPy archive, named by the SHA-256 of its bytes.</summary>
    public static TaskFileKind Sequences { get; } = new(".npz", "sequences", "file of sequences");

    /// <summary>The bytes of which a file's name is the SHA-256: what is packed in it, where it is packed.</summary>
    /// <exception cref="InvalidDataException">It can't be unpacked.</exception>
    public virtual Stream Open(string path) => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);

    /// <summary>
    /// Whether the file at <paramref name="path"/>, which is there, may be the one of that SHA-256. Where only reading it tells, it may.
    /// </summary>
    public virtual bool MayBe(string path, string sha256) => true;

    /// <summary>What is wrong with a file that is in the place of the one wanted, in a sentence.</summary>
    public virtual string Fault(string path, TaskFile wanted) => $"'{path}' isn't the {Noun} with SHA-256 {wanted.Sha256}.";
}
