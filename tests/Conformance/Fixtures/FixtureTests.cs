using Conformance.Wire;

namespace Conformance.Fixtures;

/// <summary>
/// What the conformance tests themselves rest on. These need no node and no client, so they run with the plain test command.
/// </summary>
public sealed class FixtureTests
{
    [Fact]
    public void A_ready_line_is_read_by_its_keys()
    {
        var line = ReadyLine.Parse("ready kafka=127.0.0.1:9092 dashboard=http://127.0.0.1:8080 orleans=127.0.0.1:30000 data=/srv/a folder");

        Assert.Equal(9092, line.KafkaPort);
        Assert.Equal(8080, line.Port("dashboard"));
        Assert.Equal("127.0.0.1:30000", line.Orleans);
        Assert.Equal("/srv/a folder", line.Data);
        Assert.False(line.Values.ContainsKey("zookeeper"));
    }

    [Fact]
    public void What_the_wire_writer_writes_the_wire_reader_reads()
    {
        var id = Guid.NewGuid();
        var reader = new WireReader(new WireWriter().Int16(-2).Int32(7).Int64(long.MinValue).String("é").CompactString(null)
            .UnsignedVarint(300).Uuid(id).ToArray());

        Assert.Equal(-2, reader.Int16());
        Assert.Equal(7, reader.Int32());
        Assert.Equal(long.MinValue, reader.Int64());
        Assert.Equal("é", reader.String());
        Assert.Null(reader.CompactString());
        Assert.Equal(300u, reader.UnsignedVarint());
        Assert.Equal(id, reader.Uuid());
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void Ports_for_restarts_lie_below_the_ephemeral_range() => Assert.InRange(FreePort.Take(), 1024, 32_767);
}
