namespace Actors.Abstractions;

/// <summary>
/// Changes may have been missed: the subscription's stream has a hole. A stream's handler is told by <c>OnErrorAsync</c>, and its
/// subscription goes on with what comes behind <see cref="Zxid"/>; an enumeration ends with it, and a new one may begin there. Either
/// way: read again what is watched.
/// </summary>
[GenerateSerializer, Alias("actors.watch-too-old")]
public sealed class WatchTooOldException : Exception
{
    /// <summary>A hole.</summary>
    public WatchTooOldException(WatchGapReason reason, long zxid, string path)
        : base(Describe(reason, zxid, path)) => (Reason, Zxid, Path) = (reason, zxid, path);

    /// <summary>Why.</summary>
    [Id(0)] public WatchGapReason Reason { get; }

    /// <summary>What comes behind this zxid follows.</summary>
    [Id(1)] public long Zxid { get; }

    /// <summary>The watched path.</summary>
    [Id(2)] public string Path { get; }

    /// <summary>Where to go on.</summary>
    public ZnodeEventToken Token => ZnodeEventToken.After(Zxid);

    private static string Describe(WatchGapReason reason, long zxid, string path)
    {
        var because = reason switch
        {
            WatchGapReason.SiloStarted => "the silo has been started since, and knows only what came after",
            WatchGapReason.SlowHandler => "the handler is slower than they come, and its buffer is full",
            _ => "the silo does not keep changes that old",
        };
        return $"Changes of {path} may have been missed: {because}. Read it again; what comes behind zxid 0x{zxid:x} follows.";
    }
}
