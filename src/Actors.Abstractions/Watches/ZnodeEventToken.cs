using Orleans.Streams;

namespace Actors.Abstractions;

/// <summary>
/// Where a subscription goes on: <em>behind</em> this place, unlike the tokens of queue streams. The same token holds on every silo.
/// </summary>
[GenerateSerializer, Alias("actors.znode-event-token")]
public sealed class ZnodeEventToken : StreamSequenceToken
{
    /// <summary>Behind a change.</summary>
    public ZnodeEventToken(long zxid, int index) => (SequenceNumber, EventIndex) = (zxid, index);

    /// <summary>For Orleans' serializer.</summary>
    public ZnodeEventToken()
    {
    }

    /// <summary>The zxid.</summary>
    [Id(0)] public override long SequenceNumber { get; protected set; }

    /// <summary>Which of the command's changes.</summary>
    [Id(1)] public override int EventIndex { get; protected set; }

    /// <summary>The same as a position.</summary>
    public ChangePosition Position => new(SequenceNumber, EventIndex);

    /// <summary>
    /// Behind all changes of a command: with the zxid that a read was answered with, a subscription tells all that happened since.
    /// </summary>
    public static ZnodeEventToken After(long zxid) => new(zxid, int.MaxValue);

    /// <inheritdoc/>
    public override bool Equals(StreamSequenceToken? other) =>
        other is ZnodeEventToken && other.SequenceNumber == SequenceNumber && other.EventIndex == EventIndex;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as StreamSequenceToken);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(SequenceNumber, EventIndex);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The other token is another provider's.</exception>
    public override int CompareTo(StreamSequenceToken? other) => other switch
    {
        null => 1,
        ZnodeEventToken token => Position.CompareTo(token.Position),
        _ => throw new ArgumentException($"A {nameof(ZnodeEventToken)} cannot be compared with a {other.GetType().Name}.", nameof(other)),
    };

    /// <inheritdoc/>
    public override string ToString() => EventIndex == int.MaxValue ? $"after 0x{SequenceNumber:x}" : $"0x{SequenceNumber:x}+{EventIndex}";
}
