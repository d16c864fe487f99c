namespace KafkaSchemas;

/// <summary>All generated files of a set of schemas.</summary>
public static class Generator
{
    /// <summary>File names and their contents.</summary>
    public static SortedDictionary<string, string> Generate(IReadOnlyList<ApiSchema> apis)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal) { [TableEmitter.FileName] = TableEmitter.Emit(apis) };
        foreach (var api in apis)
        {
            files.Add($"{api.FileName}.g.cs", MessageEmitter.Emit(api));
        }

        return files;
    }
}
