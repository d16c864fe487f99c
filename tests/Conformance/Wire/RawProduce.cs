namespace Conformance.Wire;

/// <summary>Produce v8 over a raw connection: the last version without flexible fields, and with an error text.</summary>
public static class RawProduce
{
    public const short Version = 8;

    public sealed record Answer(short Error, long BaseOffset, string? Message);

    public static byte[] Body(string topic, int partition, ReadOnlySpan<byte> records, short acks = -1) =>
        new WireWriter().String(null).Int16(acks).Int32(10_000)
            .Int32(1).String(topic).Int32(1).Int32(partition).Int32(records.Length).Raw(records).ToArray();

    public static async Task<Answer> SendAsync(
        RawConnection connection, string topic, int partition, byte[] records, CancellationToken cancellation)
    {
        var answer = await connection.CallAsync(0, Version, Body(topic, partition, records), false, false, cancellation);
        Assert.Equal(1, answer.Int32());
        Assert.Equal(topic, answer.String());
        Assert.Equal(1, answer.Int32());
        Assert.Equal(partition, answer.Int32());
        var error = answer.Int16();
        var offset = answer.Int64();
        answer.Int64(); // log append time
        answer.Int64(); // log start offset
        for (var recordErrors = answer.Int32(); recordErrors > 0; recordErrors--)
        {
            answer.Int32();
            answer.String();
        }

        return new Answer(error, offset, answer.String());
    }
}
