using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LoadGen.Platform;

/// <summary>An epoll set whose entries carry an int. Level-triggered.</summary>
internal sealed unsafe class Epoll : IDisposable
{
    private const int MaxEvents = 256;
    // struct epoll_event is packed on x86-64 only: events u32, then data u64 at 4 or 8.
    private static readonly int DataAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventBytes = DataAt + 8;
    private readonly int _fd = Libc.Check(Libc.EpollCreate(0));
    private readonly byte* _events = (byte*)NativeMemory.AllocZeroed((nuint)(MaxEvents * 16));

    public void Add(int fd, int token, uint interest = Libc.EpollIn)
    {
        var entry = stackalloc byte[16];
        Unsafe.WriteUnaligned(entry, interest);
        Unsafe.WriteUnaligned(entry + DataAt, (long)token);
        Libc.Check(Libc.EpollControl(_fd, Libc.EpollAdd, fd, entry));
    }

    /// <summary>Waits; answers how many events are there, 0 on timeout or interruption.</summary>
    public int Wait(int timeoutMs)
    {
        var count = Libc.EpollWait(_fd, _events, MaxEvents, timeoutMs);
        if (count >= 0)
        {
            return count;
        }

        var errno = Marshal.GetLastPInvokeError();
        return errno == Libc.ErrnoIntr ? 0 : throw new Win32Exception(errno);
    }

    public int Token(int index) => (int)Unsafe.ReadUnaligned<long>(_events + (index * EventBytes) + DataAt);

    public void Dispose()
    {
        Libc.Close(_fd);
        NativeMemory.Free(_events);
    }
}
