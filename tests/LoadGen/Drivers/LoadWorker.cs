using System.Diagnostics;
using HdrHistogram;
using LoadGen.Platform;

namespace LoadGen.Drivers;

/// <summary>Replies of one phase.</summary>
internal struct PhaseCounters
{
    public long Requests;
    public long Records;
    public long Bytes;

    public void Add(in PhaseCounters other)
    {
        Requests += other.Requests;
        Records += other.Records;
        Bytes += other.Bytes;
    }
}

/// <summary>
/// One thread of load. It owns its connections, its counters and its histogram; nothing is shared on the way but the
/// <see cref="RunWindow"/>. The first exception ends the whole run.
/// </summary>
internal abstract class LoadWorker
{
    /// <summary>Latencies are kept in nanoseconds, up to two minutes, to three digits.</summary>
    public const long MaxLatencyNs = 120_000_000_000;

    private readonly Thread _thread;
    private readonly PhaseCounters[] _counters = new PhaseCounters[3];
    private readonly LongHistogram _latencyNs = new(MaxLatencyNs, 3);
    private CountdownEvent? _ready;
    private ManualResetEventSlim? _go;
    private int _phaseSeen;
    private long _cpuAtPhaseStartNs;

    protected LoadWorker(RunWindow window, string name)
    {
        Window = window;
        _thread = new Thread(Work, 512 * 1024) { IsBackground = true, Name = name };
    }

    public Exception? Fault { get; private set; }

    /// <summary>Counts of the measured phase; to be read while the run goes on only as an indication.</summary>
    public PhaseCounters Measured => _counters[(int)RunPhase.Measured];

    public LongHistogram LatencyNs => _latencyNs;

    /// <summary>CPU this thread used in the measured phase, nanoseconds.</summary>
    public long MeasuredCpuNs { get; private set; }

    /// <summary>When the last reply came, as a Stopwatch timestamp.</summary>
    public long LastReplyAt { get; private set; }

    /// <summary>When the thread had nothing left to do, as a Stopwatch timestamp; 0 while it runs.</summary>
    public long EndedAt { get; private set; }

    protected RunWindow Window { get; }

    /// <summary>All replies of all phases.</summary>
    public PhaseCounters Total
    {
        get
        {
            var total = _counters[0];
            total.Add(_counters[1]);
            total.Add(_counters[2]);
            return total;
        }
    }

    public void Start(CountdownEvent ready, ManualResetEventSlim go)
    {
        _ready = ready;
        _go = go;
        _thread.Start();
    }

    public bool Join(TimeSpan patience) => _thread.Join(patience);

    /// <summary>Breaks connections so that a blocked thread ends; for a failed run only.</summary>
    public abstract void Abort();

    /// <summary>Opens connections, before the clock starts.</summary>
    protected abstract void Open();

    /// <summary>Sends and receives until the window says it is over and everything sent is answered.</summary>
    protected abstract void Run();

    protected abstract void Close();

    /// <summary>Counts replies that came at <paramref name="now"/>, all sent at about <paramref name="sentAt"/>.</summary>
    protected void Count(long sentAt, long now, int records, long bytes)
    {
        var phase = (int)Window.Phase;
        if (phase != _phaseSeen)
        {
            EnterPhase(phase);
        }

        ref var counters = ref _counters[phase];
        counters.Requests++;
        counters.Records += records;
        counters.Bytes += bytes;
        LastReplyAt = now;
        if (phase == (int)RunPhase.Measured && sentAt > 0)
        {
            _latencyNs.RecordValue(Math.Clamp(now - sentAt, 1, MaxLatencyNs));
        }
    }

    private void EnterPhase(int phase)
    {
        var cpu = Libc.ThreadCpuNs();
        if (_phaseSeen == (int)RunPhase.Measured)
        {
            MeasuredCpuNs += cpu - _cpuAtPhaseStartNs;
        }

        _cpuAtPhaseStartNs = cpu;
        _phaseSeen = phase;
    }

    private void Work()
    {
        try
        {
            try
            {
                Open();
            }
            finally
            {
                _ready!.Signal();
            }

            _go!.Wait();
            EnterPhase((int)Window.Phase);
            Run();
            EnterPhase((int)RunPhase.Draining);
        }
        catch (Exception fault)
        {
            Fault = fault;
        }
        finally
        {
            EndedAt = Stopwatch.GetTimestamp();
            Close();
        }
    }
}
