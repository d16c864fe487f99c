namespace Benchmarks.Gates;

/// <summary>Whose allocations count.</summary>
public enum GateScope
{
    /// <summary>Those of the thread that runs the operation: exact.</summary>
    Thread,

    /// <summary>Those of the whole process, for paths that hand work to other threads.</summary>
    Process,
}

/// <summary>
/// A limit on what one operation of the hot path may allocate. Times vary from run to run on a shared machine, allocations do
/// not: this is what can fail a build.
/// </summary>
/// <param name="Name">The guarantee, as a sentence.</param>
/// <param name="MaxBytesPerOperation">The limit, in bytes; 0 where nothing may be allocated.</param>
/// <param name="Prepare">Builds what the operation works on and gives the operation.</param>
/// <param name="Operations">How often it runs while it is watched.</param>
/// <param name="Scope">Whose allocations count.</param>
/// <param name="WarmUpOperations">How often it runs before: until pools and tails have their size.</param>
public sealed record AllocationGate(
    string Name, double MaxBytesPerOperation, Func<Action> Prepare, int Operations = 10_000, GateScope Scope = GateScope.Thread,
    int WarmUpOperations = 200)
{
    /// <summary>Bytes allocated per operation, first uses not counted.</summary>
    public double Measure()
    {
        var operation = Prepare();
        for (var i = 0; i < WarmUpOperations; i++)
        {
            operation();
        }

        var before = Allocated();
        for (var i = 0; i < Operations; i++)
        {
            operation();
        }

        return (double)(Allocated() - before) / Operations;
    }

    private long Allocated() =>
        Scope == GateScope.Thread ? GC.GetAllocatedBytesForCurrentThread() : GC.GetTotalAllocatedBytes(precise: true);
}
