using System.Globalization;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Ports;

namespace Actors.Node.Groups;

public sealed partial class GroupHost
{
    private Task<ErrorCode>? _creation;

    /// <inheritdoc/>
    public async ValueTask<GroupCoordinatorPlace> FindCoordinatorAsync(string groupId, CancellationToken cancellationToken)
    {
        if (!_catalog.TryGetTopic(GroupPlacement.Topic, out var topic))
        {
            var error = await EnsureTopic().WaitAsync(cancellationToken).ConfigureAwait(false);
            if (error != ErrorCode.None || !_catalog.TryGetTopic(GroupPlacement.Topic, out topic))
            {
                return new GroupCoordinatorPlace(ErrorCode.CoordinatorNotAvailable, -1, -1);
            }
        }

        var index = GroupPlacement.PartitionOf(groupId, topic.Partitions.Count);
        var leader = topic.Partitions[index].LeaderId;
        return new GroupCoordinatorPlace(leader < 0 ? ErrorCode.CoordinatorNotAvailable : ErrorCode.None, leader, index);
    }

    /// <summary>One creation at a time, however many ask.</summary>
    private Task<ErrorCode> EnsureTopic()
    {
        lock (_slotsLock)
        {
            if (_creation is null || _creation.IsCompleted)
            {
                _creation = CreateTopicAsync();
            }

            return _creation;
        }
    }

    private async Task<ErrorCode> CreateTopicAsync()
    {
        await Task.Yield(); // never under the caller's lock
        var outcome = await _commands.CreateTopicAsync(
            new NewTopic
            {
                Name = GroupPlacement.Topic,
                PartitionCount = GroupPlacement.PartitionCount,
                ReplicationFactor = -1,
                IsInternal = true,
                Configs = new Dictionary<string, string>
                {
                    ["cleanup.policy"] = "compact",
                    ["compression.type"] = "producer",
                    ["segment.bytes"] = GroupHostOptions.SegmentBytes.ToString(CultureInfo.InvariantCulture),
                    ["max.message.bytes"] = GroupHostOptions.MaxBatchBytes.ToString(CultureInfo.InvariantCulture),
                },
            },
            _stopping.Token).ConfigureAwait(false);
        return outcome.Error == ErrorCode.TopicAlreadyExists ? ErrorCode.None : outcome.Error;
    }
}
