using Actors.Abstractions;
using Actors.Model.Znodes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Actors.Tests.Watches;

/// <summary>The bytes of what watch subscriptions send: older clients and silos speak them. A line only changes as ContractBytesTests says.</summary>
public sealed class WatchContractBytesTests
{
    private static readonly Serializer s_serializer = new ServiceCollection()
        .AddSerializer(s => s.AddAssembly(typeof(ITreeWatchGrain).Assembly)).BuildServiceProvider().GetRequiredService<Serializer>();

    private static readonly ZnodeWatch s_watch = new() { Path = "/a" };

    [Fact]
    public void The_bytes_of_events_and_tokens_are_as_they_were()
    {
        Check(
            new ZnodeEvent { Type = WatchEventType.DataChanged, Path = "/a", Zxid = 42, Index = 3 },
            "20E808030D41052F6101A9010DE0");
        Check(new ZnodeEventToken(42, 3), "20E800A9010DE0");
    }

    [Fact]
    public void The_bytes_of_watches_and_their_changes_are_as_they_were()
    {
        Check(new ZnodeWatch { Path = "/a", IsRecursive = true, SinceZxid = 42, SinceIndex = 3 }, "20E840052F61010301A9010DE0");
        Check(
            new WatchChange { Version = 7, Added = [s_watch], Removed = [new ZnodeWatch { Path = "/b" }] },
            "20E8001D2120000321E840052F61010101030101E0E0E02120000321E840052F62010101030101E0E0E0E0");
        Check(new WatchChanged(42), "20E800A9E0");
        Check(new WatchProgress(7, 42, 3), "20E8001D01A9010DE0");
    }

    [Fact]
    public void The_bytes_of_batches_and_holes_are_as_they_were()
    {
        Check(
            new WatchBatch
            {
                Sequence = 5, Version = 7, Events = [new ZnodeEvent { Type = WatchEventType.Created, Path = "/a", Zxid = 42, Index = 3 }],
                EndZxid = 42, EndIndex = 3,
            },
            "20E80015011D2120000321E808030541052F6101A9010DE0E0E001A9010DC101E0");
        Check(
            new WatchGap { Reason = WatchGapReason.SiloStarted, OldestZxid = 40, Zxid = 42, Watches = [s_watch] },
            "20E8000501A101A92120000321E840052F61010101030101E0E0E0E0");
    }

    private static void Check<T>(T value, string bytes)
    {
        Assert.Equal(bytes, Convert.ToHexString(s_serializer.SerializeToArray(value)));
        Assert.Equal(bytes, Convert.ToHexString(s_serializer.SerializeToArray(s_serializer.Deserialize<T>(Convert.FromHexString(bytes)))));
    }
}
