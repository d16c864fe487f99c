using KafkaSchemas;

// Without arguments it works on the checkout it is started in.
string[] folders = args.Length == 0 ? ["src/Actors.Kafka/Wire/Schemas", "src/Actors.Kafka/Wire/Generated"] : args;
if (folders is not [var schemas, var generated] || !Directory.Exists(schemas))
{
    Console.Error.WriteLine("usage, in the checkout's root: dotnet run --project build/KafkaSchemas [-- SCHEMAS GENERATED]");
    return 2;
}

try
{
    var files = Generator.Generate(SchemaParser.ParseFolder(schemas));
    Directory.CreateDirectory(generated);
    foreach (var stale in Directory.EnumerateFiles(generated, "*.g.cs").Where(f => !files.ContainsKey(Path.GetFileName(f))))
    {
        File.Delete(stale);
    }

    foreach (var (name, text) in files)
    {
        File.WriteAllText(Path.Combine(generated, name), text);
    }

    Console.WriteLine($"{files.Count} files written to {generated}");
    return 0;
}
catch (FormatException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
