namespace Actors.Model.Leases;

/// <summary>
/// Bytes that lie in a file and are sent from there, never passing through memory of this process: the other thing, beside a
/// <see cref="LeaseSlice"/>, that a read may answer with. It holds its file open, also when the file is closed or deleted meanwhile, and
/// has one owner, who calls <see cref="Release"/> exactly once. The bytes of a region never change: what is below a log's written end is
/// not written again.
/// </summary>
public sealed class FileRegion
{
    private readonly IRegionLoader? _loader;
    private int _released;

    /// <summary>A region of <paramref name="file"/>; takes over one hold on it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="position">First byte in the file.</param>
    /// <param name="lengthBytes">Bytes, above 0.</param>
    /// <param name="loader">Who brings bytes back into the page cache; null: whoever sends them waits for the disk.</param>
    public FileRegion(IRegionFile file, long position, int lengthBytes, IRegionLoader? loader)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lengthBytes);
        File = file;
        Position = position;
        LengthBytes = lengthBytes;
        _loader = loader;
    }

    /// <summary>The file; open as long as the region is not released.</summary>
    public IRegionFile File { get; }

    /// <summary>First byte in the file.</summary>
    public long Position { get; }

    /// <summary>Bytes of the region.</summary>
    public int LengthBytes { get; }

    /// <summary>
    /// Brings bytes into the page cache and then calls <paramref name="done"/>, on another thread, also if the disk fails: sending them
    /// says so. False: it cannot be had, and nobody calls.
    /// </summary>
    public bool TryLoad(long position, int lengthBytes, Action done) => _loader is not null && _loader.TryLoad(File, position, lengthBytes, done);

    /// <summary>Gives up the hold on the file.</summary>
    /// <exception cref="InvalidOperationException">It was released before.</exception>
    public void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) != 0)
        {
            throw new InvalidOperationException("A file region was released more often than it was taken.");
        }

        File.Return();
    }
}
