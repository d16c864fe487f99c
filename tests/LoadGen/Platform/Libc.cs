using System.ComponentModel;
using System.Runtime.InteropServices;

namespace LoadGen.Platform;

/// <summary>The few system calls that .NET does not offer as they are: epoll, plain socket I/O, fdatasync, thread CPU time.</summary>
internal static unsafe partial class Libc
{
    public const int ErrnoIntr = 4;
    public const int ErrnoAgain = 11;
    public const int SendNoSignal = 0x4000;
    public const int ReceiveWaitAll = 0x100;
    public const uint EpollIn = 1;
    public const uint EpollOut = 4;
    public const uint EpollErr = 8;
    public const uint EpollHup = 16;
    public const int EpollAdd = 1;
    public const int EpollMod = 3;
    private const int ClockMonotonic = 1;
    private const int ClockThreadCpuTime = 3;
    private const int TimerAbsolute = 1;
    private const int SetTimerSlack = 29;

    /// <summary>CPU time the calling thread has used, in nanoseconds.</summary>
    public static long ThreadCpuNs()
    {
        TimeSpec time;
        Check(ClockGetTime(ClockThreadCpuTime, &time));
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }

    /// <summary>Sleeps until a time of <see cref="System.Diagnostics.Stopwatch"/> (CLOCK_MONOTONIC, nanoseconds).</summary>
    public static void SleepUntil(long timestampNs)
    {
        var time = new TimeSpec { Seconds = timestampNs / 1_000_000_000, Nanoseconds = timestampNs % 1_000_000_000 };
        while (ClockNanoSleep(ClockMonotonic, TimerAbsolute, &time, null) == ErrnoIntr)
        {
        }
    }

    /// <summary>Lets the calling thread's sleeps end on time instead of up to 50 µs late.</summary>
    public static void MinimiseTimerSlack() => Check(Prctl(SetTimerSlack, 1, 0, 0, 0));

    /// <summary>ppoll with a relative time-out.</summary>
    public static int Poll(PollEntry* entries, int count, long timeoutNs)
    {
        var time = new TimeSpec { Seconds = timeoutNs / 1_000_000_000, Nanoseconds = timeoutNs % 1_000_000_000 };
        return PPoll(entries, (nuint)count, &time, null);
    }

    public static void FdataSync(int fd) => Check(FdataSyncCall(fd));

    public static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    /// <summary>Writes everything at <paramref name="offset"/>.</summary>
    public static void WriteAt(int fd, byte* bytes, long length, long offset)
    {
        while (length > 0)
        {
            var written = PWrite(fd, bytes, (nuint)length, offset);
            if (written < 0)
            {
                ThrowUnlessInterrupted();
                continue;
            }

            bytes += written;
            length -= written;
            offset += written;
        }
    }

    public static void ThrowUnlessInterrupted()
    {
        var errno = Marshal.GetLastPInvokeError();
        if (errno != ErrnoIntr)
        {
            throw new Win32Exception(errno);
        }
    }

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int fd, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int fd, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int fd, byte* epollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, byte* events, int maxEvents, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "sync")]
    public static partial void Sync();

    [LibraryImport("libc", EntryPoint = "gettid")]
    public static partial int GetThreadId();

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FdataSyncCall(int fd);

    [LibraryImport("libc", EntryPoint = "pwrite64", SetLastError = true)]
    private static partial nint PWrite(int fd, byte* bytes, nuint length, long offset);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGetTime(int clock, TimeSpec* time);

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanoSleep(int clock, int flags, TimeSpec* request, TimeSpec* remain);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    private static partial int PPoll(PollEntry* entries, nuint count, TimeSpec* timeout, void* signals);

    /// <summary>struct pollfd.</summary>
    public struct PollEntry
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
