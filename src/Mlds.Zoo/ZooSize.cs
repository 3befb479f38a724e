namespace Mlds.Zoos;

/// <summary>What a network takes of a zoo's file, from SQLite's file format (sqlite.org/fileformat2.html, "B-tree Pages").</summary>
static class ZooSize
{
    /// <summary>Rows and indexes of a network, beside its blobs: measured.</summary>
    const double RowBytes = 230;

    const int Page = 8192;

    /// <param name="parameters">P weights.</param>
    /// <param name="epochs">Its epochs, as a mean of many perhaps.</param>
    /// <param name="milestoneEvery">The recipe's.</param>
    public static double OfNetwork(int parameters, double epochs, int milestoneEvery)
    {
        var history = 5 + (8 * epochs) + 8;
        var milestones = 1 + (72 * (Math.Floor(epochs / milestoneEvery) + 1));
        return RowBytes + OfRow(4.0 * parameters) + OfRow(history + milestones);
    }

    /// <summary>A table's row with a blob of so many bytes: what stays in its leaf, a leaf's unused end shared out, and whole overflow pages.</summary>
    static double OfRow(double bytes)
    {
        const int Largest = Page - 35;
        const int Smallest = ((Page - 12) * 32 / 255) - 23;
        var payload = bytes + 8;
        if (payload <= Largest) return (double)Page / Math.Floor((Page - 12) / (payload + 8));
        var local = Smallest + ((payload - Smallest) % (Page - 4));
        if (local > Largest) local = Smallest;
        return ((double)Page / Math.Floor((Page - 12) / (local + 12))) + (Page * Math.Ceiling((payload - local) / (Page - 4)));
    }
}
