using System.Diagnostics;
using System.Globalization;

namespace LoadGen.Report;

/// <summary>One line on standard error that says what goes on: rewritten on a terminal, a new one now and then elsewhere.</summary>
internal sealed class ProgressLine
{
    private const double TerminalSeconds = 0.25;
    private const double LogSeconds = 5;
    private readonly bool _terminal = !Console.IsErrorRedirected;
    private long _shownAt;
    private long _lastRequests;
    private long _lastRecords;
    private int _width;

    public void Show(string what, double fraction, long requests, long records)
    {
        var since = _shownAt == 0 ? double.MaxValue : Stopwatch.GetElapsedTime(_shownAt).TotalSeconds;
        if (since < (_terminal ? TerminalSeconds : LogSeconds))
        {
            return;
        }

        var rates = _shownAt == 0 || requests < _lastRequests
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"  {(records - _lastRecords) / since:N0} records/s  {(requests - _lastRequests) / since:N0} requests/s");
        (_shownAt, _lastRequests, _lastRecords) = (Stopwatch.GetTimestamp(), requests, records);
        Write(string.Create(CultureInfo.InvariantCulture, $"{what}  {Math.Min(fraction, 1):P0}{rates}"));
    }

    /// <summary>A step that has no rate.</summary>
    public void Say(string what)
    {
        _shownAt = 0;
        Write(what);
    }

    public void Clear()
    {
        _shownAt = 0;
        if (_terminal && _width > 0)
        {
            Console.Error.Write("\r" + new string(' ', _width) + "\r");
            _width = 0;
        }
    }

    private void Write(string text)
    {
        if (!_terminal)
        {
            Console.Error.WriteLine(text);
            return;
        }

        Console.Error.Write("\r" + text.PadRight(_width));
        _width = text.Length;
    }
}
