using Actors.Model.Topics;

namespace Actors.Tests.Model;

public sealed class TopicConfigsTests
{
    [Fact]
    public void Every_default_obeys_its_own_rule()
    {
        foreach (var definition in TopicConfigs.All)
        {
            Assert.Null(definition.Check(definition.DefaultValue));
            Assert.NotEmpty(definition.Documentation);
        }

        Assert.Equal(TopicConfigs.All.Select(d => d.Name).Order(StringComparer.Ordinal), TopicConfigs.All.Select(d => d.Name));
        Assert.Equal(33, TopicConfigs.All.Count);
    }

    [Fact]
    public void An_unknown_setting_is_refused_by_name() =>
        Assert.Equal("Unknown topic config name: retention.year", Check("retention.year", "1"));

    [Theory]
    [InlineData("retention.ms", "-2", "Invalid value -2 for configuration retention.ms: Value must be at least -1")]
    [InlineData("retention.ms", "soon", "Invalid value soon for configuration retention.ms: Not a number of type LONG")]
    [InlineData("max.message.bytes", "9999999999", "Invalid value 9999999999 for configuration max.message.bytes: Not a number of type INT")]
    [InlineData("compression.type", "rar", "Invalid value rar for configuration compression.type: "
        + "String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer")]
    [InlineData("preallocate", "yes", "Invalid value yes for configuration preallocate: Expected value to be either true or false")]
    [InlineData("min.compaction.lag.ms", "-1", "Invalid value -1 for configuration min.compaction.lag.ms: Value must be at least 0")]
    public void A_bad_value_is_refused_with_a_sentence(string name, string value, string sentence) =>
        Assert.Equal(sentence, Check(name, value));

    [Theory]
    [InlineData("cleanup.policy", "compact,delete")]
    [InlineData("cleanup.policy", "compact, delete")]
    [InlineData("cleanup.policy", "")]
    [InlineData("preallocate", "TRUE")]
    [InlineData("min.cleanable.dirty.ratio", "1")]
    [InlineData("compression.gzip.level", "9")]
    [InlineData("leader.replication.throttled.replicas", "0:1,1:2")]
    [InlineData("flush.messages", "9223372036854775807")]
    public void A_good_value_passes(string name, string value) => Assert.Null(Check(name, value));

    [Fact]
    public void Settings_that_contradict_each_other_are_refused() =>
        Assert.StartsWith("conflict topic config setting", TopicConfigs.Check(new Dictionary<string, string>
        {
            ["min.compaction.lag.ms"] = "100",
            ["max.compaction.lag.ms"] = "50",
        }), StringComparison.Ordinal);

    [Theory]
    [InlineData("orders", true)]
    [InlineData("Orders_1.a-b", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("größe", false)]
    public void A_name_is_allowed_as_in_Kafka(string name, bool allowed) => Assert.Equal(allowed, TopicName.Check(name) is null);

    [Fact]
    public void A_name_has_at_most_249_characters()
    {
        Assert.Null(TopicName.Check(new string('a', 249)));
        Assert.NotNull(TopicName.Check(new string('a', 250)));
    }

    private static string? Check(string name, string value) => TopicConfigs.Check(new Dictionary<string, string> { [name] = value });
}
