using System.Runtime.CompilerServices;

namespace Actors.Tests.Tidy;

/// <summary>The files of the checkout, found from this source file's own place.</summary>
internal static class RepositoryFiles
{
    private static readonly string[] Skipped = ["bin", "obj", "node_modules", "artifacts", ".git", "dist", "TestResults"];

    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Find(string pattern, params string[] folders)
    {
        foreach (var folder in folders.Length == 0 ? ["."] : folders)
        {
            var start = Path.Combine(Root, folder);
            if (!Directory.Exists(start))
            {
                continue;
            }

            foreach (var file in Walk(start, pattern))
            {
                yield return file;
            }
        }
    }

    public static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    private static IEnumerable<string> Walk(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern).Concat(
            Directory.EnumerateDirectories(folder)
                .Where(d => !Skipped.Contains(Path.GetFileName(d)))
                .SelectMany(d => Walk(d, pattern)));

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var folder = Path.GetDirectoryName(here);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Actors.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests run outside their checkout: Actors.sln is not above " + here);
    }
}
