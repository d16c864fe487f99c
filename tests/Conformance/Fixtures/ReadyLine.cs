namespace Conformance.Fixtures;

/// <summary>
/// The one line a node prints once it serves:
/// <c>ready kafka=HOST:PORT zookeeper=HOST:PORT dashboard=http://HOST:PORT orleans=HOST:PORT data=DIR</c>; what is off is left out.
/// </summary>
public sealed record ReadyLine(string Text, IReadOnlyDictionary<string, string> Values)
{
    public const string Prefix = "ready ";

    public string Kafka => Required("kafka");

    public int KafkaPort => Port("kafka");

    public Uri Dashboard => new(Required("dashboard"));

    public string Orleans => Required("orleans");

    public string Data => Required("data");

    public static ReadyLine Parse(string line)
    {
        Assert.StartsWith(Prefix, line, StringComparison.Ordinal);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in line[Prefix.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = word.IndexOf('=', StringComparison.Ordinal);
            if (at < 0)
            {
                // A directory may hold spaces: the rest belongs to data=, which comes last.
                values["data"] += " " + word;
                continue;
            }

            values.Add(word[..at], word[(at + 1)..]);
        }

        return new ReadyLine(line, values);
    }

    public int Port(string key) => int.Parse(Required(key).AsSpan(Required(key).LastIndexOf(':') + 1), null);

    private string Required(string key) =>
        Values.TryGetValue(key, out var value) ? value : throw new InvalidOperationException($"No {key}= in the ready line: {Text}");
}
