using Actors.Model;
using Actors.Model.Producers;
using Actors.Model.Records;

namespace Actors.Tests.Replication;

public sealed class ProducerTableTests
{
    private readonly ProducerTable _table = new();

    [Fact]
    public void An_unknown_producer_may_begin_with_any_sequence()
    {
        Assert.Equal(ErrorCode.None, _table.Check(Batches.From(7, 3, 1000), out _));
        _table.Apply(Batches.From(7, 3, 1000), 1);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _table.Check(Batches.From(7, 3, 1002, baseOffset: 1), out _));
        Assert.Equal(ErrorCode.None, _table.Check(Batches.From(7, 3, 1001), out _));
    }

    [Fact]
    public void A_resend_of_one_of_the_last_five_batches_is_a_duplicate_with_its_old_offsets()
    {
        for (var i = 0; i < 6; i++)
        {
            _table.Apply(Batches.From(7, 0, i * 10, 10, 100 + (i * 10)), 5);
        }

        for (var i = 1; i < 6; i++)
        {
            Assert.Equal(ErrorCode.DuplicateSequenceNumber, _table.Check(Batches.From(7, 0, i * 10, 10), out var found));
            Assert.Equal(new ProducerBatch(i * 10, (i * 10) + 9, 100 + (i * 10), 109 + (i * 10), 5), found);
        }

        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _table.Check(Batches.From(7, 0, 0, 10), out _));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _table.Check(Batches.From(7, 0, 50, 5), out _));
        Assert.Equal(ErrorCode.None, _table.Check(Batches.From(7, 0, 60, 1), out _));
    }

    [Fact]
    public void A_new_epoch_begins_at_zero_and_fences_the_old_one()
    {
        _table.Apply(Batches.From(7, 1, 0, 3), 1);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _table.Check(Batches.From(7, 2, 3), out _));
        Assert.Equal(ErrorCode.None, _table.Check(Batches.From(7, 2, 0), out _));
        _table.Apply(Batches.From(7, 2, 0, baseOffset: 3), 1);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, _table.Check(Batches.From(7, 1, 3), out _));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, _table.Check(Batches.From(7, 1, 0, 3), out _));
        Assert.Equal(ErrorCode.DuplicateSequenceNumber, _table.Check(Batches.From(7, 2, 0), out _));
    }

    [Fact]
    public void Sequences_wrap_to_zero()
    {
        _table.Apply(Batches.From(7, 0, int.MaxValue - 1, 4), 1);
        Assert.True(_table.TryGet(7, out var state));
        Assert.Equal(1, state.LastSequence);
        Assert.Equal(ErrorCode.None, _table.Check(Batches.From(7, 0, 2), out _));
        Assert.Equal(ErrorCode.DuplicateSequenceNumber, _table.Check(Batches.From(7, 0, int.MaxValue - 1, 4), out _));

        _table.Apply(Batches.From(8, 0, int.MaxValue, 1, 10), 1);
        Assert.Equal(ErrorCode.None, _table.Check(Batches.From(8, 0, 0), out _));
    }

    [Fact]
    public void A_producer_id_without_epoch_or_sequence_is_an_invalid_record()
    {
        Assert.Equal(ErrorCode.InvalidRecord, _table.Check(Batches.From(7, -1, 0), out _));
        Assert.Equal(ErrorCode.InvalidRecord, _table.Check(Batches.From(7, 0, -1), out _));
        Assert.Equal(ErrorCode.None, _table.Check(Batches.Plain(1), out _));
    }

    [Fact]
    public void A_marker_of_a_newer_epoch_makes_the_next_batch_begin_at_zero()
    {
        _table.Apply(Batches.From(7, 0, 5, 2), 1);
        _table.Apply(Batches.From(7, 1, -1, 1, 2) with { Attributes = BatchAttributes.Control | BatchAttributes.Transactional }, 1);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, _table.Check(Batches.From(7, 0, 7), out _));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _table.Check(Batches.From(7, 1, 7), out _));
        Assert.Equal(ErrorCode.None, _table.Check(Batches.From(7, 1, 0), out _));
    }

    [Fact]
    public void Only_producers_that_are_silent_for_long_expire()
    {
        for (var id = 0; id < 20; id++)
        {
            _table.Apply(Batches.From(id, 0, 0, baseOffset: id), id * 10);
        }

        _table.Apply(Batches.From(0, 0, 1, baseOffset: 20), 500);
        Assert.Equal(10, _table.Expire(1100, 1000));
        Assert.Equal(10, _table.Count);
        Assert.True(_table.TryGet(0, out _));
        Assert.False(_table.TryGet(1, out _));
        Assert.True(_table.TryGet(11, out _));
        Assert.Equal(10, _table.Expire(5000, 1000));
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void Time_that_runs_backwards_does_not_disturb_the_order()
    {
        _table.Apply(Batches.From(1, 0, 0), 1000);
        _table.Apply(Batches.From(2, 0, 0, baseOffset: 1), 10);
        Assert.True(_table.TryGet(2, out var state));
        Assert.Equal(1000, state.LastAppendTimeMs);
    }

    [Fact]
    public void The_eldest_producer_makes_room_at_the_limit()
    {
        var small = new ProducerTable(maxProducers: 16);
        for (var id = 0; id < 100; id++)
        {
            small.Apply(Batches.From(id, 0, 0, baseOffset: id), 1);
        }

        Assert.Equal(16, small.Count);
        Assert.False(small.TryGet(83, out _));
        Assert.True(small.TryGet(84, out _));
    }

    [Fact]
    public void A_restored_table_and_a_clone_behave_as_the_original()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var next = new int[40];
        long offset = 0;
        for (var i = 0; i < 500; i++)
        {
            var id = random.Next(next.Length);
            var count = random.Next(1, 4);
            _table.Apply(Batches.From(id, 0, next[id], count, offset), i);
            next[id] += count;
            offset += count;
        }

        var restored = new ProducerTable();
        foreach (ref readonly var state in _table)
        {
            restored.Restore(state);
        }

        var clone = _table.Clone();
        _table.Expire(480, 20);
        clone.Expire(480, 20);
        restored.Expire(480, 20);
        Assert.Equal(Describe(_table), Describe(clone));
        Assert.True(Describe(_table) == Describe(restored), $"seed {seed}");
    }

    [Fact]
    public void Known_producers_are_checked_and_folded_without_allocation()
    {
        _table.Apply(Batches.From(7, 0, 0), 1);
        _table.Apply(Batches.From(8, 0, 0, baseOffset: 1), 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i < 1000; i++)
        {
            _table.Check(Batches.From(7, 0, i), out _);
            _table.Apply(Batches.From(7, 0, i, 1, i * 2), i);
            _table.Apply(Batches.From(8, 0, i, 1, (i * 2) + 1), i);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string Describe(ProducerTable table)
    {
        var text = new System.Text.StringBuilder();
        foreach (ref readonly var state in table)
        {
            text.Append(state.ProducerId).Append('/').Append(state.Epoch).Append('@').Append(state.LastAppendTimeMs).Append(':');
            for (var i = 0; i < state.BatchCount; i++)
            {
                text.Append(state[i]).Append(';');
            }
        }

        return text.ToString();
    }
}
