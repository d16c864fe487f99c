using Actors.Storage.Formats;
using Actors.Storage.Retention;

namespace Actors.Storage.Register;

/// <summary>A log of the directory, open or cold: what is kept in memory of each of perhaps 100,000.</summary>
internal sealed class RegisterEntry
{
    private long _cleanedEnd;

    public RegisterEntry(int number, in LogIdentity identity)
    {
        Number = number;
        Identity = identity;
    }

    /// <summary>Its number, never given to another log of this directory.</summary>
    public int Number { get; }

    /// <summary>Which partition.</summary>
    public LogIdentity Identity { get; }

    /// <summary>It is being deleted.</summary>
    public bool IsDeleting { get; set; }

    /// <summary>Base offset of the newest segment of which the register knows, or -1.</summary>
    public long LastSegmentBase { get; set; } = -1;

    /// <summary>Base offset of the oldest segment of which the register knows, or -1.</summary>
    public long FirstSegmentBase { get; set; } = -1;

    /// <summary>Whether the newest segment has to be there still: it is none that a checkpoint since has left behind.</summary>
    public bool NeedsLastSegment => LastSegmentBase >= 0 && LastSegmentBase >= (Checkpoint?.SegmentBase ?? 0);

    /// <summary>The last published checkpoint, if there is one.</summary>
    public CheckpointEntry? Checkpoint { get; set; }

    /// <summary>Whether a crash left records of it in the commit log, and it has not been opened since.</summary>
    public bool IsReplayed { get; set; }

    /// <summary>Whether the register no longer has it.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>Where retention moves the start of the cold log to, until a checkpoint has made that durable.</summary>
    public ColdMove? Move { get; set; }

    /// <summary>Everything below was cleaned (Kafka's cleaner offset checkpoint); 0: nothing.</summary>
    public long CleanedEnd
    {
        get => Volatile.Read(ref _cleanedEnd);
        set => Volatile.Write(ref _cleanedEnd, value);
    }

    /// <summary>The open log.</summary>
    public PartitionLog? Log { get; set; }

    /// <summary>Name of its folder: that of Kafka.</summary>
    public string FolderName => $"{Identity.Topic}-{Identity.Id.Partition}";
}
