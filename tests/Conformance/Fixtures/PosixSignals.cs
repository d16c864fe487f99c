using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Conformance.Fixtures;

/// <summary>Signals to a process that this test started, by its own id.</summary>
internal static partial class PosixSignals
{
    private const int Sigterm = 15;

    public static void Terminate(int processId)
    {
        if (Kill(processId, Sigterm) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
