using Actors.Model.Records;

namespace Actors.Client;

/// <summary>Where a record went.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset in it.</param>
public readonly record struct AppendedRecord(int Partition, long Offset);

/// <summary>A record and where it came from.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Record">The record, with its offset.</param>
public readonly record struct TailedRecord(int Partition, Record Record);
