using Actors.Cluster.Commands;
using Actors.Model.Topics;

namespace Actors.Tests.Cluster;

/// <summary>The bytes of commands are on disk: these rows change only together with a new version.</summary>
public sealed class CommandFormatTests
{
    private static readonly Guid s_id = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");

    public static TheoryData<string, ClusterCommand> Golden() => new()
    {
        { "0101 00000007 00000009", new EpochStart(7, 9) },
        {
            "0201 00000001 00112233445566778899aabbccddeeff 0000000000000003 04616263 06302e312e30 0001 0002 00 01 066b61666b61 01 00002384",
            new NodeRegistered
            {
                NodeId = 1, StorageId = s_id, Incarnation = 3, ClusterId = "abc", SoftwareVersion = "0.1.0", MaxFeatureLevel = 2,
                Endpoints = [new NodeEndpoint("kafka", "", 9092)],
            }
        },
        {
            "0301 00112233445566778899aabbccddeeff 026f 00 00000003 0001 00 02 0261 0262 0263 0264",
            new CreateTopic
            {
                TopicId = s_id, Name = "o", PartitionCount = 3, ReplicationFactor = 1,
                Configs = new Dictionary<string, string> { ["c"] = "d", ["a"] = "b" },
            }
        },
        {
            "0301 00112233445566778899aabbccddeeff 026f 01 ffffffff ffff 01 02 02 00000001 00000002 01 00000002 00",
            new CreateTopic
            {
                TopicId = s_id, Name = "o", IsInternal = true, PartitionCount = -1, ReplicationFactor = -1, Assignments = [[1, 2], [2]],
            }
        },
        { "0401 00112233445566778899aabbccddeeff", new DeleteTopic(s_id) },
        { "0501 026f 00000005 00", new CreatePartitions { Topic = "o", TotalCount = 5 } },
        { "0601 00000001 000003e8", new AllocateProducerIds(1, 1000) },
        {
            "0701 026f 01 02 0261 00 0262 0263 01 00",
            new ChangeTopicConfigs
            {
                Topic = "o", ReplaceAll = true,
                Changes = [new ConfigChange("a", ConfigOperation.Set, "b"), new ConfigChange("c", ConfigOperation.Delete, null)],
            }
        },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void A_command_has_these_bytes_and_comes_back_from_them(string hex, ClusterCommand command)
    {
        var expected = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(command.Encode()));
        var decoded = ClusterCommand.Decode(expected);
        Assert.Equal(DecodeStatus.Decoded, decoded.Status);
        Assert.Equal(command.Kind, decoded.Command!.Kind);
        Assert.Equal(expected, decoded.Command.Encode());
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void A_cut_or_longer_command_is_malformed(string hex, ClusterCommand command)
    {
        Assert.NotNull(hex);
        var bytes = command.Encode();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(DecodeStatus.Malformed, ClusterCommand.Decode(bytes.AsSpan(0, length)).Status);
        }

        Assert.Equal(DecodeStatus.Malformed, ClusterCommand.Decode([.. bytes, 0]).Status);
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void A_newer_version_is_not_guessed_at(string hex, ClusterCommand command)
    {
        Assert.NotNull(hex);
        var bytes = command.Encode();
        bytes[1] = 2;
        Assert.Equal(DecodeStatus.Unknown, ClusterCommand.Decode(bytes).Status);
        bytes[0] = 200;
        Assert.Equal(DecodeStatus.Unknown, ClusterCommand.Decode(bytes).Status);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var golden = Golden().Select(row => row.Data.Item2.Encode()).ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = (byte[])golden[random.Next(golden.Length)].Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(2, bytes.Length)] = (byte)random.Next(256);
            }

            Assert.True(Record.Exception(() => ClusterCommand.Decode(bytes)) is null, $"seed {seed}");
        }
    }

    [Fact]
    public void Kinds_keep_their_numbers() => Assert.Equal(
        "None=0 EpochStart=1 NodeRegistered=2 CreateTopic=3 DeleteTopic=4 CreatePartitions=5 AllocateProducerIds=6 "
        + "ChangeTopicConfigs=7 CreateZnode=16 DeleteZnode=17 SetZnodeData=18 "
            + "SetZnodeAcl=19 MultiZnode=20 CreateSession=21 CloseSession=22 MoveSession=23 ExpireSession=24 DeleteExpiredZnode=25 FailedWrite=26 "
            + "ChangeTreeSettings=27 CheckZnode=28",
        string.Join(' ', Enum.GetValues<CommandKind>().Select(k => $"{k}={(int)k}")));
}
