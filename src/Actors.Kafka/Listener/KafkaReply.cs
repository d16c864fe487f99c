using Actors.Kafka.Wire;
using Actors.Net;

namespace Actors.Kafka.Listener;

/// <summary>A reply with Kafka's response header; the body is written when its turn to be sent has come.</summary>
internal abstract class KafkaReply : Reply
{
    [ThreadStatic]
    private static KafkaWriter? t_writer;

    /// <summary>The API answered.</summary>
    protected KafkaApiVersions Api { get; private set; }
    /// <summary>Version of the request.</summary>
    protected short Version { get; private set; }
    /// <summary>Id of the request.</summary>
    protected int CorrelationId { get; private set; }

    /// <summary>Takes over what identifies the request.</summary>
    protected void Answer(in KafkaRequest request)
    {
        Api = request.Api;
        Version = request.Version;
        CorrelationId = request.CorrelationId;
    }

    /// <summary>Writes the body.</summary>
    protected abstract void WriteBody(KafkaWriter writer);

    /// <summary>Adds the bytes of a splice to the sink; each slice passes one reference.</summary>
    protected virtual void WriteSplice(ReplySink sink, in Splice splice) =>
        throw new InvalidOperationException("A reply without records has a splice.");

    /// <inheritdoc/>
    protected override void WriteTo(ReplySink sink)
    {
        var writer = t_writer ??= new KafkaWriter();
        var frame = writer.BeginFrame();
        ResponseHeader.Write(writer, Api, Version, CorrelationId);
        WriteBody(writer);
        writer.EndFrame(frame);
        Copy(writer, sink);
        writer.Reset();
    }

    private void Copy(KafkaWriter writer, ReplySink sink)
    {
        var written = writer.WrittenSpan;
        var at = 0;
        foreach (ref readonly var splice in writer.Splices)
        {
            sink.Write(written[at..splice.Position]);
            at = splice.Position;
            WriteSplice(sink, splice);
        }

        sink.Write(written[at..]);
    }
}

/// <summary>A reply whose body is a message, there at once or later.</summary>
internal sealed class MessageReply<TMessage> : KafkaReply
    where TMessage : IKafkaMessage<TMessage>
{
    private TMessage? _message;
    private Exception? _bug;

    public MessageReply(in KafkaRequest request) => Answer(request);

    /// <summary>The answer is there.</summary>
    public void Set(TMessage message)
    {
        _message = message;
        Complete();
    }

    /// <summary>The answer comes from a task: the connection goes on with other requests meanwhile.</summary>
    public void SetFrom(ValueTask<TMessage> task)
    {
        if (task.IsCompletedSuccessfully)
        {
            Set(task.Result);
            return;
        }

        _ = AwaitAsync(task);
    }

    protected override void WriteBody(KafkaWriter writer)
    {
        if (_bug is not null)
        {
            throw new InvalidOperationException($"A handler of {Api.Api} failed.", _bug);
        }

        _message!.Write(writer, Version);
    }

    private async Task AwaitAsync(ValueTask<TMessage> task)
    {
        try
        {
            _message = await task.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // whatever it is, it surfaces in the connection's turn and ends the connection
        catch (Exception bug)
#pragma warning restore CA1031
        {
            _bug = bug;
        }

        Complete();
        WakeConnection();
    }
}
