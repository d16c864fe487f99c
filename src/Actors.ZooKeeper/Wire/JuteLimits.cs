namespace Actors.ZooKeeper.Wire;

/// <summary>Numbers of the format.</summary>
public static class JuteLimits
{
    /// <summary>Length or count that says "null".</summary>
    public const int Null = -1;

    /// <summary>Bytes of a frame, without its length, that are accepted by default: ZooKeeper's jute.maxbuffer.</summary>
    public const int DefaultMaxFrameBytes = 0xFFFFF;

    /// <summary>Bytes of a session's password.</summary>
    public const int PasswordBytes = 16;

    /// <summary>Bytes of a <c>Stat</c>.</summary>
    public const int StatBytes = 68;

    /// <summary>Bytes of a reply's header.</summary>
    public const int ReplyHeaderBytes = 16;

    /// <summary>A string takes at least its length.</summary>
    internal const int MinStringBytes = 4;

    /// <summary>An entry of an access list: permissions, scheme, id.</summary>
    internal const int MinAclEntryBytes = 12;

    /// <summary>Bytes that a kept writer's buffer may have; a larger one is given up after use.</summary>
    internal const int KeptWriterBytes = 64 * 1024;
}
