using Actors.Storage.Formats;

namespace Actors.Storage.Register;

/// <summary>A log of the directory, open or cold: what is kept in memory of each of perhaps 100,000.</summary>
internal sealed class RegisterEntry
{
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

    /// <summary>The last published checkpoint, if there is one.</summary>
    public CheckpointEntry? Checkpoint { get; set; }

    /// <summary>The open log.</summary>
    public PartitionLog? Log { get; set; }

    /// <summary>Name of its folder: that of Kafka.</summary>
    public string FolderName => $"{Identity.Topic}-{Identity.Id.Partition}";
}
