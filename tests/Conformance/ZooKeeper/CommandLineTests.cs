using System.Text;
using Conformance.Fixtures;

namespace Conformance.ZooKeeper;

/// <summary>ZooKeeper's own command lines, as Debian packages them: the Java client's zkCli.sh and the C client's cli_mt.</summary>
[Collection(SharedZooKeeper.Name)]
public sealed class CommandLineTests(ZooKeeperNode node)
{
    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task ZkCli_gets_what_a_person_would_expect()
    {
        var result = await RunAsync(
            "/usr/share/zookeeper/bin/zkCli.sh",
            ["-server", node.Address],
            """
            create /cli data
            create -e /cli/e eph
            create -s /cli/s- seq
            create -c /cli/cont
            create -t 60000 /cli/ttl x
            create /cli/nodata
            ls /cli
            ls -R /cli
            get -s /cli
            set -v 0 /cli new
            set -v 0 /cli again
            set -s /cli newer
            get -w /cli
            ls -w /cli
            stat -w /cli/nothere
            set /cli watched
            create /cli/child1
            create /cli/nothere
            addWatch -m PERSISTENT_RECURSIVE /cli
            create /cli/child1/deep
            addauth digest u:p
            create /cli/sec d auth::cdrwa
            getAcl /cli/sec
            setAcl /cli/sec world:anyone:r
            getAcl /cli/sec
            whoami
            sync /cli
            setquota -n 50 /cli
            setquota -b 1000 /cli
            listquota /cli
            delquota /cli
            getAllChildrenNumber /cli
            getEphemerals
            delete /cli/nodata
            delete -v 5 /cli/child1/deep
            deleteall /cli
            ls /cli
            reconfig -remove 3
            quit

            """);
        AssertInOrder(
            result.Output,
            "[cont, e, nodata, s-0000000001, ttl]",
            "/cli\n/cli/cont\n/cli/e\n/cli/nodata\n/cli/s-0000000001\n/cli/ttl\n",
            "data\ncZxid = 0x",
            "dataVersion = 0\naclVersion = 0\nephemeralOwner = 0x0\ndataLength = 4\nnumChildren = 5",
            "dataVersion = 2",
            "newer",
            "type:NodeDataChanged path:/cli",
            "type:NodeChildrenChanged path:/cli",
            "type:NodeCreated path:/cli/nothere",
            "type:NodeCreated path:/cli/child1/deep",
            "'digest,'u:Jq7wMyA/w2Vd5WIDAKdu4OIIFEQ=\n: cdrwa",
            "'world,'anyone\n: r",
            "digest: u",
            "Sync is OK",
            "Output quota for /cli count=50,bytes=1000",
            "Output stat for /cli count=10,bytes=",
            "[/cli/e]");
        AssertInOrder(
            result.Error,
            "Created /cli/e",
            "Created /cli/s-0000000001",
            "Created /cli/cont",
            "Created /cli/ttl",
            "version No is not valid : /cli",
            "Node does not exist: /cli/nothere",
            "version No is not valid : /cli/child1/deep",
            "Node does not exist: /cli",
            "Reconfig is disabled");
    }

    [Fact(Explicit = true, Timeout = 60_000)]
    public async Task C_client_gets_what_a_person_would_expect()
    {
        var result = await RunAsync(
            "/usr/lib/zookeeper/bin/cli_mt",
            [node.Address],
            """
            create /cmt
            set /cmt hello
            create +e /cmt/e
            create +s /cmt/s-
            get /cmt
            ls /cmt
            ls2 /cmt
            exists /cmt
            delete /cmt/e
            delete /cmt
            sync /cmt
            get /cmt/nothere
            quit

            """);
        AssertInOrder(
            result.Output + result.Error,
            "[/cmt]: rc = 0\n\tname = /cmt",
            "name = /cmt/e",
            "name = /cmt/s-0000000001",
            "value_len = 5\nhello",
            "/cmt: rc = 0\n\ts-0000000001\n\te");
    }

    private static Task<ClientResult> RunAsync(string file, string[] arguments, string input) =>
        ClientProcess.RunAsync(
            file,
            arguments,
            new MemoryStream(Encoding.UTF8.GetBytes(input)),
            output: null,
            ClientProcess.DefaultDeadline,
            TestContext.Current.CancellationToken);

    private static void AssertInOrder(string text, params string[] parts)
    {
        var at = 0;
        foreach (var part in parts)
        {
            var found = text.IndexOf(part, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"\"{part}\" is not there, or not after the one before it, in:\n{text}");
            at = found + part.Length;
        }
    }
}
