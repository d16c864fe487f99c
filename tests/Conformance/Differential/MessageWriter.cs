using System.Globalization;
using System.Text.Json.Nodes;
using Conformance.Wire;

namespace Conformance.Differential;

/// <summary>Writes a message from JSON values by its schema; what is not given takes the definition's default.</summary>
public static class MessageWriter
{
    public static byte[] Write(MessageSchema schema, int version, JsonObject values)
    {
        var writer = new WireWriter();
        Struct(writer, schema.Fields, version, schema.Flexible.Contains(version), values);
        return writer.ToArray();
    }

    private static void Struct(WireWriter writer, IReadOnlyList<FieldSchema> fields, int version, bool flexible, JsonObject values)
    {
        foreach (var unknown in values.Select(v => v.Key).Where(k => fields.All(f => f.Name != k)))
        {
            throw new ArgumentException($"There is no field {unknown}");
        }

        foreach (var field in fields.Where(f => f.Versions.Contains(version) && !f.Tagged.Contains(version)))
        {
            Value(writer, field, version, field.Flexible?.Contains(version) ?? flexible,
                values.TryGetPropertyValue(field.Name, out var v) ? v : Default(field, version));
        }

        if (!flexible)
        {
            return;
        }

        var tagged = fields.Where(f => f.Versions.Contains(version) && f.Tagged.Contains(version) && values.ContainsKey(f.Name)).OrderBy(f => f.Tag).ToArray();
        writer.UnsignedVarint((uint)tagged.Length);
        foreach (var field in tagged)
        {
            var body = new WireWriter();
            Value(body, field, version, true, values[field.Name]);
            var bytes = body.ToArray();
            writer.UnsignedVarint((uint)field.Tag).UnsignedVarint((uint)bytes.Length).Raw(bytes);
        }
    }

    private static void Value(WireWriter writer, FieldSchema field, int version, bool flexible, JsonNode? value)
    {
        if (!field.IsArray)
        {
            Element(writer, field, version, flexible, value);
            return;
        }

        var items = value?.AsArray();
        _ = flexible ? writer.UnsignedVarint((uint)((items?.Count ?? -1) + 1)) : writer.Int32(items?.Count ?? -1);
        foreach (var item in items ?? [])
        {
            Element(writer, field, version, flexible, item);
        }
    }

    private static void Element(WireWriter writer, FieldSchema field, int version, bool flexible, JsonNode? value)
    {
        switch (field.ElementType)
        {
            case "bool": writer.Int8((sbyte)((bool)value! ? 1 : 0)); break;
            case "int8": writer.Int8(checked((sbyte)Number(value))); break;
            case "int16": writer.Int16(checked((short)Number(value))); break;
            case "uint16": writer.UInt16(checked((ushort)Number(value))); break;
            case "int32": writer.Int32(checked((int)Number(value))); break;
            case "uint32": writer.UInt32(checked((uint)Number(value))); break;
            case "int64": writer.Int64(Number(value)); break;
            case "float64": writer.Float64((double)value!); break;
            case "uuid": writer.Uuid(Guid.Parse((string)value!)); break;
            case "string": _ = flexible ? writer.CompactString((string?)value) : writer.String((string?)value); break;
            case "bytes" or "records": Bytes(writer, flexible, (string?)value); break;
            default:
                if (!field.IsArray && field.Nullable.Contains(version))
                {
                    writer.Int8((sbyte)(value is null ? -1 : 1));
                }

                if (value is not null)
                {
                    Struct(writer, field.Fields, version, flexible, value.AsObject());
                }

                break;
        }
    }

    private static void Bytes(WireWriter writer, bool flexible, string? base64)
    {
        var bytes = base64 is null ? null : Convert.FromBase64String(base64);
        _ = flexible ? writer.UnsignedVarint((uint)((bytes?.Length ?? -1) + 1)) : writer.Int32(bytes?.Length ?? -1);
        writer.Raw(bytes);
    }

    private static long Number(JsonNode? value) => value is JsonValue v && v.TryGetValue<long>(out var number) ? number : Parse(value!.ToString());

    private static long Parse(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal)
            ? long.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : long.Parse(text, CultureInfo.InvariantCulture);

    private static JsonNode? Default(FieldSchema field, int version)
    {
        if (field.Default is { } given)
        {
            var text = given.ToString();
            return field.ElementType switch
            {
                _ when text == "null" => null,
                "bool" => text == "true",
                "string" => text,
                _ => Parse(text),
            };
        }

        if (field.IsArray)
        {
            return new JsonArray();
        }

        return field.Type switch
        {
            "bool" => false,
            "string" => "",
            "uuid" => Guid.Empty.ToString(),
            "bytes" or "records" => field.Nullable.Contains(version) ? null : "",
            "int8" or "int16" or "uint16" or "int32" or "uint32" or "int64" or "float64" => 0L,
            _ => field.Nullable.Contains(version) ? null : new JsonObject(),
        };
    }
}
