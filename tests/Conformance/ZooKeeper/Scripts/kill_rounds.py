"""
Writers over raw sessions while the server dies at fault points and at any instant: kill_rounds.py SERVER ROUNDS. Prints "restart [FAULT]" when
it wants the server killed (if it still lives) and back, armed with the fault; everything acknowledged is checked after each start.
"""
import random
import sys
import time

from zkwire import *

SERVER, ROUNDS = sys.argv[1], int(sys.argv[2])
POINTS = ["BeforeWrite", "AfterWrite", "BeforeSync", "AfterSync"]
SEED = int(time.time() * 1000) & 0xFFFFFF
R = random.Random(SEED)
SESSIONS, DEPTH = 4, 20


class Writer:
    """Pipelines creates under its own znode and sets of its own counter; knows what was acknowledged and what has no answer."""

    def __init__(self, number):
        self.number, self.session, self.created, self.unsure, self.sets, self.version, self.next = number, None, {}, set(), 0, -1, 0
        self.root = "/w%d" % number

    def connect(self):
        old = self.session
        known = {"session": (old.id, old.password), "seen": old.seen} if old else {}
        self.session = Session(SERVER, timeout=40_000, **known)
        assert not old or self.session.id == old.id, "session %x is gone" % old.id
        if not old:
            assert self.session.call(CREATE, path=self.root, data=b"0")[0] == 0
            assert self.session.call(CREATE, path=self.root + "/eph", data=b"", flags=1)[0] == 0
            self.version = 0

    def burst(self):
        """False: the server is gone; what had no answer is unsure."""
        due = []
        try:
            requests = []
            for _ in range(DEPTH):
                if R.random() < 0.3:
                    self.sets += 1
                    due.append(("set", self.sets))
                    requests.append(self.session.request(SET_DATA, {"path": self.root, "data": b"%d" % self.sets, "version": -1}))
                else:
                    self.next += 1
                    due.append(("create", self.next))
                    requests.append(self.session.request(CREATE2, {"path": "%s/n%d" % (self.root, self.next), "data": b"%d" % self.next}))
            self.session.socket.sendall(b"".join(requests))
            while due:
                error, zxid, answer = self.session.receive()
                what, value = due.pop(0)
                assert error == 0, (what, value, error)
                if what == "create":
                    self.created[value] = answer["stat"]["czxid"]
                else:
                    assert answer["stat"]["version"] > self.version, "version %d after %d" % (answer["stat"]["version"], self.version)
                    self.version, self.acknowledged = answer["stat"]["version"], value
            return True
        except OSError:
            self.unsure.update(value for what, value in due if what == "create")
            return False

    acknowledged = 0

    def check(self):
        call = self.session.call
        error, _, found = call(GET_DATA, path=self.root)
        assert error == 0 and found["stat"]["version"] >= self.version, (found, self.version)
        assert self.acknowledged <= int(found["data"]) <= self.sets, (found, self.acknowledged, self.sets)
        assert found["stat"]["version"] <= self.sets, "applied twice: version %d after %d sets" % (found["stat"]["version"], self.sets)
        self.version = found["stat"]["version"]
        names = {int(n[1:]) for n in call(GET_CHILDREN, path=self.root)[2]["names"] if n != "eph"}
        lost = set(self.created) - names
        assert not lost, "%d acknowledged creates are gone, such as %d" % (len(lost), min(lost))
        assert names <= set(self.created) | self.unsure, "never sent: %s" % sorted(names - set(self.created) - self.unsure)[:5]
        for value in R.sample(sorted(names), min(50, len(names))):
            error, _, one = call(GET_DATA, path="%s/n%d" % (self.root, value))
            assert (error, one["data"], one["stat"]["version"]) == (0, b"%d" % value, 0), (value, error, one)
            assert self.created.get(value, one["stat"]["czxid"]) == one["stat"]["czxid"], "its zxid has changed: %d" % value
            self.created[value] = one["stat"]["czxid"]
        self.unsure &= names
        error, _, eph = call(EXISTS, path=self.root + "/eph")
        assert error == 0 and eph["stat"]["owner"] == self.session.id, "the ephemeral of a living session: %d" % error


def main():
    writers = [Writer(n) for n in range(SESSIONS)]
    for turn in range(ROUNDS + 1):
        gone = False
        try:
            for writer in writers:
                writer.connect()
                writer.check()
        except OSError:
            gone = True  # the fault struck so early
        end = time.monotonic() + R.uniform(0.05, 0.6)
        while not gone and turn < ROUNDS and time.monotonic() < end:
            gone = not all([writer.burst() for writer in writers])
        if turn < ROUNDS:
            last = turn == ROUNDS - 1
            fault = "" if last or turn % 3 == 2 else " %s:%d:kill" % (R.choice(POINTS), R.randrange(8, 200))
            print("restart" + fault, flush=True)
            assert sys.stdin.readline().strip() == "back"
    print("seed %d: %d rounds, %d creates acknowledged" % (SEED, ROUNDS, sum(len(w.created) for w in writers)), file=sys.stderr)
    print("ok", flush=True)


main()
