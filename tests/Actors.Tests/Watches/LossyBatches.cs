using Actors.Abstractions;
using Orleans;

namespace Actors.Tests.Watches;

/// <summary>A network between silo and client that loses batches, or the answers to them.</summary>
internal sealed class LossyBatches(int seed) : IOutgoingGrainCallFilter
{
    private readonly Random _random = new(seed);

    /// <summary>One in so many batches is lost, and one in so many answers; 0: none.</summary>
    public int OneIn { get; set; }

    public int Lost { get; private set; }

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (OneIn == 0 || context.InterfaceMethod.DeclaringType != typeof(IWatchObserver))
        {
            await context.Invoke();
            return;
        }

        bool losesBatch, losesAnswer;
        lock (_random)
        {
            (losesBatch, losesAnswer) = (_random.Next(OneIn) == 0, _random.Next(OneIn) == 0);
            Lost += losesBatch || losesAnswer ? 1 : 0;
        }

        if (losesBatch)
        {
            throw new TimeoutException("The batch is lost, as the test wants.");
        }

        await context.Invoke();
        if (losesAnswer)
        {
            throw new TimeoutException("The answer to the batch is lost, as the test wants.");
        }
    }
}
