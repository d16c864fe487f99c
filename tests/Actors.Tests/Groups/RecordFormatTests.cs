using System.Text;
using Actors.Groups.Classic;
using Actors.Groups.Offsets;
using Actors.Groups.Records;
using Actors.Model.Groups;

namespace Actors.Tests.Groups;

/// <summary>The bytes are those that Apache Kafka 4.3.1's own serializer wrote for the same values.</summary>
public sealed class RecordFormatTests
{
    private const string OffsetKey = "000100036772700006746f702d696300000007";
    private const string Offset = "000400000000075bcd1500000005086d65746120c3a90000018bcfe56800010010112233445566778899aabbccddeeff00";
    private const string ExpiringOffset = "000100000000075bcd1500000000018bcfe568000000018bcfe6eab8";
    private const string PlainOffset = "00040000000000000001ffffffff010000018bcfe5680000";
    private const string Group =
        "00030008636f6e73756d657200000009000572616e676500026d310000018bcfe568000000000200026d31ffff00026331000a2f3132372e302e302e31000493e0"
        + "0000afc80000000301020300000002040500026d320002693200026332000a2f3132372e302e302e31000493e00000afc80000000000000000";
    private const string EmptyGroup = "0003000000000000ffffffff0000018bcfe5680000000000";
    private const long At = 1_700_000_000_000;

    private static readonly Guid s_topicId = new("11223344-5566-7788-99aa-bbccddeeff00");

    public static TheoryData<string, long, int, string, long, bool> Offsets => new()
    {
        { Offset, 123456789, 5, "meta é", -1, true },
        { ExpiringOffset, 123456789, -1, "", 1_700_000_099_000, false },
        { PlainOffset, 1, -1, "", -1, false },
    };

    [Theory]
    [MemberData(nameof(Offsets))]
    public void Committed_offsets_are_written_as_Kafka_writes_them(string hex, long offset, int epoch, string metadata, long expires, bool hasId)
    {
        var entry = new OffsetEntry(offset, epoch, metadata, At, expires, hasId ? s_topicId : Guid.Empty);
        Assert.Equal(hex, Hex(OffsetRecords.Value(new RecordBytes(), entry)));
        Assert.True(OffsetRecords.TryReadValue(Convert.FromHexString(hex), out var read));
        Assert.Equal(entry, read);
    }

    [Fact]
    public void Keys_are_written_as_Kafka_writes_them()
    {
        Assert.Equal(OffsetKey, Hex(OffsetRecords.Key(new RecordBytes(), "grp", "top-ic", 7)));
        Assert.Equal("00020003677270", Hex(GroupRecords.Key(new RecordBytes(), "grp")));
    }

    [Fact]
    public void Groups_are_written_as_Kafka_writes_them()
    {
        var group = GroupRecords.Read("grp", Convert.FromHexString(Group))!;
        Assert.Equal(
            (9, "consumer", "range", "m1", GroupState.Stable),
            (group.GenerationId, group.ProtocolType, group.ProtocolName, group.LeaderId, group.State));
        Assert.Equal("i2", group.Find("m2")!.InstanceId);
        Assert.Equal(Group, Hex(GroupRecords.Value(new RecordBytes(), group, m => m.Assignment)));
        Assert.Equal(EmptyGroup, Hex(GroupRecords.Value(new RecordBytes(), new ClassicGroup("grp") { StateSinceMs = At }, m => m.Assignment)));
    }

    [Fact]
    public void Older_versions_of_an_offset_are_read()
    {
        var v0 = "0000" + "0000000000000005" + "0001" + "61" + "0000018bcfe56800";
        var v3 = "0003" + "0000000000000005" + "00000002" + "0001" + "61" + "0000018bcfe56800";
        Assert.True(OffsetRecords.TryReadValue(Convert.FromHexString(v0), out var old));
        Assert.Equal(new OffsetEntry(5, -1, "a", At, -1, Guid.Empty), old);
        Assert.True(OffsetRecords.TryReadValue(Convert.FromHexString(v3), out var recent));
        Assert.Equal(new OffsetEntry(5, 2, "a", At, -1, Guid.Empty), recent);
    }

    [Fact]
    public void Any_damaged_record_is_refused_not_trusted()
    {
        foreach (var hex in new[] { Offset, ExpiringOffset, PlainOffset, Group })
        {
            var bytes = Convert.FromHexString(hex);
            for (var length = 0; length < bytes.Length; length++)
            {
                Assert.False(hex == Group
                    ? GroupRecords.Read("grp", bytes.AsSpan(0, length)) is not null
                    : OffsetRecords.TryReadValue(bytes.AsSpan(0, length), out _));
            }
        }
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("orders", 31)]
    [InlineData("console-consumer-12345", 6)]
    [InlineData("ä€😀", 1)]
    [InlineData("polygenelubricants", 0)] // its hash is the least integer, which has no positive counterpart
    [InlineData("Pneumonoultramicroscopicsilicovolcanoconiosis", 20)]
    public void A_group_belongs_to_the_partition_that_Kafka_computes(string group, int partition) =>
        Assert.Equal(partition, GroupPlacement.PartitionOf(group, 50));

    [Fact]
    public void What_was_written_before_stays_when_the_memory_grows()
    {
        var bytes = new RecordBytes();
        var first = OffsetRecords.Key(bytes, "grp", "top-ic", 7);
        var large = GroupRecords.Key(bytes, new string('x', 5000));
        Assert.Equal(OffsetKey, Hex(first));
        Assert.Equal(new string('x', 5000), Encoding.UTF8.GetString(large.Span[4..]));
    }

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);
}
