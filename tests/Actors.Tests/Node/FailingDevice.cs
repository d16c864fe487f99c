using Actors.Storage.Devices;

namespace Actors.Tests.Node;

/// <summary>The machine's file system, whose syncs fail on demand.</summary>
internal sealed class FailingDevice : IStorageDevice
{
    private readonly PosixStorageDevice _real = new();

    public volatile bool FailSyncs;

    public IStorageFile Open(string path, bool writable) => new FailingFile(this, _real.Open(path, writable));

    public long GetLength(string path) => _real.GetLength(path);

    public bool DirectoryExists(string path) => _real.DirectoryExists(path);

    public void CreateDirectory(string path) => _real.CreateDirectory(path);

    public IReadOnlyList<string> List(string path) => _real.List(path);

    public void Rename(string from, string to) => _real.Rename(from, to);

    public void DeleteFile(string path) => _real.DeleteFile(path);

    public void DeleteDirectory(string path) => _real.DeleteDirectory(path);

    public void SyncDirectory(string path)
    {
        FailIfAsked(path);
        _real.SyncDirectory(path);
    }

    public void SyncFileSystem(string path)
    {
        FailIfAsked(path);
        _real.SyncFileSystem(path);
    }

    public StorageSpace GetSpace(string path) => _real.GetSpace(path);

    public IDisposable? TryLock(string path) => _real.TryLock(path);

    private void FailIfAsked(string path)
    {
        if (FailSyncs)
        {
            throw new StorageException("fdatasync", path, StorageException.InputOutput);
        }
    }

    private sealed class FailingFile(FailingDevice device, IStorageFile real) : IStorageFile
    {
        public string Path => real.Path;

        public long Length => real.Length;

        public void Write(ReadOnlySpan<WriteSegment> segments, long position) => real.Write(segments, position);

        public void Write(ReadOnlySpan<byte> bytes, long position) => real.Write(bytes, position);

        public int Read(Span<byte> into, long position) => real.Read(into, position);

        public bool TryReadCached(Span<byte> into, long position, out int read) => real.TryReadCached(into, position, out read);

        public void Sync()
        {
            device.FailIfAsked(real.Path);
            real.Sync();
        }

        public void SetLength(long lengthBytes) => real.SetLength(lengthBytes);

        public void Dispose() => real.Dispose();
    }
}
