using Conformance.Fixtures;
using Conformance.Wire;

namespace Conformance.Hostile;

/// <summary>Bytes that are no requests: each costs its own connection and nothing else.</summary>
[Collection(SharedNode.Name)]
public sealed class BadFramesTests(NodeUnderTest node)
{
    private const int MaxRequestBytes = 104_857_600; // Kafka's socket.request.max.bytes
    private const long MemoryLimitBytes = 1_000_000_000;

    /// <summary>For a machine that is busy with the attack itself; an undisturbed record takes a millisecond or two.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Explicit = true, Timeout = 120_000)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(MaxRequestBytes + 1)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_length_that_cannot_be_ends_the_connection(int length)
    {
        using var connection = await RawConnection.OpenAsync(node.Bootstrap, Cancellation);

        await connection.SendAsync(new WireWriter().Int32(length).Raw(new byte[64]).ToArray(), Cancellation);

        Assert.Null(await connection.ReceiveFrameAsync(Cancellation));
        await AnswersAsync();
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Garbage_disturbs_nobody_else()
    {
        await using var healthy = await HealthyClient.StartAsync(node.Bootstrap);
        var random = new Random(815);
        for (var i = 0; i < 500; i++)
        {
            using var connection = await RawConnection.OpenAsync(node.Bootstrap, Cancellation);
            var garbage = new byte[random.Next(1, 20_000)];
            random.NextBytes(garbage);
            garbage[0] = (byte)(i % 2 == 0 ? 0 : garbage[0]); // every other one begins with a length that could be
            await SendUnlessClosedAsync(connection, garbage);
        }

        await healthy.WasNotDisturbedAsync(LongestWait);
        await AnswersAsync();
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Clients_that_leave_in_the_middle_of_a_frame_leave_nothing_behind()
    {
        await using var healthy = await HealthyClient.StartAsync(node.Bootstrap);
        var frame = RawConnection.Request(0, RawProduce.Version, 1, RawProduce.Body("nobody", 0, new BatchBuilder().Add("x").Build()), false);
        for (var i = 0; i < 1_000; i++)
        {
            using var connection = await RawConnection.OpenAsync(node.Bootstrap, Cancellation);
            await SendUnlessClosedAsync(connection, new WireWriter().Int32(frame.Length).Raw(frame.AsSpan(0, i % frame.Length)).ToArray());
        }

        await healthy.WasNotDisturbedAsync(LongestWait);
        await AnswersAsync();
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Announcing_much_and_sending_little_takes_no_memory()
    {
        Assert.SkipWhen(NodeUnderTest.Foreign is not null, "Apache Kafka 4.3.1 sets the announced bytes aside, which ends a heap of 2 GB");
        await using var healthy = await HealthyClient.StartAsync(node.Bootstrap);
        var connections = new List<RawConnection>();
        try
        {
            for (var i = 0; i < 200; i++)
            {
                var connection = await RawConnection.OpenAsync(node.Bootstrap, Cancellation);
                connections.Add(connection);
                await SendUnlessClosedAsync(
                    connection, new WireWriter().Int32(MaxRequestBytes).Int16(0).Int16(9).Int32(1).String("greedy").Raw(new byte[1_000]).ToArray());
            }

            await healthy.WasNotDisturbedAsync(LongestWait);
            AssertMemoryIsBounded();
        }
        finally
        {
            connections.ForEach(c => c.Dispose());
        }

        await AnswersAsync();
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task A_slow_sender_is_answered_and_delays_nobody()
    {
        await using var healthy = await HealthyClient.StartAsync(node.Bootstrap);
        using var slow = await RawConnection.OpenAsync(node.Bootstrap, Cancellation);
        var request = RawConnection.Request(18, 0, 77, [], flexible: false);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        foreach (var b in new WireWriter().Int32(request.Length).Raw(request).ToArray())
        {
            await slow.SendAsync(new[] { b }, Cancellation);
            await pace.WaitForNextTickAsync(Cancellation);
        }

        var answer = new WireReader(await slow.ReceiveFrameAsync(Cancellation) ?? throw new IOException("closed"));
        Assert.Equal(77, answer.Int32());
        await healthy.WasNotDisturbedAsync(LongestWait);
    }

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task Five_thousand_idle_connections_are_cheap_and_stay_served()
    {
        const int count = 5_000;
        const long growthLimitBytes = 150_000_000;
        var before = NodeUnderTest.Foreign is null ? node.Silo.ResidentBytes : 0;
        var connections = new List<RawConnection>(count);
        try
        {
            for (var i = 0; i < count; i++)
            {
                connections.Add(await RawConnection.OpenAsync(node.Bootstrap, Cancellation));
            }

            await using var healthy = await HealthyClient.StartAsync(node.Bootstrap);
            for (var i = 0; i < count; i += 50)
            {
                Assert.Equal(0, (await connections[i].CallAsync(18, 0, default, false, false, Cancellation)).Int16());
            }

            await healthy.WasNotDisturbedAsync(LongestWait);
            if (NodeUnderTest.Foreign is null)
            {
                Assert.InRange(node.Silo.ResidentBytes - before, long.MinValue, growthLimitBytes);
            }
        }
        finally
        {
            connections.ForEach(c => c.Dispose());
        }

        await AnswersAsync();
    }

    [Theory(Explicit = true, Timeout = 120_000)]
    [InlineData(999, 0)]
    [InlineData(-1, 0)]
    [InlineData(3, 99)]
    [InlineData(3, -1)]
    [InlineData(7, 0)]
    public async Task An_unknown_key_or_version_ends_the_connection(short key, short version)
    {
        using var connection = await RawConnection.OpenAsync(node.Bootstrap, Cancellation);

        await connection.SendFrameAsync(RawConnection.Request(key, version, 1, new byte[32], flexible: false), Cancellation);

        Assert.Null(await connection.ReceiveFrameAsync(Cancellation));
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task A_client_from_the_future_is_told_which_versions_there_are()
    {
        using var connection = await RawConnection.OpenAsync(node.Bootstrap, Cancellation);

        var answer = await connection.CallAsync(18, 99, new byte[32], flexibleRequest: true, flexibleResponse: false, Cancellation);

        Assert.Equal(35, answer.Int16()); // UNSUPPORTED_VERSION, in the format of version 0
        var listed = Enumerable.Range(0, answer.Int32()).Select(_ => (Key: answer.Int16(), Min: answer.Int16(), Max: answer.Int16())).ToArray();
        Assert.Contains(listed, l => l.Key == 18 && l.Max >= 4);
        Assert.Equal(0, answer.Remaining);
    }

    private async Task AnswersAsync()
    {
        using var connection = await RawConnection.OpenAsync(node.Bootstrap, Cancellation);
        Assert.Equal(0, (await connection.CallAsync(18, 0, default, false, false, Cancellation)).Int16());
    }

    private void AssertMemoryIsBounded()
    {
        if (NodeUnderTest.Foreign is null)
        {
            Assert.InRange(node.Silo.ResidentBytes, 1, MemoryLimitBytes);
        }
    }

    private static async Task SendUnlessClosedAsync(RawConnection connection, byte[] bytes)
    {
        try
        {
            await connection.SendAsync(bytes, Cancellation);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // closed by the node while it was still being sent: one of the right answers
        }
    }
}
