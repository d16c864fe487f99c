using Actors.Storage.Devices;

namespace Simulation.Fakes;

/// <summary>Open files.</summary>
public sealed partial class SimulatedStorageDevice
{
    private sealed class Handle(SimulatedStorageDevice device, string path, SimulatedFile file) : IStorageFile
    {
        private bool _isDisposed;

        public string Path => path;

        public long Length
        {
            get
            {
                lock (device._lock)
                {
                    Check("stat");
                    return file.Length;
                }
            }
        }

        public void Write(ReadOnlySpan<WriteSegment> segments, long position)
        {
            lock (device._lock)
            {
                Check("pwritev");
                var whole = new byte[Sum(segments)];
                var at = 0;
                foreach (var segment in segments)
                {
                    segment.Array.AsSpan(segment.Start, segment.LengthBytes).CopyTo(whole.AsSpan(at));
                    at += segment.LengthBytes;
                }

                WriteFitting(whole, position);
            }
        }

        public void Write(ReadOnlySpan<byte> bytes, long position)
        {
            lock (device._lock)
            {
                Check("pwritev");
                WriteFitting(bytes, position);
            }
        }

        public int Read(Span<byte> into, long position)
        {
            lock (device._lock)
            {
                Check("pread");
                return file.Read(into, position);
            }
        }

        public bool TryReadCached(Span<byte> into, long position, out int read)
        {
            read = 0;
            lock (device._lock)
            {
                Check("preadv2");
                if (device.IsCached)
                {
                    read = file.Read(into, position);
                }

                return device.IsCached;
            }
        }

        public void Sync()
        {
            lock (device._lock)
            {
                Check("fdatasync");
                device.SyncCount++;
                if (!device.LiesAboutSyncs)
                {
                    file.Sync();
                }
            }
        }

        public void SetLength(long lengthBytes)
        {
            lock (device._lock)
            {
                Check("ftruncate");
                device._usedBytes += lengthBytes - file.Length;
                file.SetLength(lengthBytes);
            }
        }

        public void Dispose()
        {
            lock (device._lock)
            {
                device.OpenFiles -= _isDisposed ? 0 : 1;
                _isDisposed = true;
            }
        }

        private static int Sum(ReadOnlySpan<WriteSegment> segments)
        {
            var sum = 0;
            foreach (var segment in segments)
            {
                sum += segment.LengthBytes;
            }

            return sum;
        }

        private void Check(string operation)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            device.Check(operation, path);
        }

        private void WriteFitting(ReadOnlySpan<byte> bytes, long position)
        {
            var grows = Math.Max(0, position + bytes.Length - file.Length);
            var room = Math.Max(0, device.CapacityBytes - device._usedBytes);
            if (grows <= room)
            {
                device._usedBytes += grows;
                file.Write(bytes, position);
                return;
            }

            var fitting = (int)Math.Max(0, bytes.Length - (grows - room));
            if (fitting > 0)
            {
                device._usedBytes += Math.Max(0, position + fitting - file.Length);
                file.Write(bytes[..fitting], position);
            }

            throw new StorageException("pwritev", path, StorageException.NoSpaceLeft, "the simulated disk is full");
        }
    }
}
