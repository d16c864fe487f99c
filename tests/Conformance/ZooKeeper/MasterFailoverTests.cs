using System.Diagnostics;
using Conformance.Fixtures;

namespace Conformance.ZooKeeper;

/// <summary>The README's master fail-over, typed into two zkCli.sh as a person would.</summary>
[Collection(SharedZooKeeper.Name)]
public sealed class MasterFailoverTests(ZooKeeperNode node)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact(Explicit = true, Timeout = 240_000)]
    public async Task Second_client_is_told_that_the_master_is_gone_and_takes_over()
    {
        await using var first = new CommandLine(node.Address);
        await using var second = new CommandLine(node.Address);
        await first.TypeAsync("create /payments", "Created /payments");
        await first.TypeAsync("create -e /payments/master 10.0.0.7", "Created /payments/master");
        await second.TypeAsync("create -e /payments/master 10.0.0.8", "Node already exists: /payments/master");
        await second.TypeAsync("get -w /payments/master", "10.0.0.7");
        await first.TypeAsync("quit", null);
        await second.SaidAsync("type:NodeDeleted path:/payments/master");
        await second.TypeAsync("create -e /payments/master 10.0.0.8", "Created /payments/master");
        await second.TypeAsync("quit", null);
    }

    /// <summary>One zkCli.sh at a terminal: what is typed, and what has been said since.</summary>
    private sealed class CommandLine : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly OutputLines _all = new();
        private readonly System.Threading.Channels.Channel<string> _lines = System.Threading.Channels.Channel.CreateUnbounded<string>();

        public CommandLine(string address)
        {
            var start = new ProcessStartInfo("/usr/share/zookeeper/bin/zkCli.sh")
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            };
            start.ArgumentList.Add("-server");
            start.ArgumentList.Add(address);
            _process = Process.Start(start) ?? throw new InvalidOperationException("Could not start zkCli.sh");
            _process.OutputDataReceived += OnLine;
            _process.ErrorDataReceived += OnLine;
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        public async Task TypeAsync(string command, string? answer)
        {
            await _process.StandardInput.WriteLineAsync(command);
            await _process.StandardInput.FlushAsync();
            if (answer is not null)
            {
                await SaidAsync(answer);
            }
        }

        public async Task SaidAsync(string part)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(s_patience);
            try
            {
                while (!(await _lines.Reader.ReadAsync(limit.Token)).Contains(part, StringComparison.Ordinal))
                {
                }
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"\"{part}\" was not said:\n{_all}", e);
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }

            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        private void OnLine(object sender, DataReceivedEventArgs e)
        {
            if (e.Data is { } line)
            {
                _all.Add(line);
                _lines.Writer.TryWrite(line);
            }
        }
    }
}
