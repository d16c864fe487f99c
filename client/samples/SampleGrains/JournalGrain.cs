using System.Text;
using Actors.Abstractions;
using Actors.Grains;

namespace SampleGrains;

/// <summary>
/// A grain whose state is the sum of what it wrote: it folds its log when it is activated and appends afterwards. The log is a partition
/// of its own; <see cref="LeaderPlacementAttribute"/> keeps the grain where that partition is led.
/// </summary>
[GrainType("samples.journal"), LeaderPlacement]
public sealed class JournalGrain([AppendOnlyLog("logs")] IAppendOnlyLog log) : Grain, IJournalGrain
{
    private readonly List<string> _lines = [];

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await foreach (var record in log.ReadAsync(cancellationToken: cancellationToken))
        {
            _lines.Add(Encoding.UTF8.GetString(record.Value!.Value.Span));
        }
    }

    /// <inheritdoc/>
    public async Task<long> WriteAsync(string line)
    {
        var offset = await log.AppendAsync(Encoding.UTF8.GetBytes(line));
        _lines.Add(line);
        return offset;
    }

    /// <inheritdoc/>
    public Task<string[]> ReadAsync() => Task.FromResult(_lines.ToArray());
}
