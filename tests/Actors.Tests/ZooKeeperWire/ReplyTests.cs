using Actors.Model.Znodes;
using Actors.ZooKeeper.Wire;

namespace Actors.Tests.ZooKeeperWire;

/// <summary>Replies have exactly the bytes that ZooKeeper's clients expect.</summary>
public sealed class ReplyTests
{
    [Fact]
    public void A_stat_takes_68_bytes_in_ZooKeepers_order()
    {
        using var writer = new JuteWriter();
        writer.WriteStat(new ZnodeStat(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
        Assert.Equal(
            "0000000000000001" + "0000000000000002" + "0000000000000003" + "0000000000000004" + "00000005" + "00000006" + "00000007"
            + "0000000000000008" + "00000009" + "0000000A" + "000000000000000B",
            Convert.ToHexString(writer.Written));
    }

    [Theory]
    [InlineData(true, 37)]
    [InlineData(false, 36)]
    public void A_session_is_told_in_37_bytes_or_36_to_a_client_that_sent_no_flag(bool withReadOnly, int bodyBytes)
    {
        using var writer = new JuteWriter();
        writer.WriteConnectResponse(10_000, 0x0100_0000_0000_0001, new byte[16], withReadOnly, isReadOnly: false);
        var hex = "00000000" + "00002710" + "0100000000000001" + "00000010" + new string('0', 32) + (withReadOnly ? "00" : "");
        Assert.Equal(bodyBytes.ToString("X8", null) + hex, Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void A_session_that_is_over_is_told_by_zeros()
    {
        using var writer = new JuteWriter();
        writer.WriteExpired(withReadOnly: true);
        Assert.Equal("00000025" + "00000000" + "00000000" + "0000000000000000" + "00000010" + new string('0', 34), Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void A_watch_event_carries_its_own_zxid()
    {
        using var writer = new JuteWriter();
        writer.WriteNotification(0x1_0000_0005, WatchEventType.DataChanged, "/a"u8);
        Assert.Equal(
            "0000001E" + "FFFFFFFF" + "0000000100000005" + "00000000" + "00000003" + "00000003" + "00000002" + "2F61",
            Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void A_failed_multi_names_what_failed_and_what_was_not_done()
    {
        using var writer = new JuteWriter();
        var frame = writer.BeginFrame();
        writer.WriteReplyHeader(7, 9, TreeErrorCode.Ok);
        writer.WriteMultiError(TreeErrorCode.Ok);
        writer.WriteMultiError(TreeErrorCode.NoNode);
        writer.WriteMultiError(TreeErrorCode.RuntimeInconsistency);
        writer.WriteMultiEnd();
        writer.EndFrame(frame);
        Assert.Equal(
            "00000040" + "00000007" + "0000000000000009" + "00000000"
            + "FFFFFFFF00" + "00000000" + "00000000" + "FFFFFFFF00" + "FFFFFF9B" + "FFFFFF9B" + "FFFFFFFF00" + "FFFFFFFE" + "FFFFFFFE"
            + "FFFFFFFF01" + "FFFFFFFF",
            Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void A_kept_writer_allocates_nothing_and_gives_up_what_was_large()
    {
        using var writer = new JuteWriter();
        void Write() => writer.WriteNotification(1, WatchEventType.Created, "/some/path"u8);
        Write();
        writer.Reset();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Write();
            writer.Reset();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        writer.WriteRaw(new byte[1 << 20]);
        writer.Reset();
        writer.WriteReply(1, 2, TreeErrorCode.NoNode);
        Assert.Equal("00000010" + "00000001" + "0000000000000002" + "FFFFFF9B", Convert.ToHexString(writer.Written));
    }
}
