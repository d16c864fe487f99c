using System.Globalization;
using System.Runtime.InteropServices;
using Actors.Storage.Devices;
using Actors.Storage.Faults;

namespace Actors.Hosting.Silo;

/// <summary>
/// Fault points of the shipped binary, for tests of crashes: <c>ACTORS_FAULT=POINT[:COUNT][:kill|error]</c>. At the count-th pass of
/// the point (default the first) the process kills itself with SIGKILL (the default), or the call fails as a broken disk would.
/// </summary>
internal sealed partial class FaultSwitch : IFaultPoints
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "ACTORS_FAULT";

    private const int SigKill = 9;

    private readonly FaultPoint _point;
    private readonly int _count;
    private readonly bool _kills;
    private int _passes;

    private FaultSwitch(FaultPoint point, int count, bool kills) => (_point, _count, _kills) = (point, count, kills);

    /// <summary>What the environment asks for, or null.</summary>
    /// <exception cref="StartRefusedException">The variable cannot be understood.</exception>
    public static FaultSwitch? FromEnvironment()
    {
        var text = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var parts = text.Split(':');
        var count = 1;
        if (parts.Length > 3 || !Enum.TryParse<FaultPoint>(parts[0], out var point)
            || (parts.Length > 1 && (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out count) || count < 1))
            || (parts.Length > 2 && parts[2] is not ("kill" or "error")))
        {
            throw new StartRefusedException(
                $"{Variable}: '{text}' is not POINT[:COUNT][:kill|error] with a point out of {string.Join(", ", Enum.GetNames<FaultPoint>())}.");
        }

        return new FaultSwitch(point, count, parts.Length < 3 || parts[2] == "kill");
    }

    /// <inheritdoc/>
    public void Reach(FaultPoint point)
    {
        if (point != _point || Interlocked.Increment(ref _passes) != _count)
        {
            return;
        }

        if (_kills)
        {
            _ = Kill(Environment.ProcessId, SigKill);
        }

        throw new StorageException(point.ToString(), Variable, StorageException.InputOutput, "a failure was asked for");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
