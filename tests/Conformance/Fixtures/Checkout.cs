namespace Conformance.Fixtures;

/// <summary>Where this checkout lies: the tests start what was built beside them, never an installed copy.</summary>
public static class Checkout
{
    public static string Root { get; } = FindRoot();

    /// <summary>The Release build of the node: what users run is what is killed.</summary>
    public static string SiloAssembly => Path.Combine(Root, "silo", "bin", "Release", "net10.0", "Actors.Silo.dll");

    /// <summary>A script of this project, copied beside the test assembly.</summary>
    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Clients", "Scripts", name);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Actors.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("Actors.sln is not above " + AppContext.BaseDirectory);
    }
}
