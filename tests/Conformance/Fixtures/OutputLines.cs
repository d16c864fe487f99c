namespace Conformance.Fixtures;

/// <summary>The last lines a process wrote, for the message of a failed test. Bounded: a chatty process fills no memory.</summary>
public sealed class OutputLines(int maxLines = 400)
{
    private readonly Queue<string> _lines = new();
    private readonly Lock _gate = new();

    public void Add(string line)
    {
        lock (_gate)
        {
            if (_lines.Count == maxLines)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line);
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            return string.Join('\n', _lines);
        }
    }
}
