using System.Diagnostics;
using Conformance.Fixtures;

namespace Conformance.ZooKeeper;

/// <summary>
/// Runs one scenario of a script. One that prints <c>restart</c>, with or without a fault point, wants the server killed with -9 and
/// started again, and reads <c>back</c> once it serves; it ends with <c>ok</c>.
/// </summary>
internal static class ClientScript
{
    /// <summary>The distribution's python sees the distribution's packages; another one on the PATH does not.</summary>
    private const string Python = "/usr/bin/python3";

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(150);

    /// <summary>A script of the folder <c>Scripts</c>, in Python.</summary>
    public static Task PythonAsync(ZooKeeperNode node, string script, string scenario, CancellationToken cancellation) =>
        RunAsync(node, Python, Path.Combine(AppContext.BaseDirectory, "ZooKeeper", "Scripts", script), scenario, cancellation);

    /// <summary>A script of the folder <c>Node</c>, in JavaScript, where the packages of <c>tests/install-clients.sh</c> lie.</summary>
    public static Task NodeAsync(ZooKeeperNode node, string script, string scenario, CancellationToken cancellation) =>
        RunAsync(node, "node", Path.Combine(Checkout.Root, "tests", "Conformance", "ZooKeeper", "Node", script), scenario, cancellation);

    private static async Task RunAsync(ZooKeeperNode node, string program, string script, string scenario, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.ArgumentList.Add(script);
        start.ArgumentList.Add(node.Address);
        start.ArgumentList.Add(scenario);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_deadline);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("Could not start " + program);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        string? last = null;
        try
        {
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                last = line;
                if (line.StartsWith("restart", StringComparison.Ordinal))
                {
                    await node.Kill9AndRestartAsync(limit.Token, line["restart".Length..].Trim());
                    await process.StandardInput.WriteLineAsync("back".AsMemory(), limit.Token);
                    await process.StandardInput.FlushAsync(limit.Token);
                }
            }

            await process.WaitForExitAsync(limit.Token);
        }
        catch (Exception e)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{script} {scenario} did not come to its end: {e.Message}\n{await error}", e);
        }

        Assert.True(process.ExitCode == 0 && last == "ok", $"{script} {scenario}: exit code {process.ExitCode}, it said {last}\n{await error}");
    }
}
