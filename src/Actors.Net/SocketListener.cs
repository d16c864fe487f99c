using System.Net;
using System.Net.Sockets;
using Actors.Model.Leases;
using Actors.Net.Transports;
using Microsoft.Extensions.Logging;

namespace Actors.Net;

/// <summary>Accepts TCP connections within the limits and makes a protocol's connection of each.</summary>
public sealed partial class SocketListener : IAsyncDisposable
{
    private const int MaxDefaultIoThreads = 8;

    private readonly NetLimits _limits;
    private readonly LeasePool _pool;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Func<ConnectionContext, Connection> _connect;
    private readonly CancellationTokenSource _stopping = new();
    private readonly EpollLoop[] _loops;
    private int _nextLoop;
    private Socket? _socket;
    private Task _accepting = Task.CompletedTask;
    private long _refusalsLoggedAt = long.MinValue;

    /// <summary>A listener that makes connections with <paramref name="connect"/>; it is not bound yet.</summary>
    public SocketListener(
        NetLimits limits, LeasePool pool, TimeProvider time, ILogger logger, Func<ConnectionContext, Connection> connect)
    {
        ArgumentNullException.ThrowIfNull(limits);
        limits.Validate();
        (_limits, _pool, _time, _logger, _connect) = (limits, pool, time, logger, connect);
        Connections = new ConnectionSet(limits, time);
        var threads = !EpollLoop.IsSupported ? 0
            : limits.IoThreads >= 0 ? limits.IoThreads : Math.Min(Environment.ProcessorCount, MaxDefaultIoThreads);
        _loops = new EpollLoop[threads];
        for (var i = 0; i < threads; i++)
        {
            _loops[i] = new EpollLoop($"io-{i}");
        }
    }

    /// <summary>The open connections.</summary>
    public ConnectionSet Connections { get; }

    /// <summary>The address it listens on, with the port it got.</summary>
    public IPEndPoint? BoundTo { get; private set; }

    /// <summary>Binds and begins to accept.</summary>
    /// <exception cref="SocketException">The address is taken or not ours.</exception>
    public void Start(IPEndPoint address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            }

            if (address.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(address);
            socket.Listen(_limits.ListenBacklog);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        _socket = socket;
        BoundTo = (IPEndPoint)socket.LocalEndPoint!;
        _accepting = AcceptAsync(socket);
    }

    /// <summary>Accepts no more, lets the connections answer what is pending, closes what is left.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _socket?.Dispose();
        await _accepting.ConfigureAwait(false);
        await Connections.DrainAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        Connections.Dispose();
        _stopping.Dispose();
        foreach (var loop in _loops)
        {
            loop.Dispose();
        }
    }

    /// <summary>Takes over a connection that came by another way than the socket: tests give it an in-memory transport.</summary>
    public Connection Accept(ITransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        var connection = _connect(new ConnectionContext(transport, _limits, _pool, Connections, _logger));
        connection.Start();
        return connection;
    }

    private async Task AcceptAsync(Socket listening)
    {
        while (!_stopping.IsCancellationRequested)
        {
            Socket accepted;
            try
            {
                accepted = await listening.AcceptAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException failed)
            {
                // Out of descriptors, most likely: what is open goes on, accepting tries again in a moment.
                LogAcceptFailed(failed);
                await Task.Delay(TimeSpan.FromMilliseconds(100), _time, CancellationToken.None).ConfigureAwait(false);
                continue;
            }

            Welcome(accepted);
        }
    }

    private void Welcome(Socket socket)
    {
        try
        {
            var remote = socket.RemoteEndPoint as IPEndPoint;
            if (Connections.TryEnter(remote?.Address) is { } refusal)
            {
                LogRefusalSometimes(remote, refusal);
                socket.Dispose();
                return;
            }

            socket.NoDelay = true;
            if (_limits.SocketBufferBytes > 0)
            {
                socket.SendBufferSize = socket.ReceiveBufferSize = _limits.SocketBufferBytes;
            }
            else if (_limits.LoopbackSendBufferBytes > 0 && remote is not null && IsFromThisMachine(remote, socket.LocalEndPoint))
            {
                socket.SendBufferSize = _limits.LoopbackSendBufferBytes;
            }

            Accept(_loops.Length == 0
                ? new SocketTransport(socket)
                : new EpollTransport(socket, _loops[(uint)_nextLoop++ % (uint)_loops.Length]));
        }
        catch (SocketException gone)
        {
            LogGone(gone.Message);
            socket.Dispose();
        }
    }

    private static bool IsFromThisMachine(IPEndPoint remote, EndPoint? local) =>
        IPAddress.IsLoopback(remote.Address) || remote.Address.Equals((local as IPEndPoint)?.Address);

    private void LogRefusalSometimes(IPEndPoint? remote, string refusal)
    {
        var nowMs = Connections.CoarseNowMs;
        if (_refusalsLoggedAt == long.MinValue || nowMs - _refusalsLoggedAt >= 1000)
        {
            _refusalsLoggedAt = nowMs;
            LogRefused(remote, refusal);
        }
    }

    [LoggerMessage(1010, LogLevel.Warning, "A connection from {Remote} was refused: {Reason}")]
    private partial void LogRefused(IPEndPoint? remote, string reason);

    [LoggerMessage(1011, LogLevel.Warning, "Accepting failed, it is tried again")]
    private partial void LogAcceptFailed(SocketException failure);

    [LoggerMessage(1012, LogLevel.Debug, "A connection was gone before it began: {Reason}")]
    private partial void LogGone(string reason);
}
