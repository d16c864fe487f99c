namespace Actors.Storage.Faults;

/// <summary>Places where a test may kill the process or make a call fail. Names are used on command lines; they only grow.</summary>
public enum FaultPoint
{
    /// <summary>Before batches are written, to a segment or the commit log.</summary>
    BeforeWrite = 0,
    /// <summary>After batches were written, to a segment or the commit log.</summary>
    AfterWrite = 1,
    /// <summary>Before segments or the commit log are synced.</summary>
    BeforeSync = 2,
    /// <summary>After segments or the commit log were synced.</summary>
    AfterSync = 3,
    /// <summary>Before index entries are written.</summary>
    BeforeIndex = 4,
    /// <summary>After index entries were written.</summary>
    AfterIndex = 5,
    /// <summary>Before a new segment is begun.</summary>
    BeforeRoll = 6,
    /// <summary>After a new segment was begun.</summary>
    AfterRoll = 7,
    /// <summary>Before a checkpoint is written.</summary>
    BeforeCheckpoint = 8,
    /// <summary>After a checkpoint was published.</summary>
    AfterCheckpoint = 9,
    /// <summary>Before a file is renamed over another.</summary>
    BeforeRename = 10,
    /// <summary>After a file was renamed over another, its directory not yet synced.</summary>
    AfterRename = 11,
    /// <summary>Before a round is written to the commit log.</summary>
    BeforeCommitLogWrite = 12,
    /// <summary>After a round was written to the commit log.</summary>
    AfterCommitLogWrite = 13,
    /// <summary>After the commit log was synced.</summary>
    AfterCommitLogSync = 14,
    /// <summary>Before segments of a compacted log are written anew.</summary>
    BeforeCleaning = 15,
    /// <summary>After they were written and synced, under names of their own.</summary>
    AfterCleaning = 16,
    /// <summary>Before it is written down that they take the place of the old ones.</summary>
    BeforeSwap = 17,
    /// <summary>After that was written down and synced: from here on the next opening finishes it.</summary>
    AfterSwap = 18,
    /// <summary>Before a cleaned segment takes its place.</summary>
    BeforeSwapRename = 19,
    /// <summary>After a cleaned segment took its place, its directory not yet synced.</summary>
    AfterSwapRename = 20,
    /// <summary>After all of them took their places, synced, and before that note is taken away.</summary>
    BeforeSwapEnd = 21,
    /// <summary>After the note was taken away.</summary>
    AfterSwapEnd = 22,
}

/// <summary>Is asked at each <see cref="FaultPoint"/>; null in ordinary life.</summary>
public interface IFaultPoints
{
    /// <summary>Reaches a point: returns, throws a <see cref="Devices.StorageException"/>, or does not return at all.</summary>
    void Reach(FaultPoint point);
}
