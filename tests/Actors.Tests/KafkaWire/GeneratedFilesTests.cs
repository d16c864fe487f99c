using Actors.Tests.Tidy;
using KafkaSchemas;

namespace Actors.Tests.KafkaWire;

public sealed class GeneratedFilesTests
{
    internal static string SchemaFolder => Path.Combine(RepositoryFiles.Root, "src/Actors.Kafka/Wire/Schemas");

    private static string GeneratedFolder => Path.Combine(RepositoryFiles.Root, "src/Actors.Kafka/Wire/Generated");

    [Fact]
    public void Generated_code_is_what_the_schemas_say()
    {
        var expected = Generator.Generate(SchemaParser.ParseFolder(SchemaFolder));
        Assert.Equal(expected.Keys, Directory.EnumerateFiles(GeneratedFolder, "*.g.cs").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        foreach (var (name, text) in expected)
        {
            Assert.Equal(text, File.ReadAllText(Path.Combine(GeneratedFolder, name)));
        }
    }

    [Theory]
    [InlineData("api X key 1 versions 0-1\nrequest\n  a int33\nresponse\n", "no such type")]
    [InlineData("api X key 1 versions 0-1\nrequest\n  a A\n    b A\nresponse\n", "has no fields")] // a struct that holds itself
    [InlineData("api X key 1 versions 0-1\nrequest\n  a string tag 0\nresponse\n", "flexible")]
    [InlineData("api X key 1 versions 0-1\nrequest\n  a string since 4\nresponse\n", "no served version")]
    [InlineData("api X key 1 versions 0-1\nrequest\n", "ends too early")]
    public void A_schema_with_a_mistake_is_refused_and_the_mistake_is_named(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => SchemaParser.Parse("K01.X.txt", text)).Message, StringComparison.Ordinal);
}
