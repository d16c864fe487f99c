"""
The same seeded operations against two servers, replies and events compared: differential.py OURS THEIRS SEED OPERATIONS MODE [old].
MODE is "sessions" (several sessions, one operation outstanding over all) or "pipelined" (one session, bursts). "old" is a 3.8: what 3.9
changed is then left out or allowed, see OLD.
"""
import random
import sys

from zkwire import *

OURS, THEIRS, SEED, COUNT, MODE = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
OLD = "old" in sys.argv[6:]
ROOT = "/differential-%d-%s" % (SEED, MODE)
BURST = 50

# Allowed differences, and why each is no fault.
#  - absolute zxids, session ids, times: each server's own; compared by rank, by number, not at all
#  - a session that is taken up again takes a zxid here (its new owner stands in the log) and none there
#  - order in which the ephemerals of an ended session go, all at one zxid: ZooKeeper walks a hash set; compared sorted
#  - a setACL that is still under way: ZooKeeper checks the writes pipelined behind it against the list of before; left out there
#  - a hard quota and writes still under way: ZooKeeper checks the counts of before; only soft ones while pipelined
#  - setWatches on a znode that may not be read: ZooKeeper tells that it is there or has changed (not so when it changes later, since
#    CVE-2024-23944), here that is kept from who may not read
#  - order in an access list of what "auth" stands for: ZooKeeper walks a hash set; compared sorted
#  - order of children: ZooKeeper promises none; compared sorted
#  - timing of the end of containers and of znodes past their time: both servers are told to look for them too seldom to matter
#  - addWatch on a path that no znode can have: refused here with -8, no client sends it; left out
#  - createTTL inside a multi without a mode that has a TTL: refused here as outside of it; left out
#  - a TTL of 2^40 ms and more: refused here, it ends a 3.9.5 for good (it fails again at each start); left out
#  - an empty result behind the error of a multiRead that holds a write: ZooKeeper sends one, no client reads what is behind an error
#  - OLD: an event's zxid (-1 before 3.9, ZOOKEEPER-4655)
#  - OLD: exists without READ on the znode (answered before 3.8.4, ZOOKEEPER-2590); watches by exists are left out
#  - OLD: persistent watches beside others on one path (one mode per path before 3.9, ZOOKEEPER-4466), what is asked of watches
#    (ZOOKEEPER-4471, 4472), create2 inside a multi (ZOOKEEPER-4026) and a mode that is none there: left out
ALICE = ("alice:JBkmZDt2X1NQRxOs0BIy5DBSBMc=", "alice:pw")
ACLS = [OPEN] * 12 + [
    [(31, "auth", "")], [(1, "world", "anyone")], [(31, "ip", "127.0.0.1")], [(9, "ip", "10.0.0.0/8"), (7, "world", "anyone")],
    [(31, "digest", "bob:u53OoA8hprX59uwFsvQBS3QuI00=")], [], [(31, "nosuch", "x")], [(31, "ip", "300.1.1.1")], [(31, "digest", "nocolon")],
    [(31, "x509", "CN=ann")], [(31, "sasl", "ann")], [(31, "super", "")], [(31, "sasl", ""), (1, "world", "anyone")],
    [(31, "world", "someone")], [(23, "world", "anyone")], [(31, "auth", ""), (1, "world", "anyone")], OPEN + OPEN,
]
BAD_PATHS = ["", "a", ROOT + "/", ROOT + "//a", ROOT + "/./a", ROOT + "/../a", ROOT + "/a\u0001", "/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config"]


LIMITS = ["count=%d,bytes=-1", "count=-1,bytes=%d00", "count=%d,bytes=200", "count=-1,bytes=-1=;byteHardLimit=%d00;countHardLimit=-1",
          "count=3,bytes=-1=;byteHardLimit=-1;countHardLimit=%d", "count=1,bytes=1=;byteHardLimit=%d00;countHardLimit=5"]


def a_path(r, depth=3):
    if r.random() < 0.015:
        return r.choice(BAD_PATHS)
    return ROOT + "".join("/" + r.choice("abcd") for _ in range(r.choice([1, 1, 1, 2, 2, depth])))


def a_version(r):
    return r.choice([-1, -1, -1, -1, 0, 0, 1, 2, 3, 7, -5])


def some_data(r):
    return r.choice([b"", b"x", b"data", None, b"y" * r.randrange(300)])


def a_write(r, in_multi=False):
    kind = r.random()
    if kind < 0.5:
        op = CREATE if OLD and in_multi else r.choice([CREATE, CREATE, CREATE, CREATE2])
        flags = r.choice([0, 0, 0, 0, 1, 1, 2, 3] + ([4, 4 if OLD and in_multi else 9] if r.random() < 0.1 else []))
        return op, {"path": a_path(r) + ("-" if flags in (2, 3) else ""), "data": some_data(r), "acl": r.choice(ACLS), "flags": flags}
    if kind < 0.75:
        return SET_DATA, {"path": a_path(r), "data": some_data(r), "version": a_version(r)}
    return DELETE, {"path": a_path(r), "version": a_version(r)}


def a_quota(r):
    """Something about a quota, as the tools do it: the path's mirror, limits and counts below it."""
    mirror = "/zookeeper/quota" + ROOT + r.choice(["", "/a", "/a", "/a/b", "/c"])
    kind, path = r.random(), mirror + r.choice(["/zookeeper_limits", "/zookeeper_stats"])
    text = (r.choice(LIMITS) % r.randrange(8)).encode() if path.endswith("limits") else b"count=0,bytes=0"
    if MODE != "sessions":
        text = b"count=2,bytes=50"
    if kind < 0.3:
        return CREATE, {"path": mirror, "data": b""}
    if kind < 0.6:
        return CREATE, {"path": path, "data": text}
    if kind < 0.7 and path.endswith("limits"):
        return SET_DATA, {"path": path, "data": text, "version": -1}
    if kind < 0.8:
        return DELETE, {"path": r.choice([path, mirror]), "version": -1}
    return GET_DATA, {"path": path, "watch": r.random() < 0.2}


def some_paths(r):
    return [a_path(r) for _ in range(r.choice([0, 0, 1, 2, 4]))]


def watches(r):
    """The paths of setWatches, or of setWatches2."""
    lists = {kind: some_paths(r) for kind in (("data_watches", "child") if OLD else ("data_watches", "exist", "child"))}
    if OLD or r.random() < 0.4:
        return SET_WATCHES, lists
    return SET_WATCHES2, {**lists, "persistent": some_paths(r), "recursive": some_paths(r)}


def a_rare_one(r):
    """What is refused, and what closes the connection."""
    kind = r.random()
    if kind < 0.2:
        return CREATE_CONTAINER, {"path": a_path(r), "data": some_data(r), "acl": r.choice(ACLS), "flags": r.choice([4, 4, 4, 0, 1 if MODE == "sessions" else 0, 5, 9])}
    if kind < 0.3:
        return RECONFIG, {"joining": "server.9=127.0.0.1:1:1;1", "leaving": None}
    if kind < 0.4:
        return MULTI_READ, {"ops": [(r.choice([GET_DATA, EXISTS, GET_CHILDREN2, SET_DATA]), {"path": a_path(r), "data": b"", "version": 1})]}
    if kind < 0.6 and MODE == "sessions":
        return SASL, {"token": r.choice([b"", b"token"])}
    if kind < 0.8 and MODE == "sessions" and not OLD:
        return r.choice([CHECK, 10, 23, 99, 108, 999]), {"path": a_path(r), "version": 0}
    if MODE == "sessions":
        return AUTH, {"scheme": r.choice(["nosuch", "sasl", "x509", "world", "super", "ip", "digest"]), "auth": r.choice(["x", "", "a:b:c"])}
    op, lists = watches(r)
    return op, {**lists, "zxid": 0}


def an_operation(r):
    kind = r.random()
    if kind < 0.03:
        return a_quota(r)
    if kind < 0.04:
        return a_rare_one(r)
    kind = r.random()
    if kind < 0.42:
        return a_write(r)
    if kind < 0.44:
        return CREATE_TTL, {"path": a_path(r), "data": some_data(r), "flags": r.choice([5, 5, 6, 0]), "ttl": r.choice([1 << 39, 600_000_000, 0])}
    if kind < 0.47 and MODE == "sessions":
        return SET_ACL, {"path": a_path(r), "acl": r.choice(ACLS), "version": a_version(r)}
    if kind < 0.53:
        ops = [(CHECK, {"path": a_path(r), "version": a_version(r)}) if r.random() < 0.15 else a_write(r, True)
               for _ in range(r.randrange(0, 5))]
        return MULTI, {"ops": ops}
    if kind < 0.55:
        return MULTI_READ, {"ops": [(r.choice([GET_DATA, GET_CHILDREN]), {"path": a_path(r)}) for _ in range(r.randrange(1, 4))]}
    if kind < 0.66:
        return GET_DATA, {"path": a_path(r), "watch": r.random() < 0.5}
    if kind < 0.76:
        return EXISTS, {"path": a_path(r), "watch": r.random() < 0.5 and not OLD}
    if kind < 0.88:
        return r.choice([GET_CHILDREN, GET_CHILDREN2]), {"path": a_path(r, 1), "watch": r.random() < 0.5}
    if kind < 0.90:
        return GET_ACL, {"path": a_path(r)}
    if kind < 0.91:
        return SYNC, {"path": a_path(r)}
    if kind < 0.92:
        return ALL_CHILDREN, {"path": a_path(r, 1)}
    if kind < 0.93:
        return GET_EPHEMERALS, {"path": r.choice(["/", ROOT, a_path(r, 1)])}
    if kind < 0.95 and not OLD:
        return r.choice([CHECK_WATCHES, REMOVE_WATCHES]), {"path": a_path(r), "mode": r.choice([1, 2, 3, 3, 4, 5, 9])}
    if kind < 0.98 and not OLD:
        return ADD_WATCH, {"path": ROOT + "/" + r.choice("abcd"), "mode": r.choice([0, 0, 1, 1, 1, 2])}
    if kind < 0.99:
        return WHO_AM_I, {}
    if MODE != "sessions":
        return SYNC, {"path": ROOT}  # the answer to auth may overtake others
    return AUTH, {"scheme": "digest", "auth": r.choice(["alice:pw"] * 4 + ["carol:pw"] * 4 + ["super:test"])}


def plan():
    r = random.Random(SEED)
    steps = []
    for _ in range(COUNT):
        turn = r.random()
        session = r.randrange(4) if MODE == "sessions" else 0
        if MODE == "sessions" and turn < 0.004:
            steps.append((session, "close", {}))
        elif MODE == "sessions" and turn < 0.008:
            steps.append((session, "reconnect", {}))
        elif MODE == "sessions" and turn < 0.016:
            op, lists = watches(r)
            steps.append((session, "rewatch", {"op": op, "lists": lists, "writes": [a_write(r) for _ in range(r.randrange(5))]}))
        else:
            steps.append((session, *an_operation(r)))
    return steps


class Run:
    """One server's transcript: for each step the reply, and each session's events up to the barrier behind it."""

    def __init__(self, address):
        self.address, self.entries, self.ids = address, [], {}
        self.sessions = [self.open() for _ in range(4 if MODE == "sessions" else 1)]

    def open(self, **settings):
        session = Session(self.address, **settings)
        self.ids.setdefault(session.id, len(self.ids) + 1)
        return session

    def barrier(self):
        events = []
        for number, session in enumerate(self.sessions):
            try:
                session.call(EXISTS, path="/")
            except ConnectionError:
                session.log.append(("event", -1, "closed", 0, ""))
                self.take_up(number)
            events.append(tuple(session.log))
            session.log.clear()
        return events

    def step(self, number, op, a):
        session, answer = self.sessions[number], None
        if op == "close":
            answer = session.call(CLOSE)[0], None, {}
            session.close()
            self.sessions[number] = self.open()
        elif op == "reconnect":
            session.close()
            answer = int(not self.take_up(number)), None, {}
        elif op == "rewatch":
            session.close()
            for write, its in a["writes"]:
                self.sessions[(number + 1) % 4].call(write, **its)
            self.take_up(number)
            answer = self.sessions[number].call(a["op"], zxid=session.seen, **a["lists"])
        else:
            try:
                answer = session.call(op, **a)
                if answer[0] in (-6, -115):  # the connection ends behind it
                    session.pending.append((0, EXISTS))
                    session.receive()
            except ConnectionError:
                self.take_up(number)
                answer = answer or ("closed", None, {})
        self.entries.append((answer, self.barrier()))

    def take_up(self, number):
        """The session goes on over a new connection; a write that fails comes next, so that both servers are at a new zxid."""
        old = self.sessions[number]
        new = self.sessions[number] = self.open(session=(old.id, old.password), seen=old.seen)
        new.call(DELETE, path="/none", version=0)
        return new.id == old.id

    def burst(self, steps):
        session = self.sessions[0]
        session.socket.sendall(b"".join(session.request(op, a) for _, op, a in steps))
        for _ in steps:
            answer = session.receive()
            self.entries.append((answer, [tuple(session.log)]))
            session.log.clear()

    def ranks(self, other):
        """zxids of the transcript by rank, so that two servers' can be compared. What only one of them answered tells of zxids that the
        other one's clients never saw: left out."""
        seen = set()

        def collect(value):
            if isinstance(value, dict):
                for key, part in value.items():
                    if key in ("czxid", "mzxid", "pzxid"):
                        seen.add(part)
                    else:
                        collect(part)
            elif isinstance(value, (list, tuple)):
                for part in value:
                    collect(part)

        for ((error, zxid, answer), events), ((its, _, _), _) in zip(self.entries, other.entries):
            if error == its:
                collect(answer)
            seen.add(zxid)
            if not OLD:
                seen.update(e[1] for es in events for e in es)
        first = self.entries[0][0][1]
        ranks = {z: 0 for z in seen if z is not None and 0 < z < first}  # from before the run: the root's
        ranks.update((z, rank + 1) for rank, z in enumerate(sorted(z for z in seen if z is not None and z >= first)))
        return ranks

    def compared(self, other):
        ranks = self.ranks(other)

        def plain(key, value):
            if isinstance(value, dict):
                return {k: plain(k, v) for k, v in value.items()}
            if isinstance(value, list):
                return sorted(value) if key == "acl" else [plain(key, v) for v in value]
            if key in ("czxid", "mzxid", "pzxid"):
                return ranks.get(value, value)
            if key == "owner":
                return self.ids.get(value, value)
            return None if key in ("ctime", "mtime") else value

        for (error, zxid, answer), events in self.entries:
            if error == 0 and zxid is None:
                events = [sorted(es, key=lambda e: (e[4], e[2])) for es in events]  # a session's end
            told = [[(kind, state, path) + (() if OLD else (ranks.get(z, z),)) for _, z, kind, state, path in es] for es in events]
            yield error, ranks.get(zxid, zxid), plain(None, answer), told


def allowed(step, ours, theirs):
    op = step[1]
    if op in ("rewatch", SET_WATCHES, SET_WATCHES2) and ours[:3] == theirs[:3]:
        its = step[0] if MODE == "sessions" else 0
        return all(number == its and told_less(*events) or events[0] == events[1] for number, events in enumerate(zip(ours[3], theirs[3])))
    return OLD and op == EXISTS and (ours[0], theirs[0]) == (-102, 0) and ours[1] == theirs[1] and ours[3] == theirs[3]


def told_less(ours, theirs):
    """Whether only events that setWatches itself makes are missing: they have no zxid (OLD: none has, and no others come here)."""
    rest = list(ours)
    return all(rest and rest[0] == event and rest.pop(0) or OLD or event[3:] == (-1,) for event in theirs) and not rest


def main():
    steps = plan()
    runs = []
    for address in OURS, THEIRS:
        run = Run(address)
        runs.append(run)
        run.step(0, CREATE, {"path": ROOT, "data": b"root"})
        if MODE == "sessions":
            for step in steps:
                try:
                    run.step(*step)
                except OSError as error:
                    raise RuntimeError("%s at step %d %s" % (run.address, len(run.entries), step)) from error
        else:
            for at in range(0, len(steps), BURST):
                run.burst(steps[at:at + BURST])
        for session in run.sessions:
            session.call(CLOSE)
    different, listed, shown = 0, 0, set()
    for at, (ours, theirs) in enumerate(zip(runs[0].compared(runs[1]), runs[1].compared(runs[0]))):
        step = steps[at - 1] if at else "the root"
        if ours == theirs:
            continue
        if at and allowed(step, ours, theirs):
            listed += 1
            continue
        different += 1
        kind = (step[1], ours[0], theirs[0])
        if kind not in shown and len(shown) < 20:
            shown.add(kind)
            print("step %d %s\n  ours   %s\n  theirs %s" % (at, step, ours, theirs), file=sys.stderr)
    print("%d operations, %d allowed differences, %d differences" % (COUNT, listed, different), flush=True)
    sys.exit(1 if different else 0)


main()
