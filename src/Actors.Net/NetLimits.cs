namespace Actors.Net;

/// <summary>Limits of one listener and each of its connections. Every one has a unit, a default and an origin.</summary>
public sealed record NetLimits
{
    /// <summary>
    /// Open connections of the listener; further ones are closed at once. Default 20,000; 0: none are refused. Origin: Kafka's
    /// max.connections (there without limit).
    /// </summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>Open connections from one address. Default 0: no limit. Origin: Kafka's max.connections.per.ip.</summary>
    public int MaxConnectionsPerAddress { get; init; }

    /// <summary>
    /// Connections the kernel may hold before they are accepted. Default 512. Origin: socket.listen.backlog.size (50 there), raised
    /// for a thousand clients that start together.
    /// </summary>
    public int ListenBacklog { get; init; } = 512;

    /// <summary>Largest frame in bytes, without its length field. Default 104857600. Origin: socket.request.max.bytes.</summary>
    public int MaxFrameBytes { get; init; } = 104_857_600;

    /// <summary>
    /// Requests of one connection that may wait for their replies; then receiving stops. Default 256. Origin: ours; clients keep 5
    /// in flight.
    /// </summary>
    public int MaxOutstandingRequests { get; init; } = 256;

    /// <summary>
    /// Reply bytes a connection may hold before receiving stops. Default 64 MiB. Origin: one full fetch answer (fetch.max.bytes is
    /// 55 MiB).
    /// </summary>
    public long MaxHeldReplyBytes { get; init; } = 64L << 20;

    /// <summary>
    /// Time for a frame that has begun to be complete, in ms, besides the allowance of <see cref="MinFrameBytesPerSecond"/>. Default
    /// 30000. Origin: Kafka's request.timeout.ms.
    /// </summary>
    public int FrameDeadlineMs { get; init; } = 30_000;

    /// <summary>
    /// Rate at which a large frame must arrive at least, in bytes per second. Default 16384. Origin: ours, against slow senders.
    /// </summary>
    public int MinFrameBytesPerSecond { get; init; } = 16_384;

    /// <summary>
    /// Time without one byte accepted by the peer while replies wait, in ms. Default 60000. Origin: ours, against slow readers.
    /// </summary>
    public int WriteStallMs { get; init; } = 60_000;

    /// <summary>
    /// Time without a byte in either direction and with nothing pending, in ms. Default 600000. Origin: connections.max.idle.ms.
    /// </summary>
    public int IdleMs { get; init; } = 600_000;

    /// <summary>Time that draining may take when the listener stops, in ms. Default 5000. Origin: ours.</summary>
    public int DrainMs { get; init; } = 5_000;

    /// <summary>
    /// Bytes of frames one connection handles, and of replies it sends, before others get their turn. Default 1 MiB. Origin: ours.
    /// </summary>
    public int SliceBytes { get; init; } = 1 << 20;

    /// <summary>Time one connection may take before others get their turn, in µs. Default 200. Origin: ours.</summary>
    public int SliceMicros { get; init; } = 200;

    /// <summary>
    /// How long a connection may say nothing at all after it was accepted, in ms; 0: as long as any idle one. Default 0. Origin: ZooKeeper's
    /// nio.sessionlessCnxnTimeout.
    /// </summary>
    public int FirstBytesMs { get; init; }

    /// <summary>How often deadlines are looked at, in ms; they are late by up to this much. Default 500. Origin: ours.</summary>
    public int TickMs { get; init; } = 500;

    /// <summary>
    /// Kernel send and receive buffer per connection, in bytes; 0: the system's own tuning. Default 0. Origin:
    /// socket.send.buffer.bytes (100 KiB there).
    /// </summary>
    public int SocketBufferBytes { get; init; }

    /// <summary>
    /// Kernel send buffer of a connection from this machine, in bytes; 0: the system's own tuning, which is for round trips of
    /// milliseconds, fills caches with what nobody has read yet and, with paced congestion control (BBR), sets a timer for every 64 KiB.
    /// Default 102400: half the CPU and twice the rate of large fetches, measured. Origin: socket.send.buffer.bytes.
    /// </summary>
    public int LoopbackSendBufferBytes { get; init; } = 102_400;

    /// <summary>
    /// I/O threads of the listener, each an event loop that runs its connections' turns. Default -1: one per core, at most 8.
    /// 0: .NET's own socket events on the thread pool; where there is no epoll, always so. Origin: Kafka's num.network.threads (3).
    /// </summary>
    public int IoThreads { get; init; } = -1;

    /// <summary>Throws if a value is out of range or the values contradict each other.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; its name is in the message.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MaxConnections);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxConnectionsPerAddress);
        ArgumentOutOfRangeException.ThrowIfLessThan(ListenBacklog, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFrameBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxFrameBytes, 1 << 30);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxOutstandingRequests, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxHeldReplyBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(FrameDeadlineMs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinFrameBytesPerSecond, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(WriteStallMs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(IdleMs, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(FirstBytesMs);
        ArgumentOutOfRangeException.ThrowIfNegative(DrainMs);
        ArgumentOutOfRangeException.ThrowIfLessThan(SliceBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SliceMicros, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(TickMs, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(SocketBufferBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(LoopbackSendBufferBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(IoThreads, -1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(IoThreads, 256);
    }
}
