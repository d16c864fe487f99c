using System.Globalization;
using Actors.Abstractions;
using Actors.Client;

namespace ComplaintMails;

/// <summary>
/// Counts complaints per product in windows that follow each other, by the mails' own time, whenever they are read. A partition's window is
/// closed by the first mail of a later one; a mail that comes late counts in the window that is open.
/// </summary>
internal sealed class CountService(ActorsClient client, Settings settings)
{
    private readonly Dictionary<int, OpenWindow> _open = [];
    private readonly Progress _progress = new();

    public Task WhenCountedAsync(IReadOnlyDictionary<int, long> last) => _progress.WhenReachedAsync(last);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var membership = settings.Membership;
        membership.PartitionsRevoked = membership.PartitionsLost = Forget;
        var group = client.Group($"{settings.Topic}-count");
        await foreach (var mail in group.ConsumeAsync([settings.Topic], membership, cancellationToken))
        {
            await CountAsync(mail, cancellationToken);
            _progress.Reach(mail);
        }
    }

    private async Task CountAsync(ConsumedRecord mail, CancellationToken cancellationToken)
    {
        var start = mail.Record.TimestampMs / (long)settings.Window.TotalMilliseconds * (long)settings.Window.TotalMilliseconds;
        if (!_open.TryGetValue(mail.Partition, out var window) || start > window.StartMs)
        {
            if (window is not null)
            {
                Print(window, "");
                await window.Last.CommitAsync(cancellationToken); // everything below the window that opens now
            }

            window = _open[mail.Partition] = new OpenWindow { StartMs = start, Last = mail };
        }

        window.Last = mail;
        window.Counts[mail.KeyText!] = window.Counts.GetValueOrDefault(mail.KeyText!) + 1;
    }

    private void Print(OpenWindow window, string prefix)
    {
        var start = DateTimeOffset.FromUnixTimeMilliseconds(window.StartMs);
        foreach (var (product, count) in window.Counts.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            var alert = count >= settings.Alert ? " ALERT" : "";
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{prefix}window {start:HH:mm:ss} to {start + settings.Window:HH:mm:ss}: complaints about the {product}: {count}{alert}"));
        }
    }

    /// <summary>Others count on from the committed offset: what is kept here of those partitions is theirs now.</summary>
    private ValueTask Forget(GroupConsumer consumer, IReadOnlyList<PartitionKey> partitions, CancellationToken cancellationToken)
    {
        foreach (var (_, partition) in partitions)
        {
            if (_open.Remove(partition, out var window))
            {
                Print(window, "still open, whoever reads on counts it again: ");
            }
        }

        return ValueTask.CompletedTask;
    }

    private sealed class OpenWindow
    {
        public required long StartMs { get; init; }

        public required ConsumedRecord Last { get; set; }

        public Dictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);
    }
}
