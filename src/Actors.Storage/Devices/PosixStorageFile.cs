using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Actors.Storage.Devices;

/// <summary>
/// An open file of a Linux machine. The handle counts the calls that are inside it, so that a file may be disposed while another
/// thread reads: that read ends properly, the next one is told that the file is closed.
/// </summary>
internal sealed unsafe partial class PosixStorageFile : IStorageFile
{
    private static int s_noWaitUnsupported;
    private readonly SafeFileHandle _handle;
    private PosixStorageDevice? _countedBy;

    public PosixStorageFile(string path, SafeFileHandle handle, PosixStorageDevice? countedBy = null)
    {
        Path = path;
        _handle = handle;
        _countedBy = countedBy;
    }

    public string Path { get; }

    public long Length
    {
        get
        {
            var length = PosixCalls.Seek(_handle, 0, PosixCalls.SeekEnd);
            return length >= 0 ? length : throw Failed("lseek");
        }
    }

    public void Write(ReadOnlySpan<WriteSegment> segments, long position)
    {
        const int Most = 256;
        var vectors = stackalloc PosixCalls.IoVector[Most];
        while (!segments.IsEmpty)
        {
            var count = Math.Min(Most, segments.Length);
            for (var i = 0; i < count; i++)
            {
                ref readonly var segment = ref segments[i];
                ArgumentOutOfRangeException.ThrowIfGreaterThan(
                    (ulong)(uint)segment.Start + (uint)segment.LengthBytes, (ulong)segment.Array.Length, nameof(segments));

                // Arrays that are written are on the pinned heap: leases, and the log's own buffers.
                var start = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(segment.Array));
                vectors[i] = new PosixCalls.IoVector { Base = start + segment.Start, Length = (nuint)segment.LengthBytes };
            }

            position += WriteWhole(vectors, count, position);
            for (var i = 0; i < count; i++)
            {
                GC.KeepAlive(segments[i].Array);
            }

            segments = segments[count..];
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        fixed (byte* start = bytes)
        {
            var vector = new PosixCalls.IoVector { Base = start, Length = (nuint)bytes.Length };
            WriteWhole(&vector, 1, position);
        }
    }

    public int Read(Span<byte> into, long position)
    {
        var done = 0;
        fixed (byte* start = into)
        {
            while (done < into.Length)
            {
                var read = PosixCalls.Read(_handle, start + done, (nuint)(into.Length - done), position + done);
                if (read > 0)
                {
                    done += (int)read;
                }
                else if (read == 0)
                {
                    break;
                }
                else if (Marshal.GetLastPInvokeError() != PosixCalls.Interrupted)
                {
                    throw Failed("pread");
                }
            }
        }

        return done;
    }

    public bool TryReadCached(Span<byte> into, long position, out int read)
    {
        read = 0;
        if (Volatile.Read(ref s_noWaitUnsupported) != 0)
        {
            return false;
        }

        fixed (byte* start = into)
        {
            while (true)
            {
                var vector = new PosixCalls.IoVector { Base = start, Length = (nuint)into.Length };
                var result = PosixCalls.ReadVector2(_handle, &vector, 1, position, PosixCalls.NoWait);
                if (result >= 0)
                {
                    read = (int)result;
                    return true;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case PosixCalls.Interrupted:
                        continue;
                    case PosixCalls.TryAgain:
                        return false;
                    case PosixCalls.NotSupported:
                        Volatile.Write(ref s_noWaitUnsupported, 1);
                        return false;
                    default:
                        throw Failed("preadv2");
                }
            }
        }
    }

    public void Sync()
    {
        // Not repeated after EINTR either: what was reported once is not reported again.
        if (PosixCalls.SyncData(_handle) != 0)
        {
            throw Failed("fdatasync");
        }
    }

    public void SetLength(long lengthBytes)
    {
        while (PosixCalls.Truncate(_handle, lengthBytes) != 0)
        {
            if (Marshal.GetLastPInvokeError() != PosixCalls.Interrupted)
            {
                throw Failed("ftruncate");
            }
        }
    }

    public void Dispose()
    {
        Interlocked.Exchange(ref _countedBy, null)?.NoteClosed();
        _handle.Dispose();
    }

    /// <summary>Writes all vectors; a short write goes on where it ended.</summary>
    private long WriteWhole(PosixCalls.IoVector* vectors, int count, long position)
    {
        var begin = position;
        while (count > 0)
        {
            if (vectors[0].Length == 0)
            {
                vectors++;
                count--;
                continue;
            }

            var written = PosixCalls.WriteVector(_handle, vectors, count, position);
            if (written < 0)
            {
                if (Marshal.GetLastPInvokeError() == PosixCalls.Interrupted)
                {
                    continue;
                }

                throw Failed("pwritev");
            }

            if (written == 0)
            {
                throw new StorageException("pwritev", Path, StorageException.InputOutput, "nothing was written");
            }

            position += written;
            while (count > 0 && (nuint)written >= vectors[0].Length)
            {
                written -= (nint)vectors[0].Length;
                vectors++;
                count--;
            }

            if (count > 0)
            {
                vectors[0].Base += written;
                vectors[0].Length -= (nuint)written;
            }
        }

        return position - begin;
    }

    private StorageException Failed(string operation) => PosixStorageDevice.Failed(operation, Path, Marshal.GetLastPInvokeError());
}
