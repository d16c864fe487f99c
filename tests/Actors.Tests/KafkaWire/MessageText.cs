using System.Text.Json.Nodes;
using Actors.Kafka.Wire;
using KafkaSchemas;

namespace Actors.Tests.KafkaWire;

/// <summary>A message as JSON in the manner of Kafka's own converters: the fields of one version, tagged ones only if they are not at their default.</summary>
internal static class MessageText
{
    public static JsonObject Of(object message, StructSchema schema, short version)
    {
        var text = new JsonObject();
        var fresh = Activator.CreateInstance(message.GetType())!;
        foreach (var field in schema.Fields)
        {
            var property = message.GetType().GetProperty(field.Property)!;
            var value = property.GetValue(message);
            if (!field.Versions.Contains(version))
            {
                Assert.True(IsDefault(value, property.GetValue(fresh)), $"{schema.TypeName}.{field.Property} is set in version {version}");
            }
            else if (field.Tag is null || !IsDefault(value, property.GetValue(fresh)))
            {
                var isRecords = value is WireRange { IsNull: false };
                text[isRecords ? field.Name + "SizeInBytes" : field.Name] = Value(value, field, version);
            }
        }

        return text;
    }

    private static bool IsDefault(object? value, object? initial) =>
        value is Array { Length: 0 } ? initial is Array { Length: 0 } : Equals(value, initial);

    private static JsonNode? Value(object? value, FieldSchema field, short version)
    {
        if (field.IsArray)
        {
            return value is null ? null : new JsonArray([.. ((Array)value).Cast<object>().Select(v => Value(v, field with { IsArray = false }, version))]);
        }

        return value switch
        {
            null => null,
            string s => JsonValue.Create(s),
            bool b => JsonValue.Create(b),
            Guid g => JsonValue.Create(Convert.ToBase64String(g.ToByteArray(bigEndian: true)).TrimEnd('=').Replace('+', '-').Replace('/', '_')),
            byte[] b => JsonValue.Create(Convert.ToBase64String(b)),
            double d => JsonValue.Create(d),
            WireRange r => r.IsNull ? null : JsonValue.Create((long)r.LengthBytes),
            _ when field.Type == WireType.Struct => Of(value, field.Struct!, version),
            _ => JsonValue.Create(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)),
        };
    }
}
