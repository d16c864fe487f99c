using System.Text;
using Actors.Cluster;
using Actors.Cluster.Commands;
using Actors.Cluster.Watches;
using Actors.Model.Machines;
using Actors.Model.Znodes;

namespace Benchmarks.Gates;

/// <summary>The tree: what a command and a read cost beside the state itself.</summary>
internal static class TreeGates
{
    private const long Session = 1;
    private const int Znodes = 10_000;

    public static IEnumerable<AllocationGate> All =>
    [
        new("setting a znode's data allocates nothing in the machine", 0, () =>
        {
            var tree = new Tree();
            var set = tree.Command(CommandKind.SetZnodeData, w => w.WriteSetData(tree.Path, -1, new byte[100], dataIsNull: false));
            return () => tree.Apply(set);
        }),
        new("creating and deleting a znode allocates nothing in the machine", 0, () =>
        {
            var tree = new Tree();
            var create = tree.Command(
                CommandKind.CreateZnode, w => w.WriteCreate(0, -1, "/d/new"u8, new byte[100], dataIsNull: false, [ZnodeAcl.Open]));
            var delete = tree.Command(CommandKind.DeleteZnode, w => w.WriteVersioned("/d/new"u8, -1));
            return () =>
            {
                tree.Apply(create);
                tree.Apply(delete);
            };
        }),
        new("reading a znode and its children's count allocates nothing", 0, () =>
        {
            var tree = new Tree();
            return () =>
            {
                var error = tree.Machine.Tree.GetData(tree.Path, [], out var data, out _, out _);
                if (error != TreeErrorCode.Ok || data.Length != 100
                    || tree.Machine.Tree.GetChildren("/d"u8, [], out var children, out _) != TreeErrorCode.Ok || children.Count < Znodes)
                {
                    throw new InvalidOperationException("the znode was not read: the gate measures nothing");
                }
            };
        }),
        new("telling a thousand persistent watchers allocates nothing in the table", 0, () =>
        {
            var watches = new WatchTable();
            for (var watcher = 0; watcher < 1000; watcher++)
            {
                watches.Add(watcher, WatchMode.Persistent, "/d"u8);
            }

            return () => watches.Fire(WatchEventType.ChildrenChanged, "/d"u8);
        }),
    ];

    /// <summary>A tree of ten thousand znodes of 100 bytes under /d.</summary>
    private sealed class Tree
    {
        private readonly TreeCommandWriter _writer = new();
        private Effects<ClusterEvent> _events;

        public Tree()
        {
            Apply(Command(CommandKind.CreateSession, w => w.WriteSession(10_000)));
            Create("/d");
            for (var i = 0; i < Znodes; i++)
            {
                Create($"/d/node-{i:D8}");
            }
        }

        public ClusterMachine Machine { get; } = new();

        public byte[] Path { get; } = "/d/node-00000007"u8.ToArray();

        public byte[] Command(CommandKind kind, Action<TreeCommandWriter> write)
        {
            _writer.BeginBatch();
            _writer.Begin(kind, new TreeCaller(Session, -1, []));
            write(_writer);
            return _writer.Written.ToArray();
        }

        public void Apply(byte[] command)
        {
            _events.Clear();
            Machine.Apply(command, new CommandPlace(Machine.AppliedEnd, SampleBatches.TimestampMs, -1), ref _events);
            if (Machine.Tree.Outcome.Error != TreeErrorCode.Ok)
            {
                throw new InvalidOperationException($"the command was refused with {Machine.Tree.Outcome.Error}: the gate measures nothing");
            }
        }

        private void Create(string path) => Apply(Command(
            CommandKind.CreateZnode,
            w => w.WriteCreate(0, -1, Encoding.UTF8.GetBytes(path), new byte[100], dataIsNull: false, [ZnodeAcl.Open])));
    }
}
