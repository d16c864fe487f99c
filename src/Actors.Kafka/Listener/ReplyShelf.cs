using System.Diagnostics.CodeAnalysis;

namespace Actors.Kafka.Listener;

/// <summary>A connection's replies between two requests, so that a steady client makes no garbage. On the connection's turn only.</summary>
internal sealed class ReplyShelf
{
    /// <summary>Replies kept: clients have 5 requests in flight by default.</summary>
    private const int MaxKept = 8;

    private readonly Stack<ProduceReply> _produce = new();

    public bool TryTake([NotNullWhen(true)] out ProduceReply? reply) => _produce.TryPop(out reply);

    public void Keep(ProduceReply reply)
    {
        if (_produce.Count < MaxKept)
        {
            _produce.Push(reply);
        }
    }
}
