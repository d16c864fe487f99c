using Actors.Storage.Formats;
using Actors.Storage.Partitions;
using Actors.Storage.Register;

namespace Actors.Storage.Retention;

/// <summary>A cold log's new start: its checkpoint as it is to be, and the segments to delete once that is published.</summary>
/// <param name="Entry">The log.</param>
/// <param name="From">Its checkpoint when the log was looked at; another one since, and the look counts for nothing.</param>
/// <param name="To">Its checkpoint without the segments.</param>
/// <param name="FirstSegment">Base offset of the oldest segment that stays, or -1.</param>
/// <param name="Dropped">What goes, also what an earlier move has left behind.</param>
internal sealed record ColdMove(RegisterEntry Entry, CheckpointEntry From, CheckpointEntry To, long FirstSegment, IReadOnlyList<LogSegment> Dropped);
