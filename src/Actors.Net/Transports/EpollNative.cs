using System.Runtime.InteropServices;

namespace Actors.Net.Transports;

/// <summary>The few system calls of the event loop; each answers -1 and leaves errno.</summary>
internal static unsafe partial class EpollNative
{
    public const int Add = 1;
    public const int Delete = 2;
    public const uint In = 0x001;
    public const uint Out = 0x004;
    public const uint Error = 0x008;
    public const uint HangUp = 0x010;
    public const uint PeerClosed = 0x2000;
    public const uint EdgeTriggered = 1u << 31;
    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;
    public const int DontWait = 0x40;
    public const int NoSignal = 0x4000;
    public const int More = 0x8000;
    public const int InputOutput = 5;
    public const int BadDescriptor = 9;
    public const int NoMemory = 12;
    public const int Invalid = 22;
    public const int IllegalSeek = 29;
    public const int Overflow = 75;
    public const int Interrupted = 4;
    public const int TryAgain = 11;

    // The kernel packs this structure on x86-64 only.
    [StructLayout(LayoutKind.Explicit, Size = 12)]
    public struct PackedEvent
    {
        [FieldOffset(0)] public uint Events;
        [FieldOffset(4)] public long Data;
    }

    [StructLayout(LayoutKind.Explicit, Size = 16)]
    public struct AlignedEvent
    {
        [FieldOffset(0)] public uint Events;
        [FieldOffset(8)] public long Data;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public void* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>Whether the kernel's event structure is the packed one here.</summary>
    public static bool IsPacked { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int Control(int epoll, int operation, int descriptor, void* change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int Wait(int epoll, void* events, int maxEvents, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int CreateEvent(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, void* into, nuint bytes);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, void* from, nuint bytes);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int descriptor, void* into, nuint bytes, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(int descriptor, MessageHeader* message, int flags);

    // .NET ignores SIGPIPE for the whole process: there is no flag against it here.
    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    public static partial nint SendFile(int to, SafeHandle from, long* position, nuint bytes);
}
