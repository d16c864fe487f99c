using System.Buffers.Binary;
using Actors.Kafka.Wire;

namespace Benchmarks.Gates;

/// <summary>
/// The whole way of a batch: connection, listener, machine, log thread, disk, answer; and of a fetch. Whatever any thread of the
/// process allocates counts, and a batch of hundreds of records may cost no more than one of ten.
/// </summary>
internal static class NodeGates
{
    /// <summary>
    /// Most bytes a produced batch may allocate, all threads together, whatever its number of records: closures of its sync round.
    /// </summary>
    public const double MaxBytesPerProducedBatch = 160;

    /// <summary>Most bytes a fetch of one partition may allocate: its reply, with the partition's rows and slices.</summary>
    public const double MaxBytesPerFetch = 1_024;

    /// <summary>Most bytes more per batch that a fetch brings: the list of its slices grows.</summary>
    public const double MaxBytesPerFetchedBatch = 32;

    private const short ProduceVersion = 8;
    private const short FetchVersion = 11;
    private const int SmallBytes = 1_500;
    private const int LargeBytes = 64 * 1024;
    private const int Operations = 2_000;
    private const int FetchBytes = 1 << 20;

    // Answer of one topic with a name of 4 letters: length, correlation id, topics, name, partitions, index; then error and offset.
    private const int ProduceErrorAt = 26;

    public static IEnumerable<AllocationGate> All(GateNode node) =>
    [
        Gate("producing a batch of ten records, synced, allocates a constant at most", MaxBytesPerProducedBatch, () => Produce(node, "tens", SmallBytes)),
        Gate("producing a batch of hundreds of records, synced, allocates no more", MaxBytesPerProducedBatch, () => Produce(node, "many", LargeBytes)),
        Gate("fetching one batch of hundreds of records allocates a constant at most", MaxBytesPerFetch, () => Fetch(node, "some", 1)),
        Gate("fetching a megabyte of batches allocates a constant per batch at most", MaxBytesPerFetch + (FetchBytes / LargeBytes * MaxBytesPerFetchedBatch),
            () => Fetch(node, "full", FetchBytes)),
    ];

    private static AllocationGate Gate(string name, double maxBytes, Func<Action> prepare) =>
        new(name, maxBytes, prepare, Operations, GateScope.Process, WarmUpOperations: Operations);

    private static Action Produce(GateNode node, string topic, int batchBytes)
    {
        node.NewTopic(topic);
        var client = node.Connect();
        var frame = ProduceFrame(topic, SampleBatches.Of(batchBytes));
        return () => ProduceOne(client, frame);
    }

    private static void ProduceOne(GateTransport client, byte[] frame)
    {
        client.Ask(frame);
        if (BinaryPrimitives.ReadInt16BigEndian(client.Head[ProduceErrorAt..]) is not 0 and var error)
        {
            throw new InvalidOperationException($"the batch was refused with error {error}: the gate measures nothing");
        }
    }

    private static Action Fetch(GateNode node, string topic, int maxBytes)
    {
        node.NewTopic(topic);
        var client = node.Connect();
        var produce = ProduceFrame(topic, SampleBatches.Of(LargeBytes));
        for (var filled = 0; filled <= FetchBytes; filled += LargeBytes)
        {
            ProduceOne(client, produce);
        }

        var request = new FetchRequest
        {
            MinBytes = 1,
            MaxBytes = maxBytes,
            Topics = [new() { Topic = topic, Partitions = [new() { Partition = 0, FetchOffset = 0, PartitionMaxBytes = maxBytes }] }],
        };
        var frame = GateNode.Frame(request, FetchVersion);
        var least = Math.Max(maxBytes - LargeBytes, LargeBytes / 2);
        return () =>
        {
            if (client.Ask(frame) < least)
            {
                throw new InvalidOperationException("the fetch brings too little: the gate measures nothing");
            }
        };
    }

    private static byte[] ProduceFrame(string topic, byte[] batch) => GateNode.Frame(
        new ProduceRequest
        {
            Acks = -1,
            TimeoutMs = 30_000,
            TopicData = [new() { Name = topic, PartitionData = [new() { Index = 0, Records = new WireRange(0, batch.Length) }] }],
        },
        ProduceVersion, batch);
}
