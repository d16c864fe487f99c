namespace Actors.Abstractions;

/// <summary>What one call on the tree may carry. Origin: ours, unless said otherwise.</summary>
public static class TreeLimits
{
    /// <summary>
    /// Numbered writes of one session that may be without an answer: 64, since the tree keeps the results of that many. One beyond them is
    /// answered <see cref="TreeErrorCode.ThrottledOp"/>, and nothing is done.
    /// </summary>
    public const int MaxOutstandingWrites = 64;

    /// <summary>
    /// Bytes of paths, data and access lists in one write, changes of a multi added up: 1,015,808, a little less than a command of the
    /// cluster log may have. ZooKeeper's jute.maxbuffer is 1,048,575 by default.
    /// </summary>
    public const int MaxWriteBytes = (1024 * 1024) - (32 * 1024);

    /// <summary>Bytes of all writes of one call: 1 MiB. Larger calls hold up the connection they share with all others.</summary>
    public const int MaxCallBytes = 1024 * 1024;

    /// <summary>Changes of one multi: 4,096.</summary>
    public const int MaxChangesOfMulti = 4_096;

    /// <summary>Reads of one call: 1,000.</summary>
    public const int MaxReads = 1_000;

    /// <summary>Names of children in one answer: 10,000, and at most 512 KiB of them; the rest is on the next page.</summary>
    public const int MaxNamesOfPage = 10_000;

    /// <summary>Bytes of names in one page: 512 KiB.</summary>
    public const int MaxBytesOfPage = 512 * 1024;

    /// <summary>What a caller may show to be somebody: 16 credentials.</summary>
    public const int MaxCredentials = 16;

    /// <summary>Bytes of one credential: 512.</summary>
    public const int MaxCredentialBytes = 512;

    internal const int EntryBytes = 32; // about what a change, or an entry of an access list, takes beside its strings
}
