using Conformance.Fixtures;
using Conformance.Wire;

namespace Conformance.Differential;

/// <summary>What a node says it speaks is what clients choose from: Kafka 4.3's own ranges for every API that is built.</summary>
[Collection(SharedNode.Name)]
public sealed class ListedVersionsTests(NodeUnderTest node)
{
    /// <summary>API key, first and last version that Apache Kafka 4.3.1 lists. Produce from 0: librdkafka looks there for codecs.</summary>
    private static readonly (short Key, short First, short Last)[] Built =
    [
        (0, 0, 13), (1, 4, 18), (2, 1, 11), (3, 0, 13), (8, 2, 10), (9, 1, 10), (10, 0, 6), (11, 0, 9), (12, 0, 4), (13, 0, 5), (14, 0, 5),
        (15, 0, 6), (16, 0, 5), (18, 0, 4), (19, 2, 7), (20, 1, 6), (21, 0, 2), (22, 0, 5), (23, 2, 4), (32, 1, 4), (33, 0, 2), (35, 1, 5), (37, 0, 3),
        (42, 0, 2), (43, 0, 2), (44, 0, 1), (45, 0, 1), (46, 0, 0), (47, 0, 0), (48, 0, 1), (49, 0, 1), (50, 0, 0), (60, 0, 2), (61, 0, 0),
        (74, 0, 1), (75, 0, 0),
    ];

    [Fact(Explicit = true, Timeout = 60_000)]
    public async Task Every_api_that_is_built_is_listed_with_the_versions_of_Kafka()
    {
        using var connection = await RawConnection.OpenAsync(node.Bootstrap, TestContext.Current.CancellationToken);

        var answer = await connection.CallAsync(18, 0, default, false, false, TestContext.Current.CancellationToken);

        Assert.Equal(0, answer.Int16());
        var listed = Enumerable.Range(0, answer.Int32()).Select(_ => (Key: answer.Int16(), First: answer.Int16(), Last: answer.Int16())).ToArray();
        Assert.All(Built, api => Assert.Contains(api, listed));
    }
}
