using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Node.Cluster;
using Microsoft.Extensions.Logging.Abstractions;
using Simulation.Fakes;

namespace Simulation.Cluster;

/// <summary>
/// The cluster host over a disk that forgets: lives that end by power cut, by kill or by a stop, at a random moment of a random load.
/// What was acknowledged is there in the next life, under the same id; what was never asked for is not; epochs rise with every life.
/// </summary>
public sealed class ClusterPowerCutTests
{
    private const int Seeds = 40;
    private const int Lives = 4;

    [Fact]
    public async Task Acknowledged_changes_of_the_catalog_survive_whatever_ends_the_process()
    {
        var first = Environment.GetEnvironmentVariable("ACTORS_SIM_SEED") is { } given ? int.Parse(given, null) : Random.Shared.Next();
        var last = Environment.GetEnvironmentVariable("ACTORS_SIM_SEED") is null ? first + Seeds : first + 1;
        for (var seed = first; seed < last; seed++)
        {
            try
            {
                await new World(seed).RunAsync();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Assert.Fail($"ACTORS_SIM_SEED={seed}: {e}");
            }
        }
    }

    private sealed class World(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly Dictionary<string, Topic> _topics = [];
        private readonly HashSet<long> _producerIds = [];
        private SimulatedStorageDevice _device = new();

        public async Task RunAsync()
        {
            for (var life = 0; life < Lives; life++)
            {
                var identity = NodeIdentity.Begin(_device, "/data", 1);
                var options = new ClusterHostOptions { DataDirectory = "/data", SnapshotCommands = 20, PrewriteBytes = 16 << 10 };
                await using var host = new ClusterHost(
                    options, identity, _device, new LeasePool(), TimeProvider.System, NullLoggerFactory.Instance);
                await host.StartAsync(TestContext.Current.CancellationToken);
                Check(host.Catalog);
                await LoadAsync(host.Commands);
                Check(host.Catalog);
                var end = _random.Next(3);
                var pending = LoadAsync(host.Commands); // under way when the life ends
                var next = end == 0 ? _device.Crash(_random.Next()) : end == 1 ? _device.Kill() : _device;
                await host.DisposeAsync();
                await pending;
                _device = next;
            }
        }

        private Task LoadAsync(ICatalogCommands commands) =>
            Task.WhenAll(Enumerable.Range(0, 25).Select(_ => OneAsync(commands, _random.Next(6), $"t{_random.Next(30)}")));

        private async Task OneAsync(ICatalogCommands commands, int what, string name)
        {
            if (what == 0)
            {
                var id = await commands.AllocateProducerIdAsync(CancellationToken.None);
                lock (_topics)
                {
                    Assert.True(id.Error != ErrorCode.None || _producerIds.Add(id.ProducerId), $"producer id {id.ProducerId} was given twice");
                }
            }
            else if (what == 1)
            {
                await DeleteAsync(commands, name);
            }
            else
            {
                var outcome = await commands.CreateTopicAsync(
                    new NewTopic { Name = name, PartitionCount = 1, ReplicationFactor = 1 }, CancellationToken.None);
                lock (_topics)
                {
                    if (outcome.Error == ErrorCode.None)
                    {
                        _topics[name] = new Topic { Id = outcome.Topic!.Id, IsCertain = true };
                    }
                    else if (outcome.Error != ErrorCode.TopicAlreadyExists)
                    {
                        Doubt(name, outcome.Error);
                    }
                }
            }
        }

        private async Task DeleteAsync(ICatalogCommands commands, string name)
        {
            Guid id;
            lock (_topics)
            {
                if (!_topics.TryGetValue(name, out var topic) || !topic.IsCertain)
                {
                    return;
                }

                id = topic.Id;
                topic.IsCertain = false; // until the answer is there
            }

            var outcome = await commands.DeleteTopicAsync(id, CancellationToken.None);
            lock (_topics)
            {
                if (_topics.TryGetValue(name, out var topic) && topic.Id == id && outcome.Error == ErrorCode.None)
                {
                    _topics.Remove(name);
                }
            }
        }

        // An unknown outcome: the change may be there or not, from now on.
        private void Doubt(string name, ErrorCode error)
        {
            Assert.Contains(error, new[] { ErrorCode.KafkaStorageError, ErrorCode.NotController, ErrorCode.NotLeaderOrFollower });
            if (!_topics.TryGetValue(name, out var topic))
            {
                _topics[name] = new Topic { Id = Guid.Empty };
            }
            else if (!topic.IsCertain)
            {
                (topic.Id, topic.Epoch) = (Guid.Empty, 0); // deleted and created again, perhaps
            }
        }

        private void Check(ICatalog catalog)
        {
            lock (_topics)
            {
                foreach (var (name, topic) in _topics)
                {
                    var found = catalog.TryGetTopic(name, out var seen);
                    Assert.True(found || !topic.IsCertain, $"topic {name} was acknowledged and is gone");
                    Assert.True(!found || topic.Id == Guid.Empty || topic.Id == seen!.Id, $"topic {name} has another id");
                    if (found)
                    {
                        Assert.True(seen!.Partitions[0].LeaderEpoch >= topic.Epoch, $"the epoch of {name} went back");
                        (topic.Id, topic.IsCertain, topic.Epoch) = (seen.Id, true, seen.Partitions[0].LeaderEpoch);
                    }
                }

                foreach (var name in _topics.Where(t => !catalog.TryGetTopic(t.Key, out _)).Select(t => t.Key).ToArray())
                {
                    _topics.Remove(name);
                }

                Assert.Equal(_topics.Count, catalog.TopicCount);
            }
        }

        private sealed class Topic
        {
            public required Guid Id { get; set; }
            public bool IsCertain { get; set; }
            public int Epoch { get; set; }
        }
    }
}
