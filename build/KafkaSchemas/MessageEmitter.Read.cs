namespace KafkaSchemas;

/// <summary>The reading half.</summary>
public sealed partial class MessageEmitter
{
    private void Read(StructSchema schema, VersionRange versions, string access)
    {
        _out.Line();
        if (access == "public")
        {
            _out.Line("/// <inheritdoc/>");
        }

        using (_out.Braces($"{access} static {schema.TypeName} Read(ref KafkaReader reader, short version)"))
        {
            var compact = Compact(schema, versions);
            _out.Line($"var it = new {schema.TypeName}();");
            foreach (var field in schema.Plain)
            {
                using (_out.If(When(field.Versions, versions)))
                {
                    ReadField(field, field.Versions.And(versions), compact);
                }
            }

            var flexible = Flexible(versions);
            if (flexible != "false")
            {
                using (_out.If(flexible == "true" ? null : flexible))
                {
                    ReadTags(schema, versions.And(new VersionRange(_api.FirstFlexible, int.MaxValue)));
                }
            }

            _out.Line("return it;");
        }
    }

    private void ReadTags(StructSchema schema, VersionRange versions)
    {
        var tagged = schema.Tagged.ToList();
        if (tagged.Count == 0)
        {
            _out.Line("reader.SkipTags();");
            return;
        }

        using (_out.Braces("for (var left = reader.ReadTagCount(); left > 0; left--)"))
        {
            using (_out.Braces("switch (reader.ReadTag(out var end))"))
            {
                foreach (var field in tagged)
                {
                    var when = When(field.Versions, versions);
                    using (_out.Braces($"case {field.Tag}{(when is null ? "" : $" when {when}")}:"))
                    {
                        ReadField(field, field.Versions, "true");
                        _out.Line("reader.EndTag(end);").Line("break;");
                    }
                }

                _out.Line("default:").Line("    reader.SkipTag(end);").Line("    break;");
            }
        }
    }

    private void ReadField(FieldSchema field, VersionRange versions, string compact)
    {
        if (!field.IsArray)
        {
            _out.Line($"it.{field.Property} = {ReadScalar(field, versions, compact)};");
            return;
        }

        using (_out.Braces())
        {
            var min = MinElementBytes(field, versions);
            var nullable = When(field.Nullable, versions);
            var strict = $"reader.ReadArrayCount({compact}, {min})";
            var loose = $"reader.ReadNullableArrayCount({compact}, {min})";
            _out.Line($"var count = {(field.Nullable.IsEmpty ? strict : nullable is null ? loose : $"{nullable} ? {loose} : {strict}")};");
            _out.Line($"{ElementType(field)}[] items = count <= 0 ? [] : new {NewArray(field)};");
            using (_out.Braces("for (var i = 0; i < count; i++)"))
            {
                _out.Line($"items[i] = {ReadElement(field, compact)};");
            }

            _out.Line($"it.{field.Property} = {(field.Nullable.IsEmpty ? "" : "count < 0 ? null : ")}items;");
        }
    }

    private static string NewArray(FieldSchema field) => field.Type == WireType.Bytes ? "byte[count][]" : $"{ElementType(field)}[count]";

    private static string ReadScalar(FieldSchema field, VersionRange versions, string compact)
    {
        var strict = ReadElement(field, compact);
        if (field.Nullable.IsEmpty || field.Type == WireType.Records)
        {
            return strict;
        }

        var loose = field.Type switch
        {
            WireType.String => $"reader.ReadNullableString({compact})",
            WireType.Bytes => $"reader.ReadNullableBytes({compact})",
            WireType.Struct => $"reader.ReadPresence() ? {strict} : null",
            _ => throw new FormatException($"{field.Name}: a {field.Type} cannot be null"),
        };
        var nullable = When(field.Nullable, versions);
        return nullable is null ? loose : $"{nullable} ? ({loose}) : {strict}";
    }

    private static string ReadElement(FieldSchema field, string compact) => field.Type switch
    {
        WireType.String => $"reader.ReadString({compact})",
        WireType.Bytes => $"reader.ReadBytes({compact})",
        WireType.Records => $"reader.ReadRecords({compact})",
        WireType.Struct => $"{field.Struct!.TypeName}.Read(ref reader, version)",
        _ => $"reader.Read{field.Type}()",
    };

    /// <summary>An expression: the least that an element takes on the wire, so that a count can be held against the bytes that remain.</summary>
    private string MinElementBytes(FieldSchema field, VersionRange versions)
    {
        var expression = "";
        var last = 0;
        for (var version = versions.First; version <= versions.Last; version++)
        {
            var size = Math.Max(1, MinElementBytes(field, version));
            expression = expression.Length == 0 ? $"{size}"
                : size == last ? expression : $"version >= {version} ? {size} : {expression}";
            last = size;
        }

        return expression;
    }

    private int MinElementBytes(FieldSchema field, int version) => field.Type switch
    {
        WireType.Bool or WireType.Int8 => 1,
        WireType.Int16 or WireType.UInt16 => 2,
        WireType.Int32 or WireType.UInt32 => 4,
        WireType.Int64 or WireType.Float64 => 8,
        WireType.Uuid => 16,
        WireType.String => _api.IsFlexible(version) ? 1 : 2,
        WireType.Bytes or WireType.Records => _api.IsFlexible(version) ? 1 : 4,
        _ => field.Struct!.Plain.Where(f => f.Versions.Contains(version)).Sum(f => MinFieldBytes(f, version)) + (_api.IsFlexible(version) ? 1 : 0),
    };

    private int MinFieldBytes(FieldSchema field, int version) =>
        field.IsArray ? (_api.IsFlexible(version) ? 1 : 4)
        : field.Type == WireType.Struct && field.Nullable.Contains(version) ? 1
        : MinElementBytes(field, version);
}
