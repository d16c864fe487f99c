"""The client's own calls, over kazoo 2.8."""
import os
import signal
import subprocess

from kazoo.exceptions import (
    AuthFailedError, BadVersionError, InvalidACLError, NoAuthError, NoChildrenForEphemeralsError, NodeExistsError, NoNodeError, NotEmptyError,
    RolledBackError, RuntimeInconsistency)
from kazoo.protocol.states import EventType
from kazoo.security import make_acl, make_digest_acl, OPEN_ACL_UNSAFE

from kazoo_common import *


def create_modes():
    zk = client()
    assert zk.create(ROOT, b"top") == ROOT
    assert zk.create(ROOT + "/plain") == ROOT + "/plain"
    assert zk.create(ROOT + "/seq-", sequence=True) == ROOT + "/seq-0000000001"
    assert zk.create(ROOT + "/eph", b"e", ephemeral=True) == ROOT + "/eph"
    assert zk.create(ROOT + "/both-", ephemeral=True, sequence=True) == ROOT + "/both-0000000003"
    path, stat = zk.create(ROOT + "/stat", b"four", include_data=True)
    assert (path, stat.version, stat.dataLength, stat.ephemeralOwner) == (ROOT + "/stat", 0, 4, 0), stat
    assert zk.exists(ROOT + "/eph").ephemeralOwner == zk.client_id[0]
    assert zk.create(ROOT + "/a/b/c", b"deep", makepath=True) == ROOT + "/a/b/c"
    raises(NodeExistsError, zk.create, ROOT)
    raises(NoNodeError, zk.create, ROOT + "/none/child")
    raises(NoChildrenForEphemeralsError, zk.create, ROOT + "/eph/child")
    close(zk)


def get_set_delete():
    zk = client()
    zk.create(ROOT, b"one")
    data, stat = zk.get(ROOT)
    assert (data, stat.version, stat.czxid == stat.mzxid) == (b"one", 0, True), stat
    changed = zk.set(ROOT, b"second", version=0)
    assert (changed.version, changed.dataLength) == (1, 6) and changed.mzxid > stat.mzxid and changed.czxid == stat.czxid
    assert zk.get(ROOT) == (b"second", changed)
    raises(BadVersionError, zk.set, ROOT, b"x", version=0)
    raises(BadVersionError, zk.delete, ROOT, version=0)
    zk.create(ROOT + "/child")
    raises(NotEmptyError, zk.delete, ROOT)
    assert zk.exists(ROOT).numChildren == 1
    assert zk.exists(ROOT + "/none") is None
    zk.delete(ROOT + "/child", version=0)
    zk.delete(ROOT)
    raises(NoNodeError, zk.get, ROOT)
    raises(NoNodeError, zk.set, ROOT, b"x")
    raises(NoNodeError, zk.delete, ROOT)
    zk.create(ROOT, bytes(range(256)) * 3900)
    assert zk.get(ROOT)[0] == bytes(range(256)) * 3900
    close(zk)


def children():
    zk = client()
    zk.ensure_path(ROOT)
    names = ["n%03d" % i for i in range(300)] + ["ünï", "日本"]
    for name in names:
        zk.create(ROOT + "/" + name)
    assert sorted(zk.get_children(ROOT)) == sorted(names)
    found, stat = zk.get_children(ROOT, include_data=True)
    assert len(found) == stat.numChildren == 302 and stat.cversion == 302, stat
    raises(NoNodeError, zk.get_children, ROOT + "/none")
    assert "zookeeper" in zk.get_children("/")
    zk.delete(ROOT, recursive=True)
    assert zk.exists(ROOT) is None
    close(zk)


def acl():
    owner, stranger = client(), client()
    owner.add_auth("digest", "alice:secret")
    rules = [make_digest_acl("alice", "secret", all=True), make_acl("world", "anyone", read=True)]
    owner.create(ROOT, b"mine", acl=rules)
    assert stranger.get(ROOT)[0] == b"mine"
    raises(NoAuthError, stranger.set, ROOT, b"theirs")
    raises(NoAuthError, stranger.create, ROOT + "/child")
    raises(NoAuthError, stranger.set_acls, ROOT, OPEN_ACL_UNSAFE)
    found, stat = owner.get_acls(ROOT)
    assert found == rules and stat.aversion == 0, found
    assert stranger.get_acls(ROOT)[0][0].id.id == "alice:x"
    owner.create(ROOT + "/child", acl=[make_acl("auth", "", all=True)])
    raises(NoAuthError, stranger.get, ROOT + "/child")
    raises(NoAuthError, stranger.get_children, ROOT + "/child")
    stranger.add_auth("digest", "alice:secret")
    assert stranger.get(ROOT + "/child")[0] == b""
    assert owner.set_acls(ROOT, OPEN_ACL_UNSAFE, version=0).aversion == 1
    raises(BadVersionError, owner.set_acls, ROOT, OPEN_ACL_UNSAFE, version=0)
    nobody = client()
    raises(InvalidACLError, nobody.create, ROOT + "/x", acl=[make_acl("auth", "", all=True)])
    raises(InvalidACLError, nobody.create, ROOT + "/x", acl=[make_acl("nosuch", "thing", all=True)])
    nobody.set(ROOT, b"open to all")
    close(owner, stranger, nobody)


def transactions():
    zk = client()
    zk.create(ROOT)
    zk.create(ROOT + "/old", b"1")
    t = zk.transaction()
    t.create(ROOT + "/a", b"A")
    t.create(ROOT + "/a/b-", b"B", sequence=True)
    t.set_data(ROOT + "/old", b"2", version=0)
    t.check(ROOT + "/old", 1)
    t.delete(ROOT + "/old")
    made = t.commit()
    assert made[:2] == [ROOT + "/a", ROOT + "/a/b-0000000000"], made
    assert made[2].version == 1 and made[3:] == [True, True], made
    assert zk.exists(ROOT + "/a").czxid == zk.exists(ROOT + "/a/b-0000000000").czxid
    t = zk.transaction()
    t.create(ROOT + "/c")
    t.check(ROOT + "/a", 5)
    t.delete(ROOT + "/a")
    failed = t.commit()
    assert [type(r) for r in failed] == [RolledBackError, BadVersionError, RuntimeInconsistency], failed
    assert zk.exists(ROOT + "/c") is None and zk.exists(ROOT + "/a")
    close(zk)


def sync_sees_everything():
    writer, reader = client(), client()
    writer.create(ROOT, b"0")
    for i in range(1, 50):
        writer.set(ROOT, b"%d" % i)
        assert reader.sync(ROOT) == ROOT
        assert reader.get(ROOT)[0] == b"%d" % i
    close(writer, reader)


def ephemerals_go_with_close():
    zk, other = client(), client()
    other.create(ROOT)
    for i in range(10):
        zk.create("%s/e%d" % (ROOT, i), ephemeral=True)
    gone = other.handler.event_object()
    assert other.exists(ROOT + "/e9", watch=lambda e: gone.set() if e.type == EventType.DELETED else None)
    close(zk)
    assert gone.wait(WAIT)
    assert other.get_children(ROOT) == []
    stat = other.exists(ROOT)
    assert stat.numChildren == 0 and stat.cversion == 20, stat
    close(other)


def ephemerals_go_with_a_killed_client():
    other = client()
    other.create(ROOT)
    child = subprocess.Popen(
        [sys.executable, "-c", "import sys, kazoo.client as k; z = k.KazooClient(sys.argv[1], timeout=4); z.start(); "
         "z.create(sys.argv[2] + '/e', ephemeral=True); print('made', flush=True); sys.stdin.read()", SERVER, ROOT],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"made\n"
    gone = other.handler.event_object()
    assert other.exists(ROOT + "/e", watch=lambda e: gone.set() if e.type == EventType.DELETED else None)
    child.send_signal(signal.SIGKILL)
    began = time.monotonic()
    child.wait()
    assert gone.wait(WAIT)
    took = time.monotonic() - began
    assert took < 4 + 2 + 3, "gone after %.1f s: the timeout is 4 s, the tick 2 s" % took
    assert took > 2, "gone after %.1f s: a session may not die before its timeout" % took
    close(other)


def watches_in_order():
    zk, other = client(), client()
    events, seen = [], threading.Condition()

    def note(event):
        with seen:
            events.append((event.type, event.path))
            seen.notify()

    def next_events(count):
        with seen:
            assert seen.wait_for(lambda: len(events) >= count, WAIT), events
            taken = events[:count]
            del events[:count]
            return taken

    assert zk.exists(ROOT, watch=note) is None
    other.create(ROOT)
    assert next_events(1) == [(EventType.CREATED, ROOT)]
    zk.get(ROOT, watch=note)
    zk.get_children(ROOT, watch=note)
    other.create(ROOT + "/c")
    other.set(ROOT, b"1")
    assert next_events(2) == [(EventType.CHILD, ROOT), (EventType.CHANGED, ROOT)]
    zk.get(ROOT + "/c", watch=note)
    zk.get_children(ROOT, watch=note)
    zk.get(ROOT, watch=note)
    other.delete(ROOT + "/c")
    other.delete(ROOT)
    assert next_events(3) == [(EventType.DELETED, ROOT + "/c"), (EventType.CHILD, ROOT), (EventType.DELETED, ROOT)]
    # The event of one's own write comes before its answer.
    zk.create(ROOT)
    zk.get(ROOT, watch=note)
    zk.set(ROOT, b"mine")
    assert next_events(1) == [(EventType.CHANGED, ROOT)]
    for i in range(200):
        zk.create("%s/%d" % (ROOT, i))
        zk.get("%s/%d" % (ROOT, i), watch=note)
    for i in range(200):
        other.set("%s/%d" % (ROOT, i), b"x")
    assert next_events(200) == [(EventType.CHANGED, "%s/%d" % (ROOT, i)) for i in range(200)]
    close(zk, other)


def reconnect_keeps_session_and_watches():
    zk, other = client(), client()
    zk.create(ROOT, b"1")
    zk.create(ROOT + "/eph", ephemeral=True)
    events, seen = [], threading.Condition()

    def note(event):
        with seen:
            events.append((event.type, event.path))
            seen.notify()

    def watch_all():
        zk.get(ROOT, watch=note)
        zk.exists(ROOT + "/later", watch=note)
        zk.get_children(ROOT, watch=note)

    watch_all()
    zk._connection._socket.shutdown(2)  # the network's fault, not the client's
    connected_again(zk)
    with seen:  # kazoo tells its watchers of the loss and leaves it to them to watch again
        assert seen.wait_for(lambda: len(events) >= 3, WAIT), events
        assert events == [(EventType.NONE, None)] * 3, events
        events.clear()
    watch_all()
    assert zk.exists(ROOT + "/eph")
    other.set(ROOT, b"2")
    other.create(ROOT + "/later")
    with seen:
        assert seen.wait_for(lambda: len(events) >= 3, WAIT), events
    expected = {(EventType.CHANGED, ROOT), (EventType.CREATED, ROOT + "/later"), (EventType.CHILD, ROOT)}
    assert events[0] == (EventType.CHANGED, ROOT) and set(events) == expected, events
    close(zk, other)


def server_words():
    zk = client()
    version = zk.server_version()
    assert version >= (3, 8), version
    assert zk.command(b"ruok") == "imok"
    assert "Mode: standalone" in zk.command(b"srvr")
    assert dict(l.split("\t") for l in zk.command(b"mntr").splitlines())["zk_server_state"] == "standalone"
    close(zk)


def server_killed_and_back():
    zk, other = client(), client()
    zk.create(ROOT, b"")
    zk.create(ROOT + "/eph", b"mine", ephemeral=True)
    changed = threading.Event()
    other.create(ROOT + "/watched", b"before")
    zk.DataWatch(ROOT + "/watched", lambda data, stat: changed.set() if data == b"after" else None)
    acknowledged, stop = {}, threading.Event()

    def write():
        number = 0
        while not stop.is_set():
            path = "%s/n%06d" % (ROOT, number)
            try:
                other.retry(other.create, path, b"%d" % number)
            except NodeExistsError:
                pass  # the connection was lost between the write and its answer
            acknowledged[path] = number
            number += 1

    writer = Thread(write)
    until(lambda: len(acknowledged) > 200, "some writes")
    restart_server()
    connected_again(zk)
    before = len(acknowledged)
    until(lambda: len(acknowledged) > before + 200, "writes after the restart")
    stop.set()
    writer.result()
    assert zk.get(ROOT + "/eph")[1].ephemeralOwner == zk.session[0]
    assert zk.get(ROOT + "/eph")[0] == b"mine"
    for path, number in acknowledged.items():
        data, stat = zk.get(path)
        assert (data, stat.version) == (b"%d" % number, 0), (path, data, stat)
    assert len(zk.get_children(ROOT)) == len(acknowledged) + 2
    assert not changed.is_set()
    other.set(ROOT + "/watched", b"after")
    assert changed.wait(WAIT)
    close(zk)
    assert other.exists(ROOT + "/eph") is None
    close(other)


def session_lost_while_away():
    zk, other = client(timeout=4.0), client(timeout=30.0)
    session = zk.client_id
    other.create(ROOT)
    zk.create(ROOT + "/eph", ephemeral=True)
    gone = threading.Event()
    other.exists(ROOT + "/eph", watch=lambda e: gone.set())
    moved = KazooClient(hosts=SERVER, timeout=4.0, client_id=session)
    moved.start(WAIT)
    assert moved.client_id == session
    moved.stop()  # ends the session that zk believes in
    assert gone.wait(WAIT)
    until(lambda: KazooState.LOST in zk.states, "the loss told")
    until(lambda: zk.connected and zk.client_id != session, "a new session")
    zk.create(ROOT + "/eph", ephemeral=True)
    moved.close()
    close(zk, other)


run(globals())
