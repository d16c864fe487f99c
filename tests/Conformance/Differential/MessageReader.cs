using System.Text.Json.Nodes;
using Conformance.Wire;

namespace Conformance.Differential;

/// <summary>Reads a message into JSON by its schema; bytes that are left over fail the test.</summary>
public static class MessageReader
{
    public static JsonObject Read(MessageSchema schema, int version, WireReader reader)
    {
        var values = Struct(reader, schema.Fields, version, schema.Flexible.Contains(version));
        Assert.True(reader.Remaining == 0, $"{schema.Name} v{version}: {reader.Remaining} bytes are left over");
        return values;
    }

    private static JsonObject Struct(WireReader reader, IReadOnlyList<FieldSchema> fields, int version, bool flexible)
    {
        var values = new JsonObject();
        foreach (var field in fields.Where(f => f.Versions.Contains(version) && !f.Tagged.Contains(version)))
        {
            values[field.Name] = Value(reader, field, version, field.Flexible?.Contains(version) ?? flexible);
        }

        if (!flexible)
        {
            return values;
        }

        for (var count = reader.UnsignedVarint(); count > 0; count--)
        {
            var tag = (int)reader.UnsignedVarint();
            var body = new WireReader(reader.Raw((int)reader.UnsignedVarint()));
            var field = fields.Single(f => f.Tag == tag && f.Tagged.Contains(version));
            values[field.Name] = Value(body, field, version, true);
            Assert.Equal(0, body.Remaining);
        }

        return values;
    }

    private static JsonNode? Value(WireReader reader, FieldSchema field, int version, bool flexible)
    {
        if (!field.IsArray)
        {
            return Element(reader, field, version, flexible);
        }

        var count = flexible ? (int)reader.UnsignedVarint() - 1 : reader.Int32();
        if (count < 0)
        {
            return null;
        }

        var items = new JsonArray();
        for (; count > 0; count--)
        {
            items.Add(Element(reader, field, version, flexible));
        }

        return items;
    }

    private static JsonNode? Element(WireReader reader, FieldSchema field, int version, bool flexible) => field.ElementType switch
    {
        "bool" => reader.Int8() != 0,
        "int8" => (long)reader.Int8(),
        "int16" => (long)reader.Int16(),
        "uint16" => (long)reader.UInt16(),
        "int32" => (long)reader.Int32(),
        "uint32" => (long)reader.UInt32(),
        "int64" => reader.Int64(),
        "float64" => reader.Float64(),
        "uuid" => reader.Uuid().ToString(),
        "string" => flexible ? reader.CompactString() : reader.String(),
        "bytes" or "records" => Bytes(reader, flexible),
        _ when !field.IsArray && field.Nullable.Contains(version) && reader.Int8() < 0 => null,
        _ => Struct(reader, field.Fields, version, flexible),
    };

    private static JsonNode? Bytes(WireReader reader, bool flexible)
    {
        var length = flexible ? (int)reader.UnsignedVarint() - 1 : reader.Int32();
        return length < 0 ? null : Convert.ToBase64String(reader.Raw(length).Span);
    }
}
