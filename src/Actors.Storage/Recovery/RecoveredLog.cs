using Actors.Model.Producers;
using Actors.Storage.Partitions;

namespace Actors.Storage.Recovery;

/// <summary>What was found of a log when it was opened.</summary>
internal sealed class RecoveredLog
{
    public List<LogSegment> Segments { get; } = [];
    public long LogStart { get; set; }
    public long End { get; set; }
    public long SyncedEnd { get; set; }
    public long MaxTimestampMs { get; set; } = -1;
    public EpochHistory Epochs { get; set; } = new();
    public ProducerTable Producers { get; set; } = new();
    public bool FolderExists { get; set; }
    public long SnapshotOffset { get; set; } = -1;
    public List<long> SnapshotsOnDisk { get; } = [];
    public int EpochsWritten { get; set; }
    public bool ProducersChanged { get; set; }

    /// <summary>Whether something lies beyond the last checkpoint, so that a new one is due.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Whether a swap of cleaned segments was noted: the note goes with the next checkpoint.</summary>
    public bool HasSwapNote { get; set; }

    /// <summary>Whether an operator accepted a loss: what was known of the log may not be true any more.</summary>
    public bool IsLossAccepted { get; set; }

    /// <summary>What was cut, or null.</summary>
    public LogCut? Cut { get; set; }
}
