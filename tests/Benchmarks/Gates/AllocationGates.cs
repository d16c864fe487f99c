using System.Globalization;

namespace Benchmarks.Gates;

/// <summary>All gates. A new one is a line in its area's list.</summary>
public static class AllocationGates
{
    private static IEnumerable<AllocationGate> All(GateNode node) => [.. ModelGates.All, .. ReplicationGates.All, .. TreeGates.All, .. NodeGates.All(node)];

    /// <summary>Runs the gates whose name holds <paramref name="filter"/>; 1 when one was passed, 2 when there was none.</summary>
    public static int Run(string filter)
    {
        using var node = new GateNode();
        return Run(filter, node);
    }

    private static int Run(string filter, GateNode node)
    {
        var gates = All(node).Where(g => g.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)).ToArray();
        var passed = 0;
        foreach (var gate in gates)
        {
            var bytes = gate.Measure();
            var holds = bytes <= gate.MaxBytesPerOperation;
            passed += holds ? 1 : 0;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(holds ? "ok    " : "FAILED")} {bytes,10:N1} of at most {gate.MaxBytesPerOperation,6:N0} bytes  {gate.Name}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{passed} passed, {gates.Length - passed} failed"));
        return gates.Length == 0 ? 2 : passed == gates.Length ? 0 : 1;
    }
}
