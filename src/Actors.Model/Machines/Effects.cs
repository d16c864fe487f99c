namespace Actors.Model.Machines;

/// <summary>
/// A pure machine decides: it sees no clock, randomness, I/O, tasks or Orleans. What happened comes in as an input; what must
/// happen goes out as effects, in order. The node's interpreter carries them out over disk, sockets and clock; the simulator's
/// does the same over fakes and one seed.
/// </summary>
/// <typeparam name="TInput">What can happen to the machine.</typeparam>
/// <typeparam name="TEffect">What the machine can ask for.</typeparam>
public interface IMachine<TInput, TEffect>
    where TInput : struct
    where TEffect : struct
{
    /// <summary>Takes one input and adds the effects it causes. Never throws for what a peer or a user did.</summary>
    void Step(in TInput input, ref Effects<TEffect> effects);
}

/// <summary>The ordered effects of some steps: a list that is reused, so that a step allocates nothing once it has grown.</summary>
/// <typeparam name="TEffect">The machine's effect type.</typeparam>
public struct Effects<TEffect>
    where TEffect : struct
{
    private TEffect[]? _items;

    /// <summary>Number of effects.</summary>
    public int Count { get; private set; }

    /// <summary>The effects in order.</summary>
    public readonly ReadOnlySpan<TEffect> Items => _items.AsSpan(0, Count);

    /// <summary>Adds one effect.</summary>
    public void Add(in TEffect effect)
    {
        if (_items is null || Count == _items.Length)
        {
            Array.Resize(ref _items, Math.Max(4, Count * 2));
        }

        _items[Count++] = effect;
    }

    /// <summary>Takes back the effects after the first <paramref name="count"/>.</summary>
    public void Trim(int count)
    {
        _items.AsSpan(count, Count - count).Clear();
        Count = count;
    }

    /// <summary>Forgets the effects and what they refer to, keeps the memory.</summary>
    public void Clear()
    {
        _items.AsSpan(0, Count).Clear();
        Count = 0;
    }
}
