using System.Runtime.InteropServices;
using Actors.Model.Leases;
using Actors.Net;
using Microsoft.Win32.SafeHandles;

namespace Actors.Tests.Net;

/// <summary>A file that regions are taken of, and that counts who holds it; loads happen when the test says so.</summary>
internal sealed class TestRegionFile : IRegionFile, IRegionLoader, IDisposable
{
    private readonly byte[] _bytes;
    private readonly SafeFileHandle? _handle;
    private readonly Lock _lock = new();
    private readonly Queue<Action> _loads = new();
    private int _holds;

    public TestRegionFile(byte[] bytes, bool onDisk)
    {
        _bytes = bytes;
        Path = onDisk ? System.IO.Path.GetTempFileName() : "memory";
        if (onDisk)
        {
            File.WriteAllBytes(Path, bytes);
            _handle = File.OpenHandle(Path);
        }
    }

    public string Path { get; }
    public SafeHandle? Handle => _handle;
    public bool Cached { get; set; } = true;
    public int Holds => Volatile.Read(ref _holds);
    public int Loads { get; private set; }
    public int LargestRead { get; private set; }

    public int WaitingLoads
    {
        get
        {
            lock (_lock)
            {
                return _loads.Count;
            }
        }
    }

    public FileRegion Region(int position, int lengthBytes)
    {
        Interlocked.Increment(ref _holds);
        return new FileRegion(this, position, lengthBytes, this);
    }

    public int Read(Span<byte> into, long position)
    {
        LargestRead = Math.Max(LargestRead, into.Length);
        var length = (int)Math.Clamp(_bytes.Length - position, 0, into.Length);
        _bytes.AsSpan((int)Math.Min(position, _bytes.Length), length).CopyTo(into);
        return length;
    }

    public bool IsCached(long position, int lengthBytes) => Cached;

    public void Return() => Interlocked.Decrement(ref _holds);

    public bool TryLoad(IRegionFile file, long position, int lengthBytes, Action done)
    {
        Assert.Same(this, file);
        lock (_lock)
        {
            Loads++;
            _loads.Enqueue(done);
        }

        return true;
    }

    public void FinishLoads()
    {
        Action[] loads;
        lock (_lock)
        {
            loads = [.. _loads];
            _loads.Clear();
        }

        Array.ForEach(loads, l => l());
    }

    public void Dispose()
    {
        if (_handle is not null)
        {
            _handle.Dispose();
            File.Delete(Path);
        }
    }
}

/// <summary>A frame of bytes and regions, one behind the other.</summary>
internal sealed class RegionReply(params object[] parts) : Reply
{
    private readonly object[] _parts = parts;
    private int _spliced;

    public void Ready() => Complete();

    protected internal override void WriteTo(ReplySink sink)
    {
        var mark = sink.BeginFrame();
        for (; _spliced < _parts.Length; _spliced++)
        {
            if (_parts[_spliced] is FileRegion region)
            {
                sink.Splice(region);
            }
            else
            {
                sink.Write((byte[])_parts[_spliced]);
            }
        }

        sink.EndFrame(mark);
    }

    protected internal override void OnLeft(bool sent)
    {
        for (; _spliced < _parts.Length; _spliced++)
        {
            (_parts[_spliced] as FileRegion)?.Release();
        }
    }
}
