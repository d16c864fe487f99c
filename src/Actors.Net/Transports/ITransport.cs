using System.Net;

namespace Actors.Net.Transports;

/// <summary>
/// A byte stream to one peer, by readiness: nothing here waits, nothing owns memory. The socket one and the in-memory one pass the
/// same tests; another event loop can take its place.
/// </summary>
public interface ITransport
{
    /// <summary>What <see cref="Receive"/> and <see cref="Send"/> answer when they would have to wait.</summary>
    const int WouldBlock = -1;

    /// <summary>Most bytes of a file region that one call sends: 1 MiB, so that other connections have their turn.</summary>
    const int MaxRegionSendBytes = 1 << 20;

    /// <summary>The peer's address, if it has one.</summary>
    IPEndPoint? Remote { get; }

    /// <summary>The address on which the connection arrived, if it has one.</summary>
    IPEndPoint? Local { get; }

    /// <summary>Names the one who is told of readiness. Called once, before anything else.</summary>
    void Start(ITransportEvents events);

    /// <summary>Receives what is there: bytes, 0 if the peer has closed, or <see cref="WouldBlock"/>.</summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    int Receive(Span<byte> into);

    /// <summary>
    /// Sends what the kernel takes: many slices at once, or, if it is the first, a region, at most <see cref="MaxRegionSendBytes"/> of it.
    /// Answers bytes, or <see cref="WouldBlock"/>. That a region follows the slices is seen here, so that they leave together.
    /// </summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    /// <exception cref="InvalidOperationException">A region's file does not hold what it should: our own fault.</exception>
    int Send(ReadOnlySpan<ReplySegment> segments);

    /// <summary>Asks for one <see cref="ITransportEvents.OnReadable"/> once something can be received (or the peer closed).</summary>
    void WantReadable();

    /// <summary>Asks for one <see cref="ITransportEvents.OnWritable"/> once something can be sent.</summary>
    void WantWritable();

    /// <summary>Runs <paramref name="connection"/> soon, on a thread of the transport's choice; never on the caller's stack.</summary>
    void Schedule(IThreadPoolWorkItem connection);

    /// <summary>Closes; pending wishes are never fulfilled. May be called again.</summary>
    void Close();
}

/// <summary>Is told of readiness; may be called on any thread, returns soon.</summary>
public interface ITransportEvents
{
    /// <summary>Something can be received, or the peer closed.</summary>
    void OnReadable();

    /// <summary>Something can be sent.</summary>
    void OnWritable();
}
