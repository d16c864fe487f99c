using System.Text;
using Confluent.Kafka;
using Conformance.Clients;

namespace Conformance.Crashes;

/// <summary>
/// Writes to a compacted topic under a small set of keys, and knows what a reader may find afterwards: of each key the newest record that was
/// acknowledged, or a newer one whose answer is not known; nothing of a key that was deleted since.
/// </summary>
internal sealed class CompactionRun(int seed)
{
    public const string Topic = "compacted";
    private const int Keys = 150;
    private const int ValueBytes = 3_000;

    /// <summary>Records sent before the answers of the first are waited for.</summary>
    private const int Burst = 200;

    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, Known> _known = [];
    private readonly Dictionary<long, string?> _stored = [];
    private int _number;

    /// <summary>Records that were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Sends until the node is gone or so many records were sent.</summary>
    public void Send(string bootstrap, int records, Task gone)
    {
        using var producer = ConfluentClients.Producer(bootstrap, c =>
        {
            c.EnableIdempotence = true;
            c.MessageTimeoutMs = 60_000;
            c.CompressionType = (CompressionType)_random.Next(5);
        });
        for (var sent = 0; sent < records && !gone.IsCompleted; sent += Burst)
        {
            for (var i = 0; i < Burst; i++)
            {
                Produce(producer);
            }

            while (producer.Flush(TimeSpan.FromMilliseconds(50)) > 0 && !gone.IsCompleted)
            {
                // answers come, or the node goes
            }
        }
    }

    /// <summary>Holds what a reader finds against what is known; answers the number of records.</summary>
    public int Check(string bootstrap, Task gone)
    {
        var found = ReadAll(bootstrap, gone);
        lock (_gate)
        {
            var newest = new Dictionary<string, (long Offset, string? Value)>();
            foreach (var (key, offset, value) in found)
            {
                Assert.True(!_stored.TryGetValue(offset, out var before) || before == value, $"{Topic} offset {offset} has another record than before");
                _stored[offset] = value;
                newest[key] = (offset, value);
            }

            foreach (var (key, known) in _known)
            {
                Check(key, known, newest.TryGetValue(key, out var last) ? last : null);
            }
        }

        return found.Count;
    }

    private static void Check(string key, Known known, (long Offset, string? Value)? last)
    {
        if (last is { } there)
        {
            Assert.True(there.Offset >= known.Offset, $"{key}: the record acknowledged at {known.Offset} is lost, the newest one is at {there.Offset}");
            Assert.True(
                there.Offset > known.Offset ? known.Unknown.Contains(there.Value ?? "") : there.Value == known.Value,
                $"{key}: at {there.Offset} is {there.Value}, acknowledged was {known.Value} at {known.Offset}");
            return;
        }

        Assert.True(
            known.Offset < 0 || known.Value is null || known.Unknown.Contains(""),
            $"{key}: {known.Value} was acknowledged at {known.Offset}, and nothing of the key is there");
    }

    private void Produce(IProducer<string?, byte[]> producer)
    {
        var key = $"key-{_random.Next(Keys)}";
        var value = _random.Next(8) == 0 ? null : $"{++_number}:{Noise()}";
        lock (_gate)
        {
            if (!_known.TryGetValue(key, out var known))
            {
                _known.Add(key, known = new Known());
            }

            known.Unknown.Add(value ?? "");
        }

        var message = new Message<string?, byte[]> { Key = key, Value = value is null ? null! : Encoding.UTF8.GetBytes(value) };
        producer.Produce(Topic, message, report =>
        {
            if (report.Error.IsError)
            {
                return; // whether it is there is not known
            }

            lock (_gate)
            {
                Acknowledged++;
                var known = _known[key];
                if (report.Offset.Value > known.Offset)
                {
                    (known.Offset, known.Value) = (report.Offset.Value, value);
                }
            }
        });
    }

    /// <summary>Of a kind that no codec makes small, so that segments fill.</summary>
    private string Noise()
    {
        var bytes = new byte[_random.Next(ValueBytes)];
        _random.NextBytes(bytes);
        return Convert.ToBase64String(bytes);
    }

    private static List<(string Key, long Offset, string? Value)> ReadAll(string bootstrap, Task gone)
    {
        var found = new List<(string, long, string?)>();
        using var consumer = ConfluentClients.Consumer(bootstrap, c => c.CheckCrcs = true);
        consumer.Assign(new TopicPartitionOffset(Topic, 0, 0));
        for (var waited = TimeSpan.Zero; waited < ConfluentClients.Patience; waited += TimeSpan.FromMilliseconds(200))
        {
            while (consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } result)
            {
                if (result.IsPartitionEOF)
                {
                    return found;
                }

                Assert.True(found.Count == 0 || result.Offset.Value > found[^1].Item2, $"offset {result.Offset.Value} was read again");
                found.Add((result.Message.Key!, result.Offset.Value, result.Message.Value is { } value ? Encoding.UTF8.GetString(value) : null));
            }

            if (gone.IsCompleted)
            {
                throw new NodeGoneException();
            }
        }

        throw new TimeoutException($"Nothing for {ConfluentClients.Patience} while reading back");
    }

    private sealed class Known
    {
        /// <summary>Greatest offset that was acknowledged, or -1, and what lies there.</summary>
        public long Offset { get; set; } = -1;
        public string? Value { get; set; }

        /// <summary>Values that were sent; empty stands for a tombstone.</summary>
        public HashSet<string> Unknown { get; } = [];
    }
}
