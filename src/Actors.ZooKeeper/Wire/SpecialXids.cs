namespace Actors.ZooKeeper.Wire;

/// <summary>xids that are no numbers of requests.</summary>
public static class SpecialXids
{
    /// <summary>A watch event, from the server.</summary>
    public const int Notification = -1;
    /// <summary>A ping, and its answer.</summary>
    public const int Ping = -2;
    /// <summary>An identity added, and its answer.</summary>
    public const int Auth = -4;
    /// <summary>Watches set again, and the answer, which keeps its place among the others.</summary>
    public const int SetWatches = -8;
}
