namespace Actors.Model.Leases;

/// <summary>Reads parts of files into the page cache on a thread that may wait for the disk. Any thread.</summary>
public interface IRegionLoader
{
    /// <summary>
    /// Queues the reading; <paramref name="done"/> is called once, whatever came of it, on that thread. False: too many wait already.
    /// The file may be returned before it is over.
    /// </summary>
    bool TryLoad(IRegionFile file, long position, int lengthBytes, Action done);
}
