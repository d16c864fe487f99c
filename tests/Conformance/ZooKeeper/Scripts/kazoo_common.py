"""What the kazoo checks share. A script is called as SCRIPT HOST:PORT SCENARIO; it prints "ok" at its end or ends with a traceback."""
import logging
import sys
import threading
import time
import uuid

from kazoo.client import KazooClient, KazooState
from kazoo.retry import KazooRetry

SERVER, SCENARIO = sys.argv[1:3]
ROOT = "/%s-%s" % (SCENARIO.replace("_", "-"), uuid.uuid4().hex[:8])
WAIT = 30

logging.basicConfig(level=logging.ERROR, stream=sys.stderr)


def retry():
    return KazooRetry(max_tries=200, delay=0.05, backoff=1.2, max_delay=0.5)


def client(timeout=15.0, **settings):
    zk = KazooClient(hosts=SERVER, timeout=timeout, connection_retry=retry(), command_retry=retry(), **settings)
    zk.states = []
    zk.add_listener(zk.states.append)
    zk.start(WAIT)
    zk.session = zk.client_id
    return zk


def close(*clients):
    for zk in clients:
        zk.stop()
        zk.close()


def restart_server():
    """The caller kills the server with -9, starts it again on the same port and data, and says so."""
    print("restart", flush=True)
    line = sys.stdin.readline().strip()
    assert line == "back", line


def until(condition, what):
    """For what a client offers no event for."""
    end = time.monotonic() + WAIT
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, "not within %d s: %s" % (WAIT, what)
        time.sleep(0.02)


def connected_again(*clients):
    for zk in clients:
        until(lambda: zk.connected and KazooState.SUSPENDED in zk.states, "connected again")
        assert zk.client_id == zk.session, "the session was lost: %s, %s" % (zk.session, zk.client_id)
        assert KazooState.LOST not in zk.states, zk.states


class Thread(threading.Thread):
    """A thread whose failure is the script's failure."""

    def __init__(self, work, *args):
        super().__init__(daemon=True)
        self.work, self.args, self.value, self.failure = work, args, None, None
        self.start()

    def run(self):
        try:
            self.value = self.work(*self.args)
        except BaseException as e:
            self.failure = e

    def result(self):
        self.join(WAIT)
        assert not self.is_alive(), "still running after %d s: %s" % (WAIT, self.work)
        if self.failure is not None:
            raise self.failure
        return self.value


def raises(kind, call, *args, **keywords):
    try:
        call(*args, **keywords)
    except kind:
        return
    raise AssertionError("%s was not raised" % kind.__name__)


def run(scenarios):
    scenarios[SCENARIO]()
    print("ok", flush=True)
