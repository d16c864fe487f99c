using Actors.Abstractions;
using Actors.Model.Records;

namespace Actors.Client;

/// <summary>One read of one partition, ready to be handled.</summary>
/// <param name="Source">The partition.</param>
/// <param name="Records">The records; none where the log only has marks of its own there.</param>
/// <param name="NextOffset">Where the partition goes on when all of them are handled.</param>
/// <param name="IsRestart">The offset read at was not in the log, and the partition begins anew, perhaps at a smaller one.</param>
internal sealed record FetchedRecords(PartitionKey Source, IReadOnlyList<Record> Records, long NextOffset, bool IsRestart = false);
