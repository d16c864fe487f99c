namespace Actors.Storage;

/// <summary>The log thread of a directory: waits for work, runs rounds, and ends with a clean close. One per directory.</summary>
public sealed class LogDirectoryWriter : IAsyncDisposable
{
    /// <summary>Starts the thread.</summary>
    public LogDirectoryWriter(LogDirectory directory)
    {
        Directory = directory;
    }

    /// <summary>The directory it writes.</summary>
    public LogDirectory Directory { get; }

    /// <summary>Runs what is queued, closes the directory clean unless it failed, and ends the thread.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
