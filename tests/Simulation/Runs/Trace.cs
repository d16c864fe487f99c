namespace Simulation.Runs;

/// <summary>What a run did: its last steps as text, all of them as one number, by which two runs are compared.</summary>
internal sealed class Trace
{
    private static readonly int s_keptSteps = Seeds.Read("SIMULATION_STEPS") ?? 40;
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    private static readonly bool s_showsCalls = Seeds.Read("SIMULATION_CALLS") is not null;

    private readonly Queue<string> _last = new();

    /// <summary>FNV-1a over every step and every call of the device.</summary>
    public ulong Hash { get; private set; } = FnvOffset;

    /// <summary>Number of steps.</summary>
    public int Steps { get; private set; }

    public void Step(string text)
    {
        Steps++;
        Mix(text);
        _last.Enqueue(text);
        while (_last.Count > s_keptSteps)
        {
            _last.Dequeue();
        }
    }

    /// <summary>Something too small to be shown.</summary>
    public void Mix(string text)
    {
        foreach (var c in text)
        {
            Hash = (Hash ^ c) * FnvPrime;
        }
    }

    /// <summary>A call of the device: shown only where <c>SIMULATION_CALLS</c> asks for it.</summary>
    public void Call(string operation, string path)
    {
        if (s_showsCalls)
        {
            _last.Enqueue($"        {operation} {path}");
        }
    }

    public override string ToString()
    {
        var first = Steps - _last.Count + 1;
        return string.Join('\n', _last.Select((text, i) => $"{first + i,6}  {text}"));
    }
}
