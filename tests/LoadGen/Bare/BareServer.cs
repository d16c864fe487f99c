using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LoadGen.Platform;

namespace LoadGen.Bare;

/// <summary>Whether the bare loop acknowledges after the write, or after a <c>fdatasync</c> that all waiting requests share.</summary>
internal enum BareSync
{
    None,
    Group,
}

/// <summary>
/// The bare loop: what no broker on this machine can beat. Frame, CRC check, stamp, write to a fresh file, acknowledge, on
/// loopback in this process; no topics, no checks beyond the CRC. Up to eight connections get a blocking thread and a file
/// each; more of them share one epoll thread and one file.
/// </summary>
internal sealed class BareServer : IServerMeter, IDisposable
{
    public const short ProduceVersion = 7;
    private const int MaxThreads = 8;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _threadsLock = new();
    private readonly HashSet<int> _threads = [];
    private double _endedThreadsCpuSeconds;
    private readonly List<BareFile> _files = [];
    private readonly List<IDisposable> _owned = [];
    private readonly string _directory;
    private readonly BareSync _sync;
    private readonly int _connections;
    private readonly Thread _accept;
    private volatile Exception? _fault;

    public BareServer(string directory, int connections, BareSync sync)
    {
        _directory = directory;
        _connections = connections;
        _sync = sync;
        Directory.CreateDirectory(directory);
        _listener.Start(Math.Max(connections, 128));
        _accept = new Thread(() => Guard(Accept)) { IsBackground = true, Name = "bare-accept" };
        _accept.Start();
    }

    public EndPoint Address => _listener.LocalEndpoint;

    /// <summary>CPU of the loop's threads from the scheduler's own count, in nanosecond steps; of those that have ended, too.</summary>
    public double CpuSeconds
    {
        get
        {
            lock (_threadsLock)
            {
                return _endedThreadsCpuSeconds + _threads.Sum(ThreadCpuSeconds);
            }
        }
    }

    public long ResidentBytes => Environment.WorkingSet;

    /// <summary>The first failure of any of its threads, if there was one.</summary>
    public Exception? Fault => _fault;

    public void Dispose()
    {
        _listener.Stop();
        foreach (var owned in _owned)
        {
            owned.Dispose();
        }

        foreach (var file in _files)
        {
            file.Dispose();
        }
    }

    private void Accept()
    {
        if (_connections <= MaxThreads)
        {
            AcceptThreads();
        }
        else
        {
            AcceptEpoll();
        }
    }

    private void AcceptThreads()
    {
        BareSyncer? syncer = null;
        if (_sync == BareSync.Group)
        {
            syncer = new BareSyncer();
            _owned.Add(syncer);
            Run("bare-sync", syncer.Run);
        }

        for (var i = 0; i < _connections; i++)
        {
            var connection = new BareConnection(BlockingSocket.Own(_listener.AcceptSocket()), NewFile(), syncer);
            _owned.Add(connection);
            Run("bare", connection.Run);
        }
    }

    private void AcceptEpoll()
    {
        var loop = new BareEpollLoop(NewFile(), _sync);
        _owned.Add(loop);
        Run("bare-epoll", loop.Run);
        for (var i = 0; i < _connections; i++)
        {
            loop.Add(BlockingSocket.Own(_listener.AcceptSocket()));
        }
    }

    private BareFile NewFile()
    {
        var file = new BareFile(Path.Combine(_directory, $"bare-{_files.Count}.log"));
        _files.Add(file);
        return file;
    }

    private void Run(string name, Action work) =>
        new Thread(() =>
        {
            var thread = Libc.GetThreadId();
            lock (_threadsLock)
            {
                _threads.Add(thread);
            }

            Guard(work);
            lock (_threadsLock)
            {
                _threads.Remove(thread);
                _endedThreadsCpuSeconds += Libc.ThreadCpuNs() / 1e9;
            }
        }) { IsBackground = true, Name = name }.Start();

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or IOException)
        {
            // the client went away or Dispose was called: the end of the run
        }
        catch (Exception fault)
        {
            _fault = fault;
            Console.Error.WriteLine($"the bare loop failed: {fault}");
        }
    }

    private static double ThreadCpuSeconds(int threadId)
    {
        var text = File.ReadAllText($"/proc/self/task/{threadId}/schedstat");
        return long.Parse(text.AsSpan(0, text.IndexOf(' ')), CultureInfo.InvariantCulture) / 1e9;
    }
}
