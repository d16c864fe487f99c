namespace Conformance.Fixtures;

/// <summary>A folder of its own for one test, deleted at the end (kept when ACTORS_TEST_KEEP is set).</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder(string purpose) => Path = Directory.CreateTempSubdirectory($"actors-{purpose}-").FullName;

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (Environment.GetEnvironmentVariable("ACTORS_TEST_KEEP") is null)
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
