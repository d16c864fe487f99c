using System.Globalization;

namespace KafkaSchemas;

/// <summary>
/// Reads the schema language. A file is one API:
/// <code>
/// api Heartbeat key 12 versions 0-4 flexible 4
/// request
///   groupId       string                 # the text behind the sign becomes the property's documentation
///   instanceId    string? since 3        # may be null
///   topics        []Topic? nullable-since 1
///     name        string
/// response
///   throttleMs    int32 since 1 default -1
///   hint          Hint tag 0 since 4     # a tagged field
/// </code>
/// Two blanks of indent per level; the lines below a field whose type begins with a capital are that struct's fields, and a struct
/// may be named again without them. Words behind the type: <c>since N</c>, <c>until N</c> (included), <c>nullable-since N</c>,
/// <c>tag N</c>, <c>default VALUE</c>. Behind an api: <c>listed N</c>, the lowest version that is listed though not served.
/// </summary>
public sealed class SchemaParser
{
    private readonly string _file;
    private readonly List<Line> _lines = [];
    private readonly Dictionary<string, StructSchema> _structs = [];
    private string _prefix = "";
    private int _next;
    private VersionRange _served;
    private int _firstFlexible;

    private SchemaParser(string file, string text)
    {
        _file = file;
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var sign = raw.IndexOf('#', StringComparison.Ordinal);
            var code = (sign < 0 ? raw : raw[..sign]).TrimEnd();
            if (code.Length > 0)
            {
                var indent = code.Length - code.TrimStart().Length;
                var words = code.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                _lines.Add(new Line(number, indent, words, sign < 0 ? "" : raw[(sign + 1)..].Trim()));
            }
        }
    }

    /// <summary>Parses a file's text.</summary>
    /// <exception cref="FormatException">The text is not of the language; the message names file and line.</exception>
    public static ApiSchema Parse(string file, string text) => new SchemaParser(file, text).ParseApi();

    /// <summary>Parses all schema files of a folder, in order of key.</summary>
    public static List<ApiSchema> ParseFolder(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.txt").Select(f => Parse(Path.GetFileName(f), File.ReadAllText(f))).OrderBy(a => a.Key)];

    private ApiSchema ParseApi()
    {
        var head = Take();
        if (head.Words is not ["api", var name, ..])
        {
            throw Fault(head, "a file begins with: api NAME key N versions A-B");
        }

        var key = int.Parse(Option(head, "key") ?? throw Fault(head, "no key"), CultureInfo.InvariantCulture);
        var bounds = (Option(head, "versions") ?? throw Fault(head, "no versions")).Split('-');
        _served = new VersionRange(int.Parse(bounds[0], CultureInfo.InvariantCulture), int.Parse(bounds[^1], CultureInfo.InvariantCulture));
        _firstFlexible = Number(head, "flexible") ?? _served.Last + 1;
        var request = ParseMessage("request", name + "Request");
        var response = ParseMessage("response", name + "Response");
        var api = new ApiSchema(name, key, _served, Number(head, "listed") ?? _served.First, _firstFlexible, request, response);
        if (_next < _lines.Count)
        {
            throw Fault(_lines[_next], "not expected behind the response");
        }

        if (_file != api.FileName + ".txt")
        {
            throw Fault(head, $"the file should be called {api.FileName}.txt");
        }

        return api;
    }

    private StructSchema ParseMessage(string keyword, string typeName)
    {
        var line = Take();
        if (line.Indent != 0 || line.Words[0] != keyword)
        {
            throw Fault(line, $"expected: {keyword}");
        }

        _prefix = typeName;
        _structs.Clear();
        return ParseStruct(typeName, line.Comment, 2, _served);
    }

    private StructSchema ParseStruct(string typeName, string summary, int indent, VersionRange outer)
    {
        var fields = new List<FieldSchema>();
        while (_next < _lines.Count && _lines[_next].Indent == indent)
        {
            fields.Add(ParseField(outer));
        }

        if (_next < _lines.Count && _lines[_next].Indent > indent)
        {
            throw Fault(_lines[_next], "indented too far");
        }

        return new StructSchema(typeName, summary, fields);
    }

    private FieldSchema ParseField(VersionRange outer)
    {
        var line = Take();
        if (line.Words.Length < 2 || !char.IsLower(line.Words[0][0]))
        {
            throw Fault(line, "a field is: name type words…");
        }

        var type = line.Words[1];
        var isNullable = type.EndsWith('?');
        type = type.TrimEnd('?');
        var isArray = type.StartsWith("[]", StringComparison.Ordinal);
        type = isArray ? type[2..] : type;
        var versions = outer.And(new VersionRange(Number(line, "since") ?? 0, Number(line, "until") ?? int.MaxValue));
        var tag = Number(line, "tag");
        if (versions.IsEmpty)
        {
            throw Fault(line, "no served version has this field");
        }

        if (tag is not null && versions.First < _firstFlexible)
        {
            throw Fault(line, "a tagged field needs a flexible version");
        }

        var nullable = isNullable ? versions.And(new VersionRange(Number(line, "nullable-since") ?? 0, int.MaxValue)) : VersionRange.None;
        var (wireType, schema) = char.IsUpper(type[0])
            ? (WireType.Struct, ParseStructOf(line, type, versions))
            : (Primitive(line, type), null);
        var initial = Option(line, "default");
        return new FieldSchema(line.Words[0], wireType, isArray, schema, versions, nullable, tag, initial, line.Comment);
    }

    private StructSchema ParseStructOf(Line line, string type, VersionRange versions)
    {
        var hasFields = _next < _lines.Count && _lines[_next].Indent > line.Indent;
        if (_structs.TryGetValue(type, out var known))
        {
            return hasFields ? throw Fault(line, $"{type} has its fields already") : known;
        }

        if (!hasFields)
        {
            throw Fault(line, $"{type} has no fields");
        }

        // Entered into the table only behind its fields: a struct can never hold itself, so decoding never recurses.
        var parsed = ParseStruct(_prefix + type, "", line.Indent + 2, versions);
        _structs.Add(type, parsed);
        return parsed;
    }

    private WireType Primitive(Line line, string type) =>
        type.All(char.IsAsciiLetterOrDigit) && Enum.TryParse<WireType>(type, ignoreCase: true, out var known) && known != WireType.Struct
            ? known
            : throw Fault(line, $"no such type: {type}");

    private int? Number(Line line, string word) => Option(line, word) is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : null;

    private string? Option(Line line, string word)
    {
        var at = Array.IndexOf(line.Words, word, 2);
        if (at >= 0 && at + 1 == line.Words.Length)
        {
            throw Fault(line, $"nothing behind {word}");
        }

        return at < 0 ? null : line.Words[at + 1];
    }

    private Line Take() => _next < _lines.Count ? _lines[_next++] : throw new FormatException($"{_file}: ends too early");

    private FormatException Fault(Line line, string message) => new($"{_file}:{line.Number}: {message}");

    private sealed record Line(int Number, int Indent, string[] Words, string Comment);
}
