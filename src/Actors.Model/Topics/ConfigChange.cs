namespace Actors.Model.Topics;

/// <summary>What is done to one setting; Kafka's numbers (IncrementalAlterConfigs, KIP-339).</summary>
public enum ConfigOperation : byte
{
    /// <summary>Set the value.</summary>
    Set = 0,
    /// <summary>Back to the default.</summary>
    Delete = 1,
    /// <summary>Add items to a list.</summary>
    Append = 2,
    /// <summary>Take items off a list.</summary>
    Subtract = 3,
}

/// <summary>A change of one setting.</summary>
/// <param name="Name">The setting.</param>
/// <param name="Operation">What is done.</param>
/// <param name="Value">The value or items; null for <see cref="ConfigOperation.Delete"/>.</param>
public sealed record ConfigChange(string Name, ConfigOperation Operation, string? Value);
