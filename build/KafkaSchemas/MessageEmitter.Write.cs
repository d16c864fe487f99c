namespace KafkaSchemas;

/// <summary>The writing half.</summary>
public sealed partial class MessageEmitter
{
    private void Write(StructSchema schema, VersionRange versions, string access)
    {
        if (access == "public")
        {
            _out.Line("/// <inheritdoc/>");
        }

        using (_out.Braces($"{access} void Write(KafkaWriter writer, short version)"))
        {
            var compact = Compact(schema, versions);
            foreach (var field in schema.Plain)
            {
                using (_out.If(When(field.Versions, versions)))
                {
                    WriteField(field, field.Versions.And(versions), compact);
                }
            }

            var flexible = Flexible(versions);
            if (flexible != "false")
            {
                using (_out.If(flexible == "true" ? null : flexible))
                {
                    WriteTags(schema, versions.And(new VersionRange(_api.FirstFlexible, int.MaxValue)));
                }
            }
        }
    }

    private void WriteTags(StructSchema schema, VersionRange versions)
    {
        var tagged = schema.Tagged.Select(f => (Field: f, Condition: TagCondition(f, versions))).ToList();
        if (tagged.Count == 0)
        {
            _out.Line("writer.WriteNoTags();");
            return;
        }

        _out.Line($"writer.WriteUnsignedVarint({string.Join(" + ", tagged.Select(t => $"({t.Condition} ? 1u : 0u)"))});");
        foreach (var (field, condition) in tagged)
        {
            using (_out.Braces($"if ({condition})"))
            {
                _out.Line($"var tag = writer.BeginTag({field.Tag});");
                WriteField(field, field.Versions, "true");
                _out.Line("writer.EndTag(tag);");
            }
        }
    }

    private static string TagCondition(FieldSchema field, VersionRange versions) =>
        When(field.Versions, versions) is { } when ? $"{when} && {NotDefault(field)}" : NotDefault(field);

    private void WriteField(FieldSchema field, VersionRange versions, string compact)
    {
        if (!field.IsArray)
        {
            WriteScalar(field, versions, compact);
            return;
        }

        if (field.Nullable.IsEmpty)
        {
            WriteItems(field, compact);
            return;
        }

        var nullable = When(field.Nullable, versions);
        using (_out.Braces($"if ({field.Property} is null{(nullable is null ? "" : $" && {nullable}")})"))
        {
            _out.Line($"writer.WriteArrayCount(-1, {compact});");
        }

        using (_out.Braces("else"))
        {
            if (nullable is not null)
            {
                _out.Line($"KafkaWriter.EnsureNotNull({field.Property});");
            }

            WriteItems(field, compact);
        }
    }

    private void WriteItems(FieldSchema field, string compact)
    {
        _out.Line($"writer.WriteArrayCount({field.Property}.Length, {compact});");
        using (_out.Braces($"foreach (var item in {field.Property})"))
        {
            _out.Line(WriteElement(field, "item", compact));
        }
    }

    private void WriteScalar(FieldSchema field, VersionRange versions, string compact)
    {
        var name = field.Property;
        var isTaggedStruct = field.IsNullableType && field.Nullable.IsEmpty;
        if (field.Nullable.IsEmpty || field.Type == WireType.Records)
        {
            _out.Line(WriteElement(field, isTaggedStruct ? $"{name}!" : name, compact));
            return;
        }

        var nullable = When(field.Nullable, versions);
        if (field.Type == WireType.Struct)
        {
            _out.Line($"writer.WritePresence({name} is not null);").Line($"{name}?.Write(writer, version);");
            return;
        }

        if (nullable is null)
        {
            _out.Line($"writer.WriteNullable{field.Type}({name}, {compact});");
            return;
        }

        using (_out.Braces($"if ({nullable})"))
        {
            _out.Line($"writer.WriteNullable{field.Type}({name}, {compact});");
        }

        using (_out.Braces("else"))
        {
            _out.Line($"writer.Write{field.Type}({name}!, {compact});");
        }
    }

    private static string WriteElement(FieldSchema field, string value, string compact) => field.Type switch
    {
        WireType.String or WireType.Bytes or WireType.Records => $"writer.Write{field.Type}({value}, {compact});",
        WireType.Struct => $"{value}.Write(writer, version);",
        _ => $"writer.Write{field.Type}({value});",
    };
}
