"""
Records what real clients send, for the mutation tests of the listener: record.py SERVER CORPUS. Stands before a server, runs kazoo, zkCli.sh
and cli_mt through itself, and writes each kind of request a few times, one frame without its length per line, in hexadecimal.
"""
import collections
import socket
import subprocess
import sys
import threading

SERVER, CORPUS = sys.argv[1], sys.argv[2]
SAME_KIND = 4  # more of one type and length teach nothing new
MAX_FRAME_BYTES = 4096

frames, gate = [], threading.Lock()


def pump(source, target, record):
    buffer = b""
    try:
        while part := source.recv(1 << 16):
            if record:
                buffer += part
                while len(buffer) >= 4 and len(buffer) >= 4 + int.from_bytes(buffer[:4], "big"):
                    end = 4 + int.from_bytes(buffer[:4], "big")
                    with gate:
                        frames.append(buffer[4:end])
                    buffer = buffer[end:]
            target.sendall(part)
    except OSError:
        pass
    finally:
        for side in source, target:
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def serve(listener):
    host, port = SERVER.rsplit(":", 1)
    while True:
        client, _ = listener.accept()
        server = socket.create_connection((host, int(port)))
        threading.Thread(target=pump, args=(client, server, True), daemon=True).start()
        threading.Thread(target=pump, args=(server, client, False), daemon=True).start()


def kazoo(address):
    from kazoo.client import KazooClient
    from kazoo.security import make_digest_acl
    client = KazooClient(address)
    client.start()
    client.add_auth("digest", "ann:secret")
    client.ensure_path("/corpus/a/b")
    client.create("/corpus/d", b"data", acl=[make_digest_acl("ann", "secret", all=True)], ephemeral=True)
    client.create("/corpus/s-", b"", sequence=True)
    client.create("/corpus/s-", b"", sequence=True, ephemeral=True, include_data=True)
    client.set("/corpus/d", b"more")
    client.get("/corpus/d", watch=print)
    client.exists("/corpus/none", watch=print)
    client.get_children("/corpus", watch=print, include_data=True)
    client.get_children("/corpus", watch=print)
    client.get_acls("/corpus/d")
    client.set_acls("/corpus/d", [make_digest_acl("ann", "secret", read=True, admin=True)])
    client.sync("/corpus")
    transaction = client.transaction()
    transaction.create("/corpus/t", b"1")
    transaction.check("/corpus/t", 0)
    transaction.set_data("/corpus/t", b"2")
    transaction.delete("/corpus/t")
    transaction.commit()
    client.Lock("/corpus/lock", "me").acquire()
    client.stop()
    client.start()
    client.delete("/corpus", recursive=True)
    client.stop()


def tool(file, *arguments, lines):
    subprocess.run([file, *arguments], input="\n".join(lines) + "\n", text=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


listener = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=serve, args=(listener,), daemon=True).start()
address = "127.0.0.1:%d" % listener.getsockname()[1]
kazoo(address)
tool("/usr/share/zookeeper/bin/zkCli.sh", "-server", address, lines=[
    "create /cli data", "create -e /cli/e x", "create -s /cli/s- x", "create -c /cli/c", "create -t 60000 /cli/ttl x", "ls -w /cli", "ls -R /cli",
    "get -s -w /cli", "stat -w /cli/none", "set -v 0 /cli new", "addauth digest ann:secret", "getAcl /cli", "setAcl /cli auth::cdrwa", "whoami",
    "addWatch -m PERSISTENT_RECURSIVE /cli", "addWatch -m PERSISTENT /cli", "removewatches /cli", "sync /cli", "setquota -n 5 /cli", "listquota /cli",
    "delquota /cli", "getAllChildrenNumber /cli", "getEphemerals /cli", "delete -v 7 /cli/e", "deleteall /cli", "reconfig -remove 3", "quit"])
tool("/usr/lib/zookeeper/bin/cli_mt", address, lines=[
    "create /cmt", "create +e /cmt/e", "create +s /cmt/s-", "set /cmt hello", "get /cmt", "ls /cmt", "ls2 /cmt", "exists /cmt", "wexists /cmt", "wget /cmt",
    "wls /cmt", "sync /cmt", "delete /cmt/e", "delete /cmt", "addauth digest ann:secret", "quit"])

with gate:
    kept, counts = [], collections.Counter()
    for frame in frames:
        kind = frame[4:8], len(frame)
        counts[kind] += 1
        if counts[kind] <= SAME_KIND and len(frame) <= MAX_FRAME_BYTES:
            kept.append(frame.hex())
with open(CORPUS, "w") as corpus:
    corpus.write("\n".join(dict.fromkeys(kept)) + "\n")
print("%d frames of %d" % (len(kept), len(frames)))
