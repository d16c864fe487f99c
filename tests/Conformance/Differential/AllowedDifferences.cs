using System.Text.RegularExpressions;

namespace Conformance.Differential;

/// <summary>Where we answer differently on purpose or for now, each with its reason. The list should shrink.</summary>
internal static class AllowedDifferences
{
    private static readonly (string Case, string Difference, string Reason)[] All =
    [
        ("^api versions", @"^\.(ApiKeys|SupportedFeatures|FinalizedFeatures)", "we list what is built; which ranges is checked on its own"),
        ("config|^create ", @"flush\.messages", "our default is 1: acknowledged means synced"),
        ("config|^create ", @"min\.insync\.replicas\]\.ConfigSource", "Kafka 4 sets it for the whole cluster with its ELR feature"),
        ("a config of a node", @"num\.partitions\]\.ConfigSource", "a node's settings always come from its own configuration"),
        ("", @"AuthorizedOperations: Kafka", "there is no authorizer yet: answered as not asked for"),
        ("", @"ErrorMessage: Kafka null, ours ""text""", "we say what is wrong where Kafka is silent"),
        ("config|quotas|credentials", @"ErrorMessage: Kafka ""text"", ours null", "Kafka sends an empty text where nothing is wrong"),
        ("^(produce|an epoch too old)", @"LogStartOffset: Kafka 0, ours -1", "with an error there is no offset to tell"),
        ("produce with a wrong count", @"RecordErrors", "we name the record that is wrong"),
        ("an epoch too old", @"ErrorCode: Kafka 47, ours 87", "a producer id without an epoch is a batch that contradicts itself"),
        ("^the first again", @"LogAppendTimeMs", "Kafka repeats the batch's own time, which CreateTime topics do not report"),
        ("^fetch", @"(HighWatermark|LastStableOffset|LogStartOffset): Kafka -1, ours \d+", "we tell where the log begins and ends also with an error"),
        ("^fetch", @"AbortedTransactions: Kafka \[\], ours null", "there are no transactions yet; both mean none"),
        ("metadata that makes its topic", @"^\.Topics\[made-\d+\]", "made before it is answered: Kafka lets its client ask again"),
    ];

    public static string? Reason(string name, string difference)
    {
        foreach (var (test, pattern, reason) in All)
        {
            if (Regex.IsMatch(name, test) && Regex.IsMatch(difference, pattern))
            {
                return reason;
            }
        }

        return null;
    }
}
