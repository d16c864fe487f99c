"""kazoo's recipes, each with the server killed and back in the middle (the caller does that when asked to by "restart")."""
from kazoo.recipe.cache import TreeCache, TreeEvent

from kazoo_common import *


def lock():
    a, b = client(), client()
    first, second = a.Lock(ROOT, "first"), b.Lock(ROOT, "second")
    assert first.acquire()
    waiting = Thread(second.acquire)
    until(lambda: second.contenders() == ["first", "second"], "both in line")
    assert not b.Lock(ROOT, "third").acquire(blocking=False)
    restart_server()
    connected_again(a)
    assert waiting.is_alive() and first.is_acquired
    first.release()
    assert waiting.result()
    assert a.Lock(ROOT).contenders() == ["second"]
    close(b)  # the holder's session ends: the lock is free
    assert first.acquire(timeout=WAIT)
    close(a)


def lock_counts():
    """Three contenders count under a lock while the server is killed: no count is lost."""
    clients = [client() for _ in range(3)]
    clients[0].create(ROOT + "-count", b"0")

    def count(zk):
        for _ in range(20):
            with zk.Lock(ROOT, "c"):
                value = int(zk.retry(zk.get, ROOT + "-count")[0])
                zk.retry(zk.set, ROOT + "-count", b"%d" % (value + 1))

    threads = [Thread(count, zk) for zk in clients]
    until(lambda: int(clients[0].retry(clients[0].get, ROOT + "-count")[0]) > 10, "some counts")
    restart_server()
    for thread in threads:
        thread.result()
    assert clients[0].get(ROOT + "-count")[0] == b"60"
    close(*clients)


def rwlock():
    zks = [client() for _ in range(3)]
    readers = [zks[0].ReadLock(ROOT, "r0"), zks[1].ReadLock(ROOT, "r1")]
    assert all(r.acquire(timeout=WAIT) for r in readers)
    writer = zks[2].WriteLock(ROOT, "w")
    assert not writer.acquire(blocking=False)
    waiting = Thread(writer.acquire)
    until(lambda: len(zks[0].get_children(ROOT)) == 3, "the writer in line")
    restart_server()
    connected_again(zks[2])
    readers[0].release()
    assert waiting.is_alive()
    readers[1].release()
    assert waiting.result()
    late = Thread(readers[0].acquire)
    until(lambda: len(zks[0].get_children(ROOT)) == 2, "the reader in line")
    assert late.is_alive()
    writer.release()
    assert late.result()
    close(*zks)


def semaphore():
    zks = [client() for _ in range(3)]
    leases = [zk.Semaphore(ROOT, "s%d" % i, max_leases=2) for i, zk in enumerate(zks)]
    assert leases[0].acquire() and leases[1].acquire()
    assert not leases[2].acquire(blocking=False)
    waiting = Thread(leases[2].acquire)
    restart_server()
    connected_again(zks[2])
    assert sorted(leases[0].lease_holders()) == ["s0", "s1"]
    assert waiting.is_alive()
    leases[0].release()
    assert waiting.result()
    assert sorted(leases[1].lease_holders()) == ["s1", "s2"]
    close(*zks)


def election():
    zks = [client(timeout=6.0), client(), client()]
    led, leaving = [], [threading.Event() for _ in zks]

    def lead(i):
        led.append(i)
        leaving[i].wait(WAIT)

    elections = [zk.Election(ROOT, "candidate%d" % i) for i, zk in enumerate(zks)]
    threads = []
    for i, one in enumerate(elections):
        threads.append(Thread(one.run, lead, i))
        until(lambda: len(elections[0].contenders()) == i + 1, "candidate %d in line" % i)
    until(lambda: led == [0], "the first leads")
    restart_server()
    connected_again(zks[1])
    assert led == [0]
    assert elections[1].contenders() == ["candidate0", "candidate1", "candidate2"]
    zks[0].stop()  # the leader's session ends
    until(lambda: led == [0, 1], "the second leads")
    leaving[1].set()
    until(lambda: led == [0, 1, 2], "the third leads")
    leaving[2].set()
    for thread in threads[1:]:
        thread.result()
    zks[0].close()
    close(*zks[1:])


def barrier():
    """The server is killed between the barrier's making and the wait: kazoo's wait never notices a watch that was lost."""
    a, b = client(), client()
    gate = a.Barrier(ROOT)
    gate.create()
    assert not b.Barrier(ROOT).wait(0.1)
    restart_server()
    connected_again(a, b)
    assert not b.Barrier(ROOT).wait(0.1)
    waiting = Thread(b.Barrier(ROOT).wait, WAIT)
    assert gate.remove()
    assert waiting.result()
    close(a, b)


def double_barrier():
    """The server is killed while all are inside: kazoo's barrier itself never notices a watch that was lost while it waits."""
    zks = [client() for _ in range(3)]
    inside, out, leave = [], [], threading.Event()

    def go(i):
        gate = zks[i].DoubleBarrier(ROOT, 3, "p%d" % i)
        gate.enter()
        assert gate.participating
        inside.append(i)
        assert leave.wait(WAIT)
        gate.leave()
        out.append(i)

    threads = [Thread(go, 0), Thread(go, 1)]
    until(lambda: zks[2].exists(ROOT) and len(zks[2].get_children(ROOT)) == 2, "two wait")
    assert inside == []
    threads.append(Thread(go, 2))
    until(lambda: len(inside) == 3, "all inside")
    restart_server()
    connected_again(*zks)
    assert len([n for n in zks[0].get_children(ROOT) if n != "ready"]) == 3
    leave.set()
    for thread in threads:
        thread.result()
    assert sorted(out) == [0, 1, 2]
    close(*zks)


def party():
    a, b = client(), client()
    one, two = a.Party(ROOT, "one"), b.Party(ROOT, "two")
    one.join()
    two.join()
    assert sorted(one) == ["one", "two"] and len(two) == 2
    restart_server()
    connected_again(a, b)
    assert sorted(one) == ["one", "two"]
    shallow = a.ShallowParty(ROOT + "-shallow", "s")
    shallow.join()
    assert list(shallow) == ["s"]
    close(b)
    assert list(one) == ["one"]
    one.leave()
    assert len(one) == 0
    close(a)


def queue():
    a, b = client(), client()
    q = a.Queue(ROOT)
    for i in range(20):
        q.put(b"%d" % i)
    q.put(b"urgent", priority=1)
    assert len(q) == 21
    restart_server()
    connected_again(a, b)
    taken = b.Queue(ROOT)
    assert [taken.get() for _ in range(22)] == [b"urgent"] + [b"%d" % i for i in range(20)] + [None]
    close(a, b)


def locking_queue():
    a, b = client(), client()
    q, p = a.LockingQueue(ROOT), b.LockingQueue(ROOT)
    q.put_all([b"%d" % i for i in range(5)])
    assert q.get() == b"0" and q.holds_lock()
    assert p.get() == b"1"
    restart_server()
    connected_again(a, b)
    assert q.holds_lock() and q.consume() and p.consume()
    assert p.get() == b"2"
    close(b)  # not consumed: it goes back
    assert q.get(WAIT) == b"2" and q.consume()
    waiting = Thread(q.get, WAIT)
    assert waiting.result() == b"3" and q.consume()
    assert q.get(WAIT) == b"4" and q.consume()
    waiting = Thread(q.get, WAIT)
    c = client()
    c.LockingQueue(ROOT).put(b"late")
    assert waiting.result() == b"late"
    close(a, c)


def counter():
    zks = [client() for _ in range(3)]
    zks[0].Counter(ROOT)  # makes the node

    def count(zk):
        c = zk.Counter(ROOT)
        for _ in range(30):
            c += 1

    threads = [Thread(count, zk) for zk in zks]
    for thread in threads:
        thread.result()
    assert zks[0].Counter(ROOT).value == 90
    restart_server()
    connected_again(zks[0])
    c = zks[0].Counter(ROOT)
    assert c.value == 90
    c -= 100
    assert (c.value, c.pre_value, c.post_value) == (-10, 90, -10)
    f = zks[0].Counter(ROOT + "-float", default=1.5)
    f += 1.0
    assert f.value == 2.5
    close(*zks)


def children_watch():
    a, b = client(), client()
    a.create(ROOT)
    seen = []
    a.ChildrenWatch(ROOT, lambda names: seen.append(sorted(names)))
    assert seen == [[]]
    b.create(ROOT + "/x")
    until(lambda: seen[-1] == ["x"], "x")
    restart_server()
    connected_again(a, b)
    b.create(ROOT + "/y")
    until(lambda: seen[-1] == ["x", "y"], "y")
    b.delete(ROOT + "/x")
    until(lambda: seen[-1] == ["y"], "y alone")
    close(a, b)


def data_watch():
    a, b = client(), client()
    seen = []
    a.DataWatch(ROOT, lambda data, stat: seen.append((data, stat and stat.version)))
    assert seen == [(None, None)]
    b.create(ROOT, b"0")
    until(lambda: seen[-1] == (b"0", 0), "made")
    restart_server()
    connected_again(a, b)
    for i in range(1, 10):
        b.set(ROOT, b"%d" % i)
    until(lambda: seen[-1] == (b"9", 9), "the last")
    b.delete(ROOT)
    until(lambda: seen[-1] == (None, None), "deleted")
    versions = [v for _, v in seen if v is not None]
    assert versions == sorted(versions), seen
    close(a, b)


def tree_cache():
    a, b = client(), client()
    a.create(ROOT, b"root")
    b.create(ROOT + "/one/two", b"2", makepath=True)
    events = []
    cache = TreeCache(a, ROOT)
    cache.listen(lambda event: events.append((event.event_type, event.event_data and event.event_data.path)))
    cache.start()
    until(lambda: (TreeEvent.INITIALIZED, None) in events, "filled")
    assert cache.get_data(ROOT + "/one/two").data == b"2"
    restart_server()
    connected_again(a, b)
    b.set(ROOT + "/one/two", b"22")
    b.create(ROOT + "/one/three", b"3")
    until(lambda: cache.get_data(ROOT + "/one/three") and cache.get_data(ROOT + "/one/two").data == b"22", "the changes")
    assert cache.get_children(ROOT + "/one") == frozenset(["two", "three"])
    b.delete(ROOT + "/one", recursive=True)
    until(lambda: cache.get_data(ROOT + "/one") is None, "deleted")
    assert (TreeEvent.NODE_REMOVED, ROOT + "/one/two") in events
    cache.close()
    close(a, b)


def transaction():
    """Transactions that move a token, with the server killed under them: the token is always in one place."""
    zk = client()
    zk.create(ROOT)
    zk.create(ROOT + "/0")
    at, moves, stop = [0], [0], threading.Event()

    def move():
        while not stop.is_set():
            t = zk.transaction()
            t.delete("%s/%d" % (ROOT, at[0]))
            t.create("%s/%d" % (ROOT, at[0] + 1))
            try:
                result = t.commit()
            except Exception:  # the connection is lost: done or not done, never half
                left = zk.retry(zk.get_children, ROOT)
                assert len(left) == 1, left
                assert int(left[0]) in (at[0], at[0] + 1), (left, at)
                at[0] = int(left[0])
                continue
            assert result == [True, "%s/%d" % (ROOT, at[0] + 1)], result
            at[0] += 1
            moves[0] += 1

    mover = Thread(move)
    until(lambda: moves[0] > 100, "moves")
    restart_server()
    before = moves[0]
    until(lambda: moves[0] > before + 100 or not mover.is_alive(), "moves after the restart")
    stop.set()
    mover.result()
    assert zk.get_children(ROOT) == ["%d" % at[0]]
    close(zk)


run(globals())
