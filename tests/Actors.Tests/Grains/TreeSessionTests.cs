using System.Globalization;
using Actors.Abstractions;
using Actors.Client;
using Actors.Model.Znodes;

namespace Actors.Tests.Grains;

/// <summary>The SDK's sessions, mastership and locks.</summary>
public sealed class TreeSessionTests(TreeSilo silo) : IClassFixture<TreeSilo>, IAsyncLifetime
{
    private readonly ActorsClient _client = new(silo.Cluster.Client, new ActorsClientOptions { DeliveryTimeout = TimeSpan.FromSeconds(20) });
    private readonly string _root = $"/t-{Guid.NewGuid():N}";

    private static CancellationToken Cancelled => GrainsCluster.Cancelled;

    public async ValueTask InitializeAsync() => Assert.True((await _client.Tree[_root].EnsureAsync(Cancelled)).IsDone);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task Writes_called_at_once_are_done_once_each_and_in_the_order_of_the_calls()
    {
        await using var session = await OpenAsync();
        var before = silo.Faults.Writes;
        var creates = Enumerable.Range(0, 500)
            .Select(i => session[_root]["n-"].CreateTextAsync($"{i}", CreateMode.EphemeralSequential, Cancelled).AsTask()).ToArray();

        var created = await Task.WhenAll(creates);

        Assert.Equal(
            Enumerable.Range(0, 500).Select(i => $"{_root}/n-{i.ToString("D10", CultureInfo.InvariantCulture)}"),
            created.Select(c => c.GetValueOrThrow().Path));
        Assert.Equal(500, silo.Faults.Writes - before);
    }

    [Fact]
    public async Task A_write_without_an_answer_is_sent_again_and_done_once()
    {
        await using var session = await OpenAsync();
        silo.Faults.LoseNext(3);

        var first = (await session[_root]["n-"].CreateTextAsync("a", CreateMode.EphemeralSequential, Cancelled)).GetValueOrThrow();
        silo.Faults.LoseNext(1);
        var multi = (await session.Multi().CreateText($"{_root}/m", "b").SetText($"{_root}/m", "c").CommitAsync(Cancelled)).GetValueOrThrow();

        Assert.Equal($"{_root}/n-0000000000", first.Path);
        Assert.Equal(1, multi.Changes[1].Znode!.Stat!.Value.Version);
        Assert.Equal(["m", "n-0000000000"], (await session[_root].GetChildrenAsync(Cancelled)).GetValueOrThrow().Names);
    }

    [Fact]
    public async Task A_read_sees_the_write_that_was_called_before_it_though_that_is_still_on_its_way()
    {
        await using var session = await OpenAsync();
        for (var i = 0; i < 100; i++)
        {
            var write = session[_root].SetTextAsync($"{i}", cancellationToken: Cancelled);
            Assert.Equal($"{i}", (await session[_root].GetAsync(Cancelled)).GetValueOrThrow().Text);
            Assert.True((await write).IsDone);
        }
    }

    [Fact]
    public async Task A_session_that_does_nothing_lives_on_by_signs_in_the_background()
    {
        await using var session = await OpenAsync(TreeSilo.MinTimeoutMs);
        await session[_root]["e"].CreateTextAsync("", CreateMode.Ephemeral, Cancelled);
        var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(TreeSilo.MinTimeoutMs));
        for (var i = 0; i < 5; i++)
        {
            await ticks.WaitForNextTickAsync(Cancelled);
        }

        Assert.True((await _client.Tree[_root]["e"].ExistsAsync(Cancelled)).IsDone);
        Assert.Equal(TreeSessionState.Connected, session.State);
        Assert.True(session.IsSurelyAlive);
    }

    [Fact]
    public async Task On_expiry_everything_fails_with_its_own_exception_and_the_state_says_so()
    {
        var session = await OpenAsync();
        await session[_root]["e"].CreateTextAsync("", CreateMode.Ephemeral, Cancelled);
        var states = session.ReadStatesAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.True(await states.MoveNextAsync());
        Assert.Equal(TreeSessionState.Connected, states.Current);

        Assert.True((await silo.Grain.CloseSessionAsync(session.Caller, Cancelled)).IsDone); // as an expiry: not by this client

        await Assert.ThrowsAsync<TreeSessionExpiredException>(() => session[_root].SetTextAsync("x", cancellationToken: Cancelled).AsTask());
        await Assert.ThrowsAsync<TreeSessionExpiredException>(() => session[_root].GetAsync(Cancelled).AsTask());
        await Assert.ThrowsAsync<TreeSessionExpiredException>(() => session.Multi().Check(_root).CommitAsync(Cancelled).AsTask());
        Assert.True(await states.MoveNextAsync());
        Assert.Equal(TreeSessionState.Expired, states.Current);
        Assert.False(await states.MoveNextAsync());
        Assert.False(session.IsSurelyAlive);
        await UntilCancelledAsync(session.Ended);
        Assert.Equal(TreeErrorCode.NoNode, (await _client.Tree[_root]["e"].ExistsAsync(Cancelled)).Error);
        await session.DisposeAsync();
    }

    [Fact]
    public async Task Disposing_a_session_waits_for_its_writes_and_takes_its_ephemerals()
    {
        var session = await OpenAsync();
        var writes = Enumerable.Range(0, 100).Select(i => session[_root]["n-"].CreateTextAsync("", CreateMode.PersistentSequential, Cancelled).AsTask())
            .Append(session[_root]["e"].CreateTextAsync("", CreateMode.Ephemeral, Cancelled).AsTask()).ToArray();

        await session.DisposeAsync();

        Assert.All(await Task.WhenAll(writes), w => Assert.True(w.IsDone));
        Assert.Equal(100, (await _client.Tree[_root].GetChildrenAsync(Cancelled)).GetValueOrThrow().Names.Length);
        Assert.Equal(TreeSessionState.Closed, session.State);
        await Assert.ThrowsAsync<TreeSessionExpiredException>(() => session[_root].GetAsync(Cancelled).AsTask());
    }

    [Fact]
    public async Task A_multi_that_fails_names_what_failed_and_does_nothing()
    {
        await using var session = await OpenAsync();

        var failed = await session.Multi().CreateText($"{_root}/a", "").Check(_root, version: 7).CommitAsync(Cancelled);

        Assert.Equal((AnswerKind.Refused, TreeErrorCode.BadVersion), (failed.Kind, failed.Error));
        Assert.Contains("Change 2 of 2, Check of", failed.Message, StringComparison.Ordinal);
        Assert.Equal(TreeErrorCode.BadVersion, Assert.Throws<TreeException>(() => failed.GetValueOrThrow()).Error);
        Assert.Equal(TreeErrorCode.NoNode, (await session[_root]["a"].ExistsAsync(Cancelled)).Error);
    }

    [Fact]
    public async Task What_is_above_a_znode_is_made_where_that_is_asked_for()
    {
        await using var session = await OpenAsync();
        Assert.Equal($"{_root}/a/b/c", (await session[_root]["a"]["b"]["c"].EnsureAsync(Cancelled)).GetValueOrThrow().Path);
        Assert.True((await session[_root]["a"]["b"].EnsureAsync(Cancelled)).IsDone);
    }

    [Fact]
    public async Task One_of_many_is_the_master_and_the_next_one_has_a_higher_token()
    {
        await using var ann = await OpenAsync();
        await using var bob = await OpenAsync();
        var first = await ann.ElectAsync($"{_root}/master", "ann", Cancelled);
        var waiting = bob.ElectAsync($"{_root}/master", "bob", Cancelled);
        Assert.Equal("ann", (await bob[_root]["master"].GetAsync(Cancelled)).GetValueOrThrow().Text);
        Assert.False(waiting.IsCompleted);

        await first.DisposeAsync();

        var second = await waiting;
        Assert.True(first.Lost.IsCancellationRequested);
        Assert.True(second.FencingToken > first.FencingToken);
        Assert.False(second.Lost.IsCancellationRequested);
        Assert.Equal("bob", (await ann[_root]["master"].GetAsync(Cancelled)).GetValueOrThrow().Text);
    }

    [Fact]
    public async Task A_master_whose_znode_is_deleted_or_whose_session_ends_is_told()
    {
        await using var session = await OpenAsync();
        var deleted = await session.ElectAsync($"{_root}/master", "x", Cancelled);
        Assert.True((await _client.Tree[_root]["master"].DeleteAsync(cancellationToken: Cancelled)).IsDone);
        await UntilCancelledAsync(deleted.Lost);

        var ended = await session.ElectAsync($"{_root}/master", "x", Cancelled);
        Assert.True((await silo.Grain.CloseSessionAsync(session.Caller, Cancelled)).IsDone);
        await UntilCancelledAsync(ended.Lost);
        await ended.DisposeAsync();
    }

    [Fact]
    public async Task A_lock_is_held_by_one_at_a_time_in_the_order_of_asking()
    {
        var holders = 0;
        var order = new List<long>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await using var session = await OpenAsync();
            for (var i = 0; i < 3; i++)
            {
                await using var held = await session.LockAsync($"{_root}/lock", Cancelled);
                Assert.Equal(1, Interlocked.Increment(ref holders));
                order.Add(held.FencingToken);
                Assert.True((await session[_root].GetAsync(Cancelled)).IsDone);
                Interlocked.Decrement(ref holders);
            }
        }));

        Assert.Equal(24, order.Count);
        Assert.Equal(order.Order(), order);
    }

    [Fact]
    public async Task A_wait_for_a_lock_that_is_given_up_leaves_nothing_behind()
    {
        await using var session = await OpenAsync();
        await using var held = await session.LockAsync($"{_root}/lock", Cancelled);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var waiting = session.LockAsync($"{_root}/lock", giveUp.Token);
        await silo.UntilExistsAsync($"{_root}/lock/lock-0000000001", exists: true);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Single((await session[_root]["lock"].GetChildrenAsync(Cancelled)).GetValueOrThrow().Names);
    }

    private Task<TreeSession> OpenAsync(int timeoutMs = 30_000) =>
        _client.Tree.OpenSessionAsync(TimeSpan.FromMilliseconds(timeoutMs), cancellationToken: Cancelled);

    private static async Task UntilCancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(() => cancelled.TrySetResult());
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
    }
}
