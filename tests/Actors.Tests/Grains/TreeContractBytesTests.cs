using System.Collections.Immutable;
using Actors.Abstractions;
using Actors.Model.Znodes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Actors.Tests.Grains;

/// <summary>The bytes of what travels to and from the tree; see <see cref="ContractBytesTests"/>.</summary>
public sealed class TreeContractBytesTests
{
    private static readonly Serializer s_serializer = new ServiceCollection()
        .AddSerializer(s => s.AddAssembly(typeof(ITreeGrain).Assembly)).BuildServiceProvider().GetRequiredService<Serializer>();

    private static readonly ZnodeStat s_stat = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

    [Fact]
    public void The_bytes_of_a_caller_and_an_answer_are_as_they_were()
    {
        var caller = new TreeCaller
        {
            SessionId = 7, Password = [1, 2], Operation = 3, LowestUnanswered = 2, LastZxid = 9,
            Credentials = [new TreeCredential("digest", [5])],
        };
        Golden(
            "20E8001D2120000501030005E0E0010D010901252120000321E8400D64696765737421200003010BE0E0E0E0E0E0",
            caller);
        Golden("20E8000109030121E80015E00119810000000000000000C101E0", TreeAnswer.Done(new AppliedZxid(5), 6));
        Golden("20E80005212000030105E0E0010DE0", new TreeSessionInfo(1, [2], 3));
        Golden("20E800050109010D01110115E0", new TreeStatus(1, 2, 3, 4, 5));
        var back = s_serializer.Deserialize<TreeCaller>(s_serializer.SerializeToArray(caller))!;
        Assert.Equal((7L, 3L, 2L, 9L), (back.SessionId, back.Operation, back.LowestUnanswered, back.LastZxid));
        Assert.Equal([1, 2], back.Password);
        Assert.Equal("digest", back.Credentials.Single().Scheme);
    }

    [Fact]
    public void The_bytes_of_writes_and_their_results_are_as_they_were()
    {
        var change = new ZnodeChange
        {
            Kind = ZnodeWriteKind.Create, Path = "/a", Data = new byte[] { 1 }, Mode = CreateMode.Ephemeral, TtlMs = 4, Version = 5,
            Acl = [new ZnodeAcl(ZnodePermissions.Read, "world", "anyone")],
        };
        Golden(
            "20E808030141052F6141030109030501112120000321080305410B776F726C64410D616E796F6E65E0E0E00115E0",
            change);
        Golden(
            "20E82020000321E808030141052F6141030109030501112120000321080305410B776F726C64410D616E796F6E65E0E0E00115E0E0E001"
            + "03E0",
            new TreeWrite([change], true));
        Golden(
            "20E84003010903110111212000032108037D410B776F726C64410D616E796F6E65E0E0E0E0",
            new ZnodeSpec { Data = new byte[] { 1 }, Mode = CreateMode.Container, TtlMs = 4 });
        Golden(
            "20E82020000321E8000D2120000321E80803260321E840052F612100050109010D011101150119011D012101250129012DE0E0E0E0E0E0"
            + "E0E0E0",
            new TreeWriteResults(
                [new TreeWriteResult(3, [new ZnodeChangeResult(TreeErrorCode.NoNode, new ZnodeInfo("/a", s_stat))])]));
    }

    [Fact]
    public void The_bytes_of_reads_and_their_results_are_as_they_were()
    {
        Golden("20E8000941052F61410362010DE0", new ZnodeRead(ZnodeReadKind.Children, "/a", "b", 3));
        Golden(
            "20E82020000321E80803012100050109010D011101150119011D012101250129012DE04103012120000341036EE0E001032120E0E00109"
            + "E0E0E0E0",
            new ZnodeReadResults(
                [new ZnodeReadResult { Stat = s_stat, Data = new byte[] { 1 }, Names = ["n"], HasMore = true, Count = 2 }]));
        Golden("20E84003012100050109010D011101150119011D012101250129012DE0E0", new ZnodeData(new byte[] { 1 }, s_stat));
        Golden("20E820200003410361E0E02100050109010D011101150119011D012101250129012DE00103E0", new ZnodeChildren(["a"], s_stat, true));
        Golden(
            "20E8202000032108037D410B776F726C64410D616E796F6E65E0E0E02100050109010D011101150119011D012101250129012DE0E0",
            new ZnodeAccess([ZnodeAcl.Open], s_stat));
        Assert.Equal(s_stat, s_serializer.Deserialize<ZnodeData>(s_serializer.SerializeToArray(new ZnodeData(null, s_stat)))!.Stat);
    }

    [Fact]
    public void Data_that_is_null_empty_or_the_same_array_twice_comes_back_as_it_was()
    {
        var same = new byte[] { 1, 2, 3 };
        ReadOnlyMemory<byte>?[] all = [null, Array.Empty<byte>(), Array.Empty<byte>(), same, same, same.AsMemory(1, 1)];
        var writes = all.Select(d => TreeWrite.Of(ZnodeChange.SetData("/a", d))).ToImmutableArray();

        var back = s_serializer.Deserialize<ImmutableArray<TreeWrite>>(s_serializer.SerializeToArray(writes));

        Assert.Equal(all.Select(d => d?.ToArray()), back.Select(w => w.Changes[0].Data?.ToArray()));
    }

    [Fact]
    public void Exceptions_keep_their_kind_and_code()
    {
        var back = s_serializer.Deserialize<Exception>(
            s_serializer.SerializeToArray<Exception>(TreeException.Of(AnswerKind.Refused, TreeErrorCode.NoNode, "why")));
        var tree = Assert.IsType<TreeException>(back);
        Assert.Equal((AnswerKind.Refused, TreeErrorCode.NoNode, "why"), (tree.Kind, tree.Error, tree.Message));

        back = s_serializer.Deserialize<Exception>(
            s_serializer.SerializeToArray<Exception>(TreeException.Of(AnswerKind.Refused, TreeErrorCode.SessionExpired, null)));
        Assert.Equal(TreeErrorCode.SessionExpired, Assert.IsType<TreeSessionExpiredException>(back).Error);
    }

    private static void Golden<T>(string golden, T value)
    {
        var bytes = s_serializer.SerializeToArray(value);
        Assert.True(string.Equals(golden, Convert.ToHexString(bytes), StringComparison.Ordinal), Convert.ToHexString(bytes));
        Assert.Equal(bytes, s_serializer.SerializeToArray(s_serializer.Deserialize<T>(bytes)));
    }
}
