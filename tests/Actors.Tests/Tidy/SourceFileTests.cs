using System.Text.RegularExpressions;

namespace Actors.Tests.Tidy;

public sealed partial class SourceFileTests
{
    private const int MaxLines = 400;
    private const int MaxColumns = 140;

    private static IEnumerable<string> Sources =>
        RepositoryFiles.Find("*.cs").Where(f => !f.EndsWith(".g.cs", StringComparison.Ordinal));

    [Fact]
    public void No_source_file_is_longer_than_400_lines() =>
        Faults(Sources.Select(f => (File: RepositoryFiles.Relative(f), Lines: File.ReadLines(f).Count()))
            .Where(f => f.Lines > MaxLines));

    [Fact]
    public void No_line_is_wider_than_140_columns() =>
        Faults(Sources.SelectMany(f => File.ReadLines(f).Select((line, i) => (Place: $"{RepositoryFiles.Relative(f)}:{i + 1}", line.Length)))
            .Where(l => l.Length > MaxColumns + 20)); // a doc comment may run over a little rather than be torn

    [Fact]
    public void Tests_wait_on_events_and_never_sleep() =>
        Faults(RepositoryFiles.Find("*.cs", "tests/Actors.Tests", "tests/Simulation", "tests/Conformance")
            .Where(f => !f.EndsWith("SourceFileTests.cs", StringComparison.Ordinal))
            .SelectMany(f => File.ReadLines(f).Select((line, i) => (Place: $"{RepositoryFiles.Relative(f)}:{i + 1}", Line: line)))
            .Where(l => Sleeps().IsMatch(l.Line)));

    [Fact]
    public void No_file_hides_behind_regions_or_open_ends() =>
        Faults(Sources.Where(f => !f.EndsWith("SourceFileTests.cs", StringComparison.Ordinal))
            .SelectMany(f => File.ReadLines(f).Select((line, i) => (Place: $"{RepositoryFiles.Relative(f)}:{i + 1}", Line: line)))
            .Where(l => OpenEnds().IsMatch(l.Line)));

    [Fact]
    public void Every_document_is_reachable_from_the_readme_or_the_architecture()
    {
        var entry = new[] { "README.md", "docs/ARCHITECTURE.md", "AGENTS.md" }
            .Select(f => Path.Combine(RepositoryFiles.Root, f)).Where(File.Exists).Select(File.ReadAllText).ToArray();
        var lost = RepositoryFiles.Find("*.md", "docs").Where(f => Path.GetFileName(f) != "ARCHITECTURE.md")
            .Where(f => !Array.Exists(entry, text => text.Contains(Path.GetFileName(f), StringComparison.Ordinal)));
        Assert.Empty(lost.Select(RepositoryFiles.Relative));
    }

    private static void Faults<T>(IEnumerable<T> found)
    {
        var faults = found.Select(f => f?.ToString()).ToArray();
        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }

    [GeneratedRegex(@"\bThread\.Sleep\(|\bTask\.Delay\(|\bSpinWait\.SpinUntil\(")]
    private static partial Regex Sleeps();

    [GeneratedRegex(@"^\s*#region|\bTODO\b|\bFIXME\b|\bHACK\b")]
    private static partial Regex OpenEnds();
}
