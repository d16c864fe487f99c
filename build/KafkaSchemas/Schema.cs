namespace KafkaSchemas;

/// <summary>What a field holds.</summary>
public enum WireType
{
    /// <summary>One byte.</summary>
    Bool,
    /// <summary>One byte, signed.</summary>
    Int8,
    /// <summary>Two bytes, signed.</summary>
    Int16,
    /// <summary>Two bytes, unsigned.</summary>
    UInt16,
    /// <summary>Four bytes, signed.</summary>
    Int32,
    /// <summary>Four bytes, unsigned.</summary>
    UInt32,
    /// <summary>Eight bytes, signed.</summary>
    Int64,
    /// <summary>Eight bytes, IEEE 754.</summary>
    Float64,
    /// <summary>Sixteen bytes.</summary>
    Uuid,
    /// <summary>UTF-8 with a length.</summary>
    String,
    /// <summary>Bytes with a length.</summary>
    Bytes,
    /// <summary>Record batches with a length, never looked into.</summary>
    Records,
    /// <summary>A struct of its own fields.</summary>
    Struct,
}

/// <summary>One API: a schema file.</summary>
/// <param name="Name">Its name, as in Kafka.</param>
/// <param name="Key">Its key.</param>
/// <param name="Versions">Versions that are read and written.</param>
/// <param name="ListedFrom">Lowest version that ApiVersions lists: below the first served one only for Produce.</param>
/// <param name="FirstFlexible">First version with compact encodings and tagged fields; above the last version if there is none.</param>
/// <param name="Request">The request.</param>
/// <param name="Response">The response.</param>
public sealed record ApiSchema(
    string Name, int Key, VersionRange Versions, int ListedFrom, int FirstFlexible, StructSchema Request, StructSchema Response)
{
    /// <summary>File name without its ending: K01.Fetch.</summary>
    public string FileName => $"K{Key:00}.{Name}";

    /// <summary>Whether a version is flexible.</summary>
    public bool IsFlexible(int version) => version >= FirstFlexible;
}

/// <summary>A message or a struct in it.</summary>
/// <param name="TypeName">Name of the generated class.</param>
/// <param name="Summary">What it is, or empty.</param>
/// <param name="Fields">Its fields in wire order.</param>
public sealed record StructSchema(string TypeName, string Summary, List<FieldSchema> Fields)
{
    /// <summary>Fields in wire order that are not tagged.</summary>
    public IEnumerable<FieldSchema> Plain => Fields.Where(f => f.Tag is null);

    /// <summary>Tagged fields by number.</summary>
    public IEnumerable<FieldSchema> Tagged => Fields.Where(f => f.Tag is not null).OrderBy(f => f.Tag);
}

/// <summary>One field.</summary>
/// <param name="Name">Its name as in Kafka, first letter small.</param>
/// <param name="Type">Its type, or its elements'.</param>
/// <param name="IsArray">Whether it is an array.</param>
/// <param name="Struct">The struct, when the type is one.</param>
/// <param name="Versions">Versions that have it.</param>
/// <param name="Nullable">Versions in which it may be null.</param>
/// <param name="Tag">Its tag, or null for a plain field.</param>
/// <param name="Default">Its default as a C# literal, or null for the type's own.</param>
/// <param name="Summary">What it means, or empty.</param>
public sealed record FieldSchema(
    string Name,
    WireType Type,
    bool IsArray,
    StructSchema? Struct,
    VersionRange Versions,
    VersionRange Nullable,
    int? Tag,
    string? Default,
    string Summary)
{
    /// <summary>Name of the generated property.</summary>
    public string Property => char.ToUpperInvariant(Name[0]) + Name[1..];

    /// <summary>Whether the property's type has a question mark.</summary>
    public bool IsNullableType => !Nullable.IsEmpty || (Tag is not null && Type == WireType.Struct && !IsArray);
}
