using System.Globalization;
using Mlds.Training;

namespace Mlds.Zoos.Releases;

/// <summary>The parts of the datasheet that are about using the release.</summary>
static class DatasheetUse
{
    public static void Loading(Page page, ReleaseSource source)
    {
        var formats = source.Options.Formats;
        if (source.Options.RecipesOnly)
        {
            Regenerating(page, source);
            return;
        }

        page.Section("Loading it");
        page.Line("In this folder, with `mlds.py`, a loader of one file that needs NumPy alone; copy it to where you need it:\n");
        page.Line($"""
            ```python
            import mlds
            d = mlds.load('.')                      # print(d) says what is there
            weights, table = d.weights, d.table     # {source.Plan.Networks.Count} x {source.Layout.Parameters} float32, and columns by name
            network = d.network(0)                  # a PyTorch module
            ```

            Or without it:

            ```python
            """);
        if (formats.Contains("npy"))
        {
            page.Line("import numpy as np\nweights = np.load('weights.npy', mmap_mode='r')      # row i is network i");
        }
        else if (formats.Contains("safetensors"))
        {
            page.Line(
                "import safetensors.numpy\n"
                + "tensors = safetensors.numpy.load_file('weights.safetensors')      # tensors[name][i] is of network i");
        }
        else
        {
            page.Line("import h5py\nweights = h5py.File('mlds.h5')['weights']      # row i is network i");
        }

        page.Line(
            "import pandas as pd\nnetworks = pd.read_parquet('networks.parquet')    # row i is network i; "
            + "or pd.read_csv('networks.csv')\n```");
    }

    static void Regenerating(Page page, ReleaseSource source)
    {
        var seconds = source.Plan.Networks.Sum(released => released.Network.Provenance.CoreSeconds);
        page.Section("Getting the weights");
        page.Line(string.Create(CultureInfo.InvariantCulture, $"""
            The weights are not here. Each network is a function of its recipe, and this release has all recipes and the SHA-256 of the
            weights that each leads to. With [mlds](https://arxiv.org/abs/2104.10555) of version {Provenance.Version} or later, in this
            folder,

                mlds regenerate . --zoo ../zoo
                mlds release ../zoo --out ../with-weights --subsets {string.Join(',', source.Plan.Subsets)}

            trains the networks again and stops at the first whose weights aren't these, and then writes them as a release with weights.
            It took {seconds:0} core-seconds where they were trained; `--networks N` is content with the first N of every machine. Stopped
            in any way, the same command goes on where it was.

            The table can be read as it is:

            ```python
            import pandas as pd
            networks = pd.read_parquet('networks.parquet')    # or pd.read_csv('networks.csv')
            ```
            """));
    }

    public static void Uses(Page page, ReleaseSource source)
    {
        page.Section("Uses");
        var only = source.Options.Selection.AllOutcomes ? "" : "; networks that converged";
        page.Line($"""
            **What is it for?** Learning from weights: {source.Words.Uses}.

            **What has it been used for?** `mlds analyze` asks the questions of the paper and more of any release, with intervals and
            controls.

            **Limits.** One small architecture; {source.Words.Narrow}; one optimiser{only}. What holds here need not hold
            for large networks, for other data, or for networks trained with less control.
            Losses near the goal say little about each other, because training stops there. {source.Words.Caution}

            **What is it not for?** To say of any network in use that it is safe or not.
            """);
    }

    public static void Distribution(Page page, ReleaseSource source)
    {
        var publication = source.Options.Publication;
        page.Section("Distribution");
        page.Line(
            $"**Version.** {publication.Version}, {publication.Day} (as croissant.json has it: the publisher gives "
            + "both with `--dataset-version` and `--date`, else they are 1.0.0 and the day from which this form of release exists).\n");
        page.Line("""
            **Passing it on.** Its folders belong to it. A site that keeps none (files only, or folder names made part of file names) is
            given the one archive that `mlds release --archive tar.zst` writes, and whoever wants the release unpacks that; of a copy
            without folders `mlds verify` and `mlds.py` name the folder that is missing.

            """);
        page.Line($"**Licence.** {source.Licence.Spdx}; see LICENSE.\n");
        page.Line(
            "**Checking.** `sha256sum -c SHA256SUMS` checks the files; `mlds verify` checks what is in them.\n\n"
            + $"**Citing.**\n\n```bibtex\n{Datasheet.BibTeX}\n```");
        page.Section("Maintenance");
        page.Line("""
            **Who maintains it?** Who published it. A release is never changed: a mistake is mended, and networks are added, by a new one
            with a higher version.

            **Will older ones stay?** They can be made again: the same zoo gives the same bytes, and the same recipes give the same zoo.

            **How can others add to it?** By a population file with more machines or seeds; `mlds merge` brings zoos together.
            """);
    }
}
