using System.Diagnostics;
using System.Net;
using Actors.Model.Records;
using LoadGen.Platform;
using LoadGen.Protocol;

namespace LoadGen.Drivers;

/// <summary>
/// Many consumers that wait at the end of one partition, one long poll outstanding each; and, where asked, a producer that appends one record
/// now and then once all have the last one. Latencies are from sending the record to each consumer's answer. One thread plays them all.
/// </summary>
internal sealed unsafe class TailConsumers(
    RunWindow window, EndPoint address, FetchTemplate fetch, ProduceTemplate? produce, int consumers, double recordsPerSecond)
    : LoadWorker(window, "tail-consumers")
{
    private const int TimeoutMs = 60_000;
    private const int WaitMs = 1;
    private const int BufferBytes = 4096;
    private const int ProducerToken = -1;
    private readonly Consumer[] _consumers = new Consumer[consumers];
    private readonly FrameBuffer _produced = new(BufferBytes);
    private readonly byte[] _produceFrame = produce?.Frame.ToArray() ?? [];
    private Epoll? _epoll;
    private BlockingSocket? _producer;
    private int _producerCorrelation;
    private long _producedAt;
    private long _end;
    private int _told;

    /// <summary>Polls that were answered in the measured phase, with a record or without.</summary>
    public long Answers { get; private set; }

    public override void Abort()
    {
        _producer?.Break();
        foreach (var consumer in _consumers)
        {
            consumer?.Socket.Break();
        }
    }

    protected override void Open()
    {
        _epoll = new Epoll();
        for (var i = 0; i < _consumers.Length; i++)
        {
            _consumers[i] = new Consumer(BlockingSocket.Connect(address, TimeoutMs), new FrameBuffer(BufferBytes), fetch.Frame.ToArray());
            _epoll.Add(_consumers[i].Socket.Fd, i);
        }

        if (produce is not null)
        {
            _producer = BlockingSocket.Connect(address, TimeoutMs);
            _epoll.Add(_producer.Fd, ProducerToken);
        }
    }

    protected override void Run()
    {
        Array.ForEach(_consumers, Poll);
        _told = consumers;
        var dueAt = Stopwatch.GetTimestamp();
        while (Window.Phase != RunPhase.Draining)
        {
            var now = Stopwatch.GetTimestamp();
            if (_producer is not null && _told == consumers && now >= dueAt)
            {
                dueAt = now + (long)(Stopwatch.Frequency / recordsPerSecond);
                Produce(now);
            }

            var events = _epoll!.Wait(WaitMs);
            for (var i = 0; i < events; i++)
            {
                if (_epoll.Token(i) is var token && token == ProducerToken)
                {
                    TakeProduced();
                }
                else
                {
                    Take(_consumers[token]);
                }
            }
        }
    }

    protected override void Close()
    {
        foreach (var consumer in _consumers)
        {
            consumer?.Socket.Dispose();
            consumer?.Buffer.Dispose();
        }

        _producer?.Dispose();
        _produced.Dispose();
        _epoll?.Dispose();
    }

    private void Produce(long now)
    {
        produce!.Patch(_produceFrame, ++_producerCorrelation, 0);
        (_producedAt, _told) = (now, 0);
        _end++;
        Send(_producer!, _produceFrame);
    }

    private void TakeProduced()
    {
        Receive(_produced, _producer!);
        while (_produced.TryTake(out var reply))
        {
            var offset = produce!.CheckReply(reply, _producerCorrelation);
            if (offset != _end - 1)
            {
                throw new ProtocolFault($"the record was appended at {offset}, and {_end - 1} was due");
            }
        }
    }

    private void Poll(Consumer consumer)
    {
        fetch.Patch(consumer.Frame, ++consumer.Correlation, 0, consumer.Offset);
        Send(consumer.Socket, consumer.Frame);
    }

    private void Take(Consumer consumer)
    {
        Receive(consumer.Buffer, consumer.Socket);
        while (consumer.Buffer.TryTake(out var reply))
        {
            var now = Stopwatch.GetTimestamp();
            var fetched = fetch.CheckReply(reply, consumer.Correlation);
            Answers += Window.Phase == RunPhase.Measured ? 1 : 0;
            if (fetched.Length > 0)
            {
                var info = RecordBatch.ReadInfo(reply.Slice(fetched.Start, fetched.Length));
                if (info.BaseOffset != consumer.Offset)
                {
                    throw new ProtocolFault($"a consumer at {consumer.Offset} was given {info.BaseOffset}");
                }

                consumer.Offset = info.NextOffset;
                _told++;
                Count(_producedAt, now, 1, info.SizeBytes);
            }

            Poll(consumer);
        }
    }

    private static void Receive(FrameBuffer buffer, BlockingSocket socket)
    {
        if (!buffer.Receive(socket))
        {
            throw new ProtocolFault("the server closed a connection");
        }
    }

    private static void Send(BlockingSocket socket, byte[] frame)
    {
        fixed (byte* bytes = frame)
        {
            socket.SendAll(bytes, frame.Length);
        }
    }

    private sealed class Consumer(BlockingSocket socket, FrameBuffer buffer, byte[] frame)
    {
        public BlockingSocket Socket { get; } = socket;
        public FrameBuffer Buffer { get; } = buffer;
        public byte[] Frame { get; } = frame;
        public int Correlation { get; set; }
        public long Offset { get; set; }
    }
}
