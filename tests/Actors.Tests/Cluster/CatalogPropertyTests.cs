using Actors.Cluster;
using Actors.Cluster.Commands;
using Actors.Cluster.Snapshots;
using Actors.Model.Machines;

namespace Actors.Tests.Cluster;

/// <summary>Random commands against a simple model; replay, and snapshot plus tail, must come to the same state.</summary>
public sealed class CatalogPropertyTests
{
    private const int Rounds = 40;
    private const int CommandsPerRound = 120;

    [Fact]
    public void The_machine_agrees_with_the_model_and_with_its_own_snapshots()
    {
        var first = Random.Shared.Next();
        for (var seed = first; seed < first + Rounds; seed++)
        {
            var fault = Run(seed);
            Assert.True(fault is null, $"seed {seed}: {fault}");
        }
    }

    private static string? Run(int seed)
    {
        var random = new Random(seed);
        var log = new ClusterLog();
        var model = new CatalogModel();
        var snapshots = new List<byte[]>();
        for (var i = 0; i < CommandsPerRound; i++)
        {
            var command = Next(random, i);
            var expected = model.Apply(command);
            var outcome = log.Append(command);
            if (outcome.Error.ToString() != expected)
            {
                return $"command {i} {command}: {outcome.Error} ({outcome.Message}), the model says {expected}";
            }

            if (CatalogModel.Describe(log.Machine) != model.Describe())
            {
                return $"after command {i} {command}:\n{CatalogModel.Describe(log.Machine)}\nthe model says\n{model.Describe()}";
            }

            if (random.Next(20) == 0)
            {
                snapshots.Add(log.Machine.TakeSnapshot().Encode());
            }
        }

        snapshots.Add(new ClusterMachine().TakeSnapshot().Encode());
        var end = log.Machine.TakeSnapshot().Encode();
        foreach (var snapshot in snapshots)
        {
            var machine = ClusterSnapshot.TryLoad(snapshot, out var reason);
            if (machine is null)
            {
                return reason;
            }

            Effects<ClusterEvent> events = default;
            while (machine.AppliedEnd < log.Commands.Count)
            {
                var offset = (int)machine.AppliedEnd;
                machine.Apply(log.Commands[offset], new CommandPlace(offset, (offset + 1) * 10, -1), ref events);
            }

            if (!machine.TakeSnapshot().Encode().AsSpan().SequenceEqual(end))
            {
                return "a snapshot and its tail come to another state than the whole log";
            }
        }

        return null;
    }

    private static ClusterCommand Next(Random random, int index)
    {
        string[] names = ["a", "b", "c.d", "c_d", "e.f", "g"];
        var name = names[random.Next(names.Length)];
        return random.Next(index < 3 ? 3 : 14) switch
        {
            0 => new EpochStart(1, index),
            1 or 2 => ClusterLog.Node(random.Next(1, 5), random.Next(1, index + 3)),
            3 or 4 => new DeleteTopic(Id(random.Next(12))),
            5 or 6 => new CreatePartitions { Topic = name, TotalCount = random.Next(1, 12) },
            7 => new AllocateProducerIds(1, random.Next(1, 1000)),
            _ => ClusterLog.Topic(name, random.Next(1, 8), (short)random.Next(1, 5)) with { TopicId = Id(random.Next(12)) },
        };
    }

    private static Guid Id(int number) => new(number + 1, 0, 0, new byte[8]);
}
