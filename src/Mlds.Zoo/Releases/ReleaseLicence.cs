namespace Mlds.Zoos.Releases;

/// <summary>The licence of a release, as its population has it.</summary>
/// <param name="Spdx">SPDX identifier.</param>
sealed record ReleaseLicence(string Spdx)
{
    /// <summary>The page of the licence.</summary>
    public string Url => Spdx switch
    {
        "CC-BY-SA-4.0" => "https://creativecommons.org/licenses/by-sa/4.0/",
        "CC-BY-4.0" => "https://creativecommons.org/licenses/by/4.0/",
        "CC0-1.0" => "https://creativecommons.org/publicdomain/zero/1.0/",
        _ => $"https://spdx.org/licenses/{Uri.EscapeDataString(Spdx)}.html",
    };

    /// <summary>The text of the file LICENSE.</summary>
    public string Text => $"{Terms}\n\nSPDX-License-Identifier: {Spdx}\n";

    string Terms => Spdx == "CC-BY-SA-4.0"
        ? """
          The data in this folder are licensed under the Creative Commons Attribution-ShareAlike 4.0 International Public License
          (CC BY-SA 4.0): you may copy, change and publish them, also commercially, if you name where they come from and license what
          you make of them in the same way. The whole text: https://creativecommons.org/licenses/by-sa/4.0/legalcode
          """
        : $"The data in this folder are licensed under {Spdx}. The whole text: {Url}";
}
