using System.ComponentModel;
using System.Runtime.InteropServices;

namespace LoadGen.Platform;

/// <summary>A few sockets to wait on with a time-out in nanoseconds (ppoll).</summary>
internal sealed unsafe class PollSet : IDisposable
{
    private readonly Libc.PollEntry* _entries;
    private readonly int _count;

    public PollSet(IEnumerable<int> fds)
    {
        var list = fds.ToArray();
        _count = list.Length;
        _entries = (Libc.PollEntry*)NativeMemory.AllocZeroed((nuint)_count, (nuint)sizeof(Libc.PollEntry));
        for (var i = 0; i < _count; i++)
        {
            _entries[i] = new Libc.PollEntry { Fd = list[i], Events = (short)Libc.EpollIn, Returned = 0 };
        }
    }

    /// <summary>How many sockets are readable, or 0 when the time is over.</summary>
    public int Wait(long timeoutNs)
    {
        var ready = Libc.Poll(_entries, _count, Math.Max(timeoutNs, 0));
        if (ready >= 0)
        {
            return ready;
        }

        var errno = Marshal.GetLastPInvokeError();
        return errno == Libc.ErrnoIntr ? 0 : throw new Win32Exception(errno);
    }

    public bool IsReadable(int index) => _entries[index].Returned != 0;

    public void Dispose() => NativeMemory.Free(_entries);
}
