namespace Conformance.Wire;

/// <summary>Asks one node for the ends of a partition over one connection (ListOffsets v1).</summary>
public sealed class PartitionOffsets : IDisposable
{
    public const long Latest = -1;
    public const long Earliest = -2;

    private const short UnknownTopicOrPartition = 3;

    private readonly RawConnection _connection;

    private PartitionOffsets(RawConnection connection) => _connection = connection;

    public static async Task<PartitionOffsets> OpenAsync(string bootstrap, CancellationToken cancellation) =>
        new(await RawConnection.OpenAsync(bootstrap, cancellation));

    /// <summary>The offset, or null while there is no such partition.</summary>
    public async Task<long?> AskAsync(string topic, int partition, long timestamp, CancellationToken cancellation)
    {
        var body = new WireWriter().Int32(-1).Int32(1).String(topic).Int32(1).Int32(partition).Int64(timestamp).ToArray();
        var answer = await _connection.CallAsync(2, 1, body, flexibleRequest: false, flexibleResponse: false, cancellation);
        Assert.Equal(1, answer.Int32());
        Assert.Equal(topic, answer.String());
        Assert.Equal(1, answer.Int32());
        Assert.Equal(partition, answer.Int32());
        var error = answer.Int16();
        answer.Int64();
        var offset = answer.Int64();
        Assert.True(error is 0 or UnknownTopicOrPartition, $"ListOffsets answered error {error}");
        return error == 0 ? offset : null;
    }

    /// <summary>Asks until the partition's end has reached an offset: each round trip is the wait.</summary>
    public async Task WaitForEndAsync(string topic, int partition, long end, CancellationToken cancellation)
    {
        while (await AskAsync(topic, partition, Latest, cancellation) is not { } now || now < end)
        {
        }
    }

    public void Dispose() => _connection.Dispose();
}
