using System.Globalization;

namespace Actors.Model.Topics;

/// <summary>Type of a topic setting, with Kafka's numbers in DescribeConfigs answers (KIP-569).</summary>
public enum TopicConfigType : byte
{
    /// <summary>true or false.</summary>
    Boolean = 1,
    /// <summary>Text.</summary>
    Text = 2,
    /// <summary>32-bit integer.</summary>
    Int32 = 3,
    /// <summary>64-bit integer.</summary>
    Int64 = 5,
    /// <summary>Double.</summary>
    Double = 6,
    /// <summary>Comma-separated list.</summary>
    List = 7,
}

/// <summary>One topic setting: Kafka's name, type, default and rule. The whole table is <see cref="TopicConfigs"/>.</summary>
public sealed class TopicConfigDefinition
{
    private readonly Func<string, string?>? _rule;

    internal TopicConfigDefinition(
        string name, TopicConfigType type, string defaultValue, string? brokerName, string documentation,
        Func<string, string?>? rule = null)
    {
        Name = name;
        Type = type;
        DefaultValue = defaultValue;
        BrokerName = brokerName;
        Documentation = documentation;
        _rule = rule;
    }

    /// <summary>The name, as in Kafka.</summary>
    public string Name { get; }

    /// <summary>The type.</summary>
    public TopicConfigType Type { get; }

    /// <summary>The default, as text.</summary>
    public string DefaultValue { get; }

    /// <summary>The broker setting whose value is the default of topics that do not set this one; null: there is none.</summary>
    public string? BrokerName { get; }

    /// <summary>What it does, for DescribeConfigs.</summary>
    public string Documentation { get; }

    /// <summary>Null if <paramref name="value"/> is allowed, else Kafka's sentence that says why not.</summary>
    public string? Check(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var text = value.Trim();
        var wrong = Type switch
        {
            TopicConfigType.Boolean => bool.TryParse(text, out _) ? null : "Expected value to be either true or false",
            TopicConfigType.Int32 => TryInt32(text, out _) ? null : "Not a number of type INT",
            TopicConfigType.Int64 => TryInt64(text, out _) ? null : "Not a number of type LONG",
            TopicConfigType.Double => TryDouble(text, out _) ? null : "Not a number of type DOUBLE",
            _ => null,
        };
        wrong ??= _rule?.Invoke(text);
        return wrong is null ? null : $"Invalid value {value} for configuration {Name}: {wrong}";
    }

    /// <summary>The value in force: the topic's own or the default.</summary>
    public string Get(IReadOnlyDictionary<string, string> configs) =>
        configs.TryGetValue(Name, out var value) ? value.Trim() : DefaultValue;

    /// <summary>The value in force of a setting of type <see cref="TopicConfigType.Boolean"/>.</summary>
    public bool GetBoolean(IReadOnlyDictionary<string, string> configs) => bool.Parse(Get(configs));

    /// <summary>The value in force of a setting of type <see cref="TopicConfigType.Int32"/>.</summary>
    public int GetInt32(IReadOnlyDictionary<string, string> configs) => int.Parse(Get(configs), CultureInfo.InvariantCulture);

    /// <summary>The value in force of a setting of type <see cref="TopicConfigType.Int64"/>.</summary>
    public long GetInt64(IReadOnlyDictionary<string, string> configs) => long.Parse(Get(configs), CultureInfo.InvariantCulture);

    /// <summary>The value in force of a setting of type <see cref="TopicConfigType.Double"/>.</summary>
    public double GetDouble(IReadOnlyDictionary<string, string> configs) => double.Parse(Get(configs), CultureInfo.InvariantCulture);

    /// <summary>The items in force of a setting of type <see cref="TopicConfigType.List"/>.</summary>
    public string[] GetList(IReadOnlyDictionary<string, string> configs) => SplitList(Get(configs));

    internal static string[] SplitList(string value) =>
        value.Length == 0 ? [] : value.Split(',', StringSplitOptions.TrimEntries);

    internal static bool TryInt32(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    internal static bool TryInt64(string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    internal static bool TryDouble(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
