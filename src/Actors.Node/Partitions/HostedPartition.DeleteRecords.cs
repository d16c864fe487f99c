using Actors.Model;
using Actors.Model.Ports;
using Actors.Storage.Devices;

namespace Actors.Node.Partitions;

internal sealed partial class HostedPartition
{
    /// <inheritdoc/>
    public async ValueTask<DeleteRecordsOutcome> DeleteRecordsAsync(long beforeOffset, CancellationToken cancellationToken)
    {
        var offsets = Offsets;
        var offset = beforeOffset == DeleteRecordsOutcome.UpToHighWatermark ? offsets.HighWatermark : beforeOffset;
        var error = !_machine.Leads ? ErrorCode.NotLeaderOrFollower
            : !_log.Config.Deletes ? ErrorCode.PolicyViolation
            : offset < 0 || offset > offsets.HighWatermark ? ErrorCode.OffsetOutOfRange
            : ErrorCode.None;
        if (error != ErrorCode.None)
        {
            return new DeleteRecordsOutcome(error, -1);
        }

        try
        {
            var logStart = await _directory.MoveLogStartAsync(_log, offset).WaitAsync(cancellationToken).ConfigureAwait(false);
            return new DeleteRecordsOutcome(ErrorCode.None, logStart);
        }
        catch (StorageException)
        {
            return new DeleteRecordsOutcome(_machine.Leads ? ErrorCode.KafkaStorageError : ErrorCode.NotLeaderOrFollower, -1);
        }
    }
}
