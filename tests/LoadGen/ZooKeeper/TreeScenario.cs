using System.Net;
using LoadGen.Drivers;
using LoadGen.Platform;
using LoadGen.Report;

namespace LoadGen.ZooKeeper;

/// <summary>Gets, sets or creates of many pipelined sessions.</summary>
internal static class TreeScenario
{
    public static LoadResult Run(EndPoint address, IServerMeter? server, TreeShape shape, RunLength length, ProgressLine progress)
    {
        using var setup = new TreeSetup(address, shape.Operation == TreeOperation.Create ? 0 : shape.Znodes, shape.ValueBytes);
        var window = new RunWindow(long.MaxValue, long.MaxValue);
        var worker = new TreeWorker(window, address, shape, setup.Prefix);
        try
        {
            return LoadRun.Execute(shape.Name, [worker], window, length, server, progress);
        }
        finally
        {
            setup.NoteChildren(worker.Created);
        }
    }
}
