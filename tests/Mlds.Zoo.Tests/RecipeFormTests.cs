using CsCheck;

namespace Mlds.Zoos.Tests;

public sealed class RecipeFormTests
{
    [Fact]
    public void Any_seed_put_into_the_form_of_one_recipe_gives_that_seeds_recipe()
    {
        foreach (var machine in Example.Small.MachineNames)
        {
            var form = RecipeForm.Of(Example.Small.Recipe(machine, 0).CanonicalJson);
            Gen.UInt.Sample(seed => Assert.Equal(Example.Small.Recipe(machine, seed).CanonicalJson, form.With(seed)), iter: 200);
            Assert.Equal(form, RecipeForm.Of(Example.Small.Recipe(machine, uint.MaxValue).CanonicalJson));
        }
    }

    [Fact]
    public void Only_the_seed_at_the_top_counts() =>
        Assert.Equal(
            """{"data":{"seed":1},"ö":"\"seed\":3","seed":7}""",
            RecipeForm.Of("""{"data":{"seed":1},"ö":"\"seed\":3","seed":5}""").With(7));

    [Fact]
    public void Without_a_seed_there_is_no_form() => Assert.Throws<FormatException>(() => RecipeForm.Of("""{"data":{"seed":1}}"""));
}
