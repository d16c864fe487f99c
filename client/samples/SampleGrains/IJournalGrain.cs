namespace SampleGrains;

/// <summary>Keeps lines for ever; the grain's key is the journal's name.</summary>
[Alias("samples.journal")]
public interface IJournalGrain : IGrainWithStringKey
{
    /// <summary>Appends a line and answers its number once it is durable.</summary>
    [Alias("write")]
    Task<long> WriteAsync(string line);

    /// <summary>All lines.</summary>
    [Alias("read")]
    Task<string[]> ReadAsync();
}
