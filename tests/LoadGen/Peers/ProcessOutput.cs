using System.Diagnostics;
using System.Globalization;

namespace LoadGen.Peers;

/// <summary>Keeps a server's output in a file and its end in memory, and finds the ready line or a process id in it.</summary>
internal sealed class ProcessOutput
{
    private const int TailLines = 20;
    private readonly Lock _lock = new();
    private readonly Queue<string> _tail = new();
    private readonly string? _readyLine;
    private readonly string _logFile;
    private volatile bool _ready;
    private volatile int _printedPid;

    public ProcessOutput(Process process, string? readyLine, string logFile)
    {
        _readyLine = readyLine;
        _logFile = logFile;
        process.OutputDataReceived += (_, line) => Take(line.Data, isOutput: true);
        process.ErrorDataReceived += (_, line) => Take(line.Data, isOutput: false);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public bool IsReady => _ready;

    /// <summary>The number the command printed as a line of its own.</summary>
    public int? PrintedPid => _printedPid == 0 ? null : _printedPid;

    public string Tail
    {
        get
        {
            lock (_lock)
            {
                return string.Join('\n', _tail);
            }
        }
    }

    private void Take(string? line, bool isOutput)
    {
        if (line is null)
        {
            return;
        }

        if (isOutput && _readyLine is not null && line.StartsWith(_readyLine, StringComparison.Ordinal))
        {
            _ready = true;
        }

        if (isOutput && int.TryParse(line.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
        {
            _printedPid = pid;
        }

        lock (_lock)
        {
            _tail.Enqueue(line);
            if (_tail.Count > TailLines)
            {
                _tail.Dequeue();
            }

            File.AppendAllText(_logFile, line + "\n");
        }
    }
}
