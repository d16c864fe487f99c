using Actors.Kafka.Wire;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

/// <summary>
/// A reply made from one or more answers of the groups' coordinator, which may come at once or much later (a join waits for other
/// members); the connection goes on with other requests meanwhile, their replies wait for their turn.
/// </summary>
/// <typeparam name="TAnswer">What the coordinator answers.</typeparam>
/// <typeparam name="TMessage">What is sent.</typeparam>
internal sealed class GroupReply<TAnswer, TMessage> : KafkaReply, IGroupWaiter<TAnswer>
    where TMessage : IKafkaMessage<TMessage>
{
    private readonly TAnswer[] _answers;
    private readonly Func<TAnswer[], TMessage> _compose;
    private int _pending;

    /// <summary>
    /// A reply that is complete once <paramref name="count"/> (at least 1) answers have come; their tokens are 0, 1, 2 and so on.
    /// </summary>
    public GroupReply(in KafkaRequest request, int count, Func<TAnswer[], TMessage> compose)
    {
        Answer(request);
        _answers = new TAnswer[count];
        _pending = count;
        _compose = compose;
    }

    /// <inheritdoc/>
    public bool OnAnswered(long token, in TAnswer answer)
    {
        _answers[token] = answer;
        if (Interlocked.Decrement(ref _pending) != 0)
        {
            return false;
        }

        Complete();
        return true;
    }

    /// <inheritdoc/>
    public void Wake() => WakeConnection();

    /// <inheritdoc/>
    protected override void WriteBody(KafkaWriter writer) => _compose(_answers).Write(writer, Version);
}
