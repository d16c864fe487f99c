using System.Text;

namespace KafkaSchemas;

/// <summary>C# source under construction: keeps the indent.</summary>
public sealed class SourceText
{
    private readonly StringBuilder _text = new();
    private int _indent;

    /// <summary>A line; an empty one gets no blanks.</summary>
    public SourceText Line(string line = "")
    {
        _text.Append(line.Length == 0 ? "" : new string(' ', _indent * 4)).Append(line).Append('\n');
        return this;
    }

    /// <summary>A line, then a brace; what is written until the result is disposed stands inside.</summary>
    public Block Braces(string head = "", string tail = "}")
    {
        if (head.Length > 0)
        {
            Line(head);
        }

        Line("{");
        _indent++;
        return new Block(this, tail);
    }

    /// <summary>An if around what follows, or nothing when <paramref name="condition"/> is always true (null).</summary>
    public Block? If(string? condition) => condition is null ? null : Braces($"if ({condition})");

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>Closes its brace.</summary>
    public sealed class Block(SourceText text, string tail) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose()
        {
            text._indent--;
            text.Line(tail);
        }
    }
}
