namespace Actors.Model.Records;

/// <summary>One header of a record (KIP-82).</summary>
/// <param name="Key">The header's name; may repeat within a record.</param>
/// <param name="Value">Its bytes, or null.</param>
public readonly record struct RecordHeader(string Key, ReadOnlyMemory<byte>? Value);
