using BenchmarkDotNet.Running;
using Benchmarks.Gates;

// `gate`: allocations of the hot path against their limits, in seconds; an exit code of 1 says that one was passed.
// Anything else goes to BenchmarkDotNet (`--list flat`, `--filter *Checksum*`): times, for comparison on one machine only.
if (args is ["gate", ..])
{
    return AllocationGates.Run(args.Length > 1 ? args[1] : "");
}

BenchmarkSwitcher.FromAssembly(typeof(AllocationGates).Assembly).Run(args);
return 0;
