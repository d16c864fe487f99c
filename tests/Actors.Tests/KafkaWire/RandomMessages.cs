using System.Reflection;
using Actors.Kafka.Wire;
using KafkaSchemas;

namespace Actors.Tests.KafkaWire;

/// <summary>Fills messages with random values of one version; the same seed gives the same message.</summary>
internal sealed class RandomMessages(int seed, int maxItems = 3)
{
    public const int SourceBytes = 4096;
    private static readonly string[] Letters = ["a", "Z", "7", "-", "é", "漢", "\"", "𝄞", "\0"];
    private readonly Random _random = new(seed);

    /// <summary>The bytes that records point into.</summary>
    public static ReadOnlyMemory<byte> Source { get; } = Enumerable.Range(0, SourceBytes).Select(i => (byte)(i * 31 >> 3)).ToArray();

    public object Fill(MessageCodec codec, short version) => Fill(codec.Type, codec.Schema, version);

    private object Fill(Type type, StructSchema schema, short version)
    {
        var it = Activator.CreateInstance(type)!;
        foreach (var field in schema.Fields.Where(f => f.Versions.Contains(version)))
        {
            var property = type.GetProperty(field.Property)!;
            if (field.Tag is null || _random.Next(2) == 0)
            {
                property.SetValue(it, NotDefault(Value(field, property.PropertyType, version)));
            }
        }

        return it;
    }

    /// <summary>A message with all fields at their defaults, arrays of structs with one element that is so too.</summary>
    public static object Bare(Type type, StructSchema schema, short version)
    {
        var it = Activator.CreateInstance(type)!;
        foreach (var field in schema.Plain.Where(f => f.IsArray && f.Type == WireType.Struct && f.Versions.Contains(version)))
        {
            var property = type.GetProperty(field.Property)!;
            var element = property.PropertyType.GetElementType()!;
            var items = Array.CreateInstance(element, 1);
            items.SetValue(Bare(element, field.Struct!, version), 0);
            property.SetValue(it, items);
        }

        return it;
    }

    /// <summary>A tagged struct whose fields are all at their defaults is never written: no such struct, then.</summary>
    private static object? NotDefault(object? value) =>
        value?.GetType().GetProperty("IsDefault", BindingFlags.Instance | BindingFlags.NonPublic)?.GetValue(value) is true ? null : value;

    private object? Value(FieldSchema field, Type type, short version)
    {
        if (field.Nullable.Contains(version) && _random.Next(4) == 0)
        {
            return field.Type == WireType.Records ? WireRange.Null : null;
        }

        if (field.IsArray)
        {
            var element = type.GetElementType()!;
            var items = Array.CreateInstance(element, _random.Next(maxItems + 1));
            for (var i = 0; i < items.Length; i++)
            {
                items.SetValue(Scalar(field, element, version), i);
            }

            return items;
        }

        return Scalar(field, type, version);
    }

    private object Scalar(FieldSchema field, Type type, short version) => field.Type switch
    {
        WireType.Bool => _random.Next(2) == 0,
        WireType.Int8 => (sbyte)Number(),
        WireType.Int16 => (short)Number(),
        WireType.UInt16 => (ushort)Number(),
        WireType.Int32 => (int)Number(),
        WireType.UInt32 => (uint)Number(),
        WireType.Int64 => Number(),
        WireType.Float64 => _random.NextDouble(),
        WireType.Uuid => new Guid(Enumerable.Range(0, 16).Select(_ => (byte)_random.Next()).ToArray()),
        WireType.String => string.Concat(Enumerable.Range(0, _random.Next(9) == 0 ? 150 : _random.Next(6)).Select(_ => Letters[_random.Next(Letters.Length)])),
        WireType.Bytes => Source.Slice(_random.Next(SourceBytes / 2), _random.Next(40)).ToArray(),
        WireType.Records => new WireRange(_random.Next(SourceBytes / 2), _random.Next(300)),
        _ => Fill(type, field.Struct!, version),
    };

    private long Number() => _random.Next(4) switch
    {
        0 => _random.Next(-2, 3),
        1 => long.MaxValue - _random.Next(2),
        2 => long.MinValue + _random.Next(2),
        _ => _random.NextInt64(long.MinValue, long.MaxValue),
    };
}
