using LoadGen.Scenarios;

namespace LoadGen.Comparison;

/// <summary>Time to ready and resident memory before any load, from a start on a directory that exists.</summary>
internal sealed class StartRow(string id, string title, params FigureLine[] lines) : ServerRow(id, title)
{
    public const string Ready = "ready after, s";
    public const string IdleResident = "idle resident MB";

    public override IReadOnlyList<FigureLine> Lines => lines;

    public override RowFigures Measure(RowContext context)
    {
        const string Sub = "start";
        try
        {
            context.Peer.Start(context.Work.Sub(Sub), context.Progress).Dispose();
            using var server = context.Peer.Start(context.Work.Sub(Sub), context.Progress);
            context.Progress.Say($"{context.Peer.Name}: idle for {context.Scale.IdleSeconds:N0} s");
            Thread.Sleep(TimeSpan.FromSeconds(context.Scale.IdleSeconds));
            return new RowFigures(
                new Dictionary<string, double>
                {
                    [Ready] = server.StartTime.TotalSeconds, [IdleResident] = server.Process.ResidentBytes / 1e6,
                },
                []);
        }
        finally
        {
            context.Work.Drop(Sub);
        }
    }
}

/// <summary>Many partitions that nobody writes to, on a server of their own.</summary>
internal sealed class IdlePartitionsRow(string id, string title, params FigureLine[] lines) : ServerRow(id, title)
{
    public const string Added = "added resident MB";
    public const string Files = "added open files";

    public override IReadOnlyList<FigureLine> Lines => lines;

    public override RowFigures Measure(RowContext context)
    {
        const string Sub = "idle";
        try
        {
            using var server = context.Peer.Start(context.Work.Sub(Sub), context.Progress);
            using var target = new Target(server.Address, server.Process, context.Progress);
            Thread.Sleep(TimeSpan.FromSeconds(context.Scale.IdleSeconds));
            var result = IdleScenario.Partitions(
                target, server.Process, context.Scale.IdlePartitions, context.Scale.IdleSeconds, TopicSettings.None);
            return new RowFigures(new Dictionary<string, double> { [Added] = result.AddedMegabytes, [Files] = result.AddedFiles }, []);
        }
        finally
        {
            context.Work.Drop(Sub);
        }
    }
}

/// <summary>kill -9 with gigabytes of logs, on a server of its own.</summary>
internal sealed class RestartRow(string id, string title, params FigureLine[] lines) : ServerRow(id, title)
{
    public const string Ready = "ready again after, s";
    public const string Served = "every partition answers after, s";

    public override IReadOnlyList<FigureLine> Lines => lines;

    public override RowFigures Measure(RowContext context)
    {
        const string Sub = "restart";
        try
        {
            var result = RestartScenario.Run(context.Peer, context.Work.Sub(Sub), context.Scale.RestartBytes, context.Progress);
            return new RowFigures(
                new Dictionary<string, double> { [Ready] = result.Ready.TotalSeconds, [Served] = result.Served.TotalSeconds }, []);
        }
        finally
        {
            context.Work.Drop(Sub);
        }
    }
}
