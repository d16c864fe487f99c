using Conformance.Fixtures;

namespace Conformance.Grains;

/// <summary>The Release builds of the samples, as a reader of the README gets them.</summary>
internal static class SampleAssemblies
{
    public static string HelloTopic => Find("HelloTopic");

    public static string ComplaintMails => Find("ComplaintMails");

    public static string MasterFailover => Find("MasterFailover");

    public static string OwnSilo => Find("OwnSilo");

    public static string WatchTree => Find("WatchTree");

    private static string Find(string name)
    {
        var path = Path.Combine(Checkout.Root, "client", "samples", name, "bin", "Release", "net10.0", name + ".dll");
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} is not built: dotnet build Actors.sln -c Release");
    }
}
