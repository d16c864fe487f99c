using Actors.Model;

namespace Actors.Node.Groups;

/// <summary>One partition of <c>__consumer_offsets</c> on this node: led elsewhere, being loaded, or served.</summary>
internal sealed class GroupSlot(int index)
{
    private volatile GroupCoordinator? _coordinator;

    public int Index { get; } = index;

    /// <summary>What changes the slot happens under this.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The epoch in which this node leads, or -1: it does not.</summary>
    public int LeaderEpoch { get; set; } = -1;

    /// <summary>Whether a load is running.</summary>
    public bool IsLoading { get; set; }

    /// <summary>When to load again after a failure, on the host's clock in ms.</summary>
    public long RetryAtMs { get; set; } = long.MaxValue;

    /// <summary>Topics that were deleted while it was loaded.</summary>
    public List<string> DeletedMeanwhile { get; } = [];

    /// <summary>Who serves, or null.</summary>
    public GroupCoordinator? Coordinator
    {
        get => _coordinator;
        set => _coordinator = value;
    }

    /// <summary>Why it cannot be loaded, for people, or null.</summary>
    public string? Trouble { get; set; }

    /// <summary>The answer where nobody serves.</summary>
    public ErrorCode Refusal => LeaderEpoch < 0 ? ErrorCode.NotCoordinator
        : Trouble is null ? ErrorCode.CoordinatorLoadInProgress : ErrorCode.CoordinatorNotAvailable;
}
