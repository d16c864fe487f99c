namespace LoadGen.Platform;

/// <summary>A directory of this run's own, deleted with everything in it at the end.</summary>
internal sealed class WorkDirectory : IDisposable
{
    public WorkDirectory(string parent)
    {
        Path = System.IO.Path.Combine(parent, $"loadgen-{Environment.ProcessId}");
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public string Sub(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Deletes a sub-directory at once, to give its disk back.</summary>
    public void Drop(string name)
    {
        if (Directory.Exists(Sub(name)))
        {
            Directory.Delete(Sub(name), recursive: true);
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
