using Actors.Storage.Devices;
using Actors.Storage.Formats;

namespace Actors.Storage.Partitions;

/// <summary>
/// Names of a segment's files. One made by a cleaning has a suffix behind all of them until it takes its place: <c>.cleaned</c> while it is
/// written, <c>.swap</c> once it is whole; one that was replaced has <c>.deleted</c>. Files are opened under the lock that renames them.
/// </summary>
internal sealed partial class LogSegment
{
    private static readonly string[] s_suffixes = [FileText.IndexSuffix, FileText.TimeIndexSuffix, FileText.LogSuffix];

    /// <summary>Opens one of its files under the name it has at the moment.</summary>
    public IStorageFile OpenNamed(string suffix)
    {
        lock (_opening)
        {
            ThrowIfRemoved();
            return _device.Open(PathOf(suffix), writable: true);
        }
    }

    /// <summary>Gives all its files another suffix, the log last: where it is in place, its indexes are. Names are not synced.</summary>
    public void Rename(string nameSuffix)
    {
        lock (_opening)
        {
            var isRenamed = false;
            try
            {
                foreach (var suffix in s_suffixes)
                {
                    var from = PathOf(suffix);
                    if (_device.GetLength(from) >= 0)
                    {
                        _device.Rename(from, System.IO.Path.Combine(_folder, FileText.OffsetName(BaseOffset, suffix + nameSuffix)));
                    }
                }

                _nameSuffix = nameSuffix;
                isRenamed = true;
            }
            finally
            {
                // Some files have one name and some the other: opened by either, one would be made that the next opening takes for it.
                Volatile.Write(ref _isRemoved, _isRemoved || !isRenamed);
            }
        }
    }

    /// <summary>A cleaning has written and synced the log's file: the same for the indexes, which are there even if they are empty.</summary>
    public void FinishCleaned(long appendedMs)
    {
        FileBytes = SizeBytes;
        AppendedMs = appendedMs;
        CreatedMs = appendedMs;
        foreach (var index in new[] { OffsetIndex, TimeIndex })
        {
            index.CutFile(0);
            index.Write();
            index.Sync();
        }

        IsDirty = false;
        IndexesDirty = false;
        Close();
    }
}
