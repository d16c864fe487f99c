using Xunit.Sdk;
using Xunit.v3;

// Each test drives processes that want both cores to themselves; time limits would mean nothing side by side.
[assembly: Parallelization(Mode = ParallelMode.None)]
