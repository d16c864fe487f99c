using System.Diagnostics;
using Actors.Abstractions;
using Actors.Client;
using Actors.Model.Znodes;

namespace Actors.Tests.Grains;

/// <summary>A client's session while no silo answers: what it says of itself, what becomes of it, how long calls try.</summary>
public sealed class TreeSilenceTests(TreeSilo silo) : IClassFixture<TreeSilo>, IAsyncLifetime
{
    private readonly ActorsClient _client = new(silo.Cluster.Client, new ActorsClientOptions { DeliveryTimeout = TimeSpan.FromSeconds(20) });
    private readonly string _root = $"/t-{Guid.NewGuid():N}";

    private static CancellationToken Cancelled => GrainsCluster.Cancelled;

    public async ValueTask InitializeAsync() => Assert.True((await _client.Tree[_root].EnsureAsync(Cancelled)).IsDone);

    public ValueTask DisposeAsync()
    {
        silo.Faults.IsSilent = false;
        silo.Faults.LoseNext(0);
        return _client.DisposeAsync();
    }

    [Fact]
    public async Task A_session_is_suspended_while_no_silo_answers_and_connected_again_when_one_does()
    {
        await using var session = await OpenAsync(_client, 6_000);
        await using var states = session.ReadStatesAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.Equal(TreeSessionState.Connected, await NextAsync(states));

        silo.Faults.IsSilent = true;
        Assert.Equal(TreeSessionState.Suspended, await NextAsync(states));
        Assert.False(session.Ended.IsCancellationRequested);
        var write = session[_root]["kept"].CreateTextAsync("", cancellationToken: Cancelled);
        silo.Faults.IsSilent = false;

        Assert.Equal(TreeSessionState.Connected, await NextAsync(states));
        Assert.True((await write).IsDone);
        Assert.True(session.IsSurelyAlive);
    }

    [Fact]
    public async Task A_session_that_is_silent_past_its_timeout_is_over_at_the_node_and_says_so_when_it_hears_of_it()
    {
        await using var session = await OpenAsync(_client, TreeSilo.MinTimeoutMs);
        await session[_root]["e"].CreateTextAsync("", CreateMode.Ephemeral, Cancelled);
        await using var states = session.ReadStatesAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.Equal(TreeSessionState.Connected, await NextAsync(states));

        silo.Faults.IsSilent = true;
        await silo.UntilExistsAsync($"{_root}/e", exists: false); // the node has ended it, and nobody could tell the client
        Assert.Equal(TreeSessionState.Suspended, await NextAsync(states));
        Assert.False(session.IsSurelyAlive);
        silo.Faults.IsSilent = false;

        Assert.Equal(TreeSessionState.Expired, await NextAsync(states));
        Assert.False(await states.MoveNextAsync());
        await Assert.ThrowsAsync<TreeSessionExpiredException>(() => session[_root].GetAsync(Cancelled).AsTask());
    }

    [Fact]
    public async Task Calls_are_tried_for_the_delivery_timeout_and_no_longer()
    {
        var limit = TimeSpan.FromMilliseconds(300);
        await using var hasty = new ActorsClient(silo.Cluster.Client, new ActorsClientOptions { DeliveryTimeout = limit });
        await using var session = await OpenAsync(hasty, 30_000);
        silo.Faults.IsSilent = true;
        var started = Stopwatch.GetTimestamp();

        var write = await session[_root]["w"].CreateTextAsync("", cancellationToken: Cancelled);
        Assert.Equal(AnswerKind.Busy, write.Kind);
        Assert.Equal(AnswerKind.Busy, (await session[_root].GetAsync(Cancelled)).Kind);
        await Assert.ThrowsAsync<TreeException>(() => hasty.Tree.OpenSessionAsync(cancellationToken: Cancelled));

        Assert.InRange(Stopwatch.GetElapsedTime(started), limit * 3, TimeSpan.FromSeconds(20));
        silo.Faults.IsSilent = false;
        Assert.True((await session[_root]["after"].CreateTextAsync("", cancellationToken: Cancelled)).IsDone);
        Assert.Equal(TreeErrorCode.NoNode, (await session[_root]["w"].ExistsAsync(Cancelled)).Error); // given up: not done later either
    }

    [Fact]
    public async Task A_write_that_is_given_up_without_an_answer_is_unknown_and_done_once_at_most()
    {
        await using var hasty = new ActorsClient(
            silo.Cluster.Client, new ActorsClientOptions { DeliveryTimeout = TimeSpan.FromMilliseconds(300) });
        await using var session = await OpenAsync(hasty, 30_000);
        silo.Faults.LoseNext(int.MaxValue);

        var lost = await session[_root].SetTextAsync("lost", cancellationToken: Cancelled);

        silo.Faults.LoseNext(0);
        Assert.Equal(AnswerKind.Unknown, lost.Kind);
        var next = (await session[_root].SetTextAsync("next", cancellationToken: Cancelled)).GetValueOrThrow();
        Assert.Equal(2, next.Stat!.Value.Version);
    }

    private static Task<TreeSession> OpenAsync(ActorsClient client, int timeoutMs) =>
        client.Tree.OpenSessionAsync(TimeSpan.FromMilliseconds(timeoutMs), cancellationToken: Cancelled);

    private static async Task<TreeSessionState> NextAsync(IAsyncEnumerator<TreeSessionState> states)
    {
        Assert.True(await states.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancelled));
        return states.Current;
    }
}
