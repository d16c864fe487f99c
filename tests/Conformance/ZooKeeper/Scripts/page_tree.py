"""What the live page shows: makes znodes of every kind, says "ready SESSION", and keeps its session until it is told to stop."""
import json
import logging
import signal
import sys
import threading

from kazoo.client import KazooClient
from kazoo.security import make_digest_acl

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")  # why a connection was lost
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
zk = KazooClient(hosts=sys.argv[1], timeout=10.0)
zk.start(30)
zk.ensure_path("/payments/config/eu")
zk.set("/payments/config/eu", json.dumps({"currency": "EUR", "limit": 12345678901234567890}).encode())
zk.create("/payments/master", b"10.0.0.7", ephemeral=True)
zk.create("/payments/worker-", b"", ephemeral=True, sequence=True)
zk.create("/payments/secret", b"the password", acl=[make_digest_acl("bob", "builder", all=True)])
zk.add_auth("digest", "bob:builder")
zk.create("/payments/secret/below", b"deeper")
zk.exists("/payments/secret/below", watch=lambda event: None)
zk.exists("/payments/config/eu", watch=lambda event: None)
zk.create("/<img src=x onerror=window.struck=1>", b"<script>window.struck=1</script><img src=x onerror=window.struck=1>")
zk.create("/bytes", bytes(range(256)) * 20)
zk.create("/many")
for burst in range(0, 3000, 500):
    for made in [zk.create_async("/many/item-%05d" % i) for i in range(burst, burst + 500)]:
        made.get(30)
print("ready 0x%x" % zk.client_id[0], flush=True)
stop.wait(300)
zk.stop()
