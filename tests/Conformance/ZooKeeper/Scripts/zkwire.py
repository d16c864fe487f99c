"""ZooKeeper's protocol as these checks write and read it: raw frames over a socket, so that nothing of a client stands in between."""
import socket
import struct

CREATE, DELETE, EXISTS, GET_DATA, SET_DATA, GET_ACL, SET_ACL, GET_CHILDREN, SYNC, PING = 1, 2, 3, 4, 5, 6, 7, 8, 9, 11
GET_CHILDREN2, CHECK, MULTI, CREATE2, RECONFIG, CHECK_WATCHES, REMOVE_WATCHES = 12, 13, 14, 15, 16, 17, 18
CREATE_CONTAINER, CREATE_TTL, MULTI_READ, SASL = 19, 21, 22, 102
AUTH, SET_WATCHES, GET_EPHEMERALS, ALL_CHILDREN, SET_WATCHES2, ADD_WATCH, WHO_AM_I, CLOSE = 100, 101, 103, 104, 105, 106, 107, -11
OPEN = [(31, "world", "anyone")]
STAT = ("czxid", "mzxid", "ctime", "mtime", "version", "cversion", "aversion", "owner", "length", "children", "pzxid")


def int32(value):
    return struct.pack(">i", value)


def int64(value):
    return struct.pack(">q", value)


def data(value):
    if value is None:
        return int32(-1)
    if isinstance(value, str):
        value = value.encode()
    return int32(len(value)) + value


def boolean(value):
    return b"\1" if value else b"\0"


def vector(items):
    return int32(len(items)) + b"".join(items)


def acl(entries):
    return vector([int32(p) + data(s) + data(i) for p, s, i in entries])


def body(op, a):
    """The request's record from its arguments."""
    if op in (CREATE, CREATE2, CREATE_CONTAINER):
        return data(a["path"]) + data(a["data"]) + acl(a.get("acl", OPEN)) + int32(a.get("flags", 0))
    if op == CREATE_TTL:
        return data(a["path"]) + data(a["data"]) + acl(a.get("acl", OPEN)) + int32(a["flags"]) + int64(a["ttl"])
    if op in (DELETE, CHECK):
        return data(a["path"]) + int32(a["version"])
    if op == SET_DATA:
        return data(a["path"]) + data(a["data"]) + int32(a["version"])
    if op == SET_ACL:
        return data(a["path"]) + acl(a["acl"]) + int32(a["version"])
    if op in (EXISTS, GET_DATA, GET_CHILDREN, GET_CHILDREN2):
        return data(a["path"]) + boolean(a.get("watch", False))
    if op in (GET_ACL, SYNC, GET_EPHEMERALS, ALL_CHILDREN):
        return data(a["path"])
    if op in (CHECK_WATCHES, REMOVE_WATCHES, ADD_WATCH):
        return data(a["path"]) + int32(a["mode"])
    if op in (MULTI, MULTI_READ):
        return b"".join(int32(o) + b"\0" + int32(-1) + body(o, b) for o, b in a["ops"]) + int32(-1) + b"\1" + int32(-1)
    if op == AUTH:
        return int32(0) + data(a["scheme"]) + data(a["auth"])
    if op in (SET_WATCHES, SET_WATCHES2):
        kinds = ("data_watches", "exist", "child", "persistent", "recursive")[:3 if op == SET_WATCHES else 5]
        return int64(a["zxid"]) + b"".join(vector([data(path) for path in a.get(kind, [])]) for kind in kinds)
    if op == RECONFIG:
        return data(a.get("joining")) + data(a.get("leaving")) + data(a.get("members")) + int64(-1)
    if op == SASL:
        return data(a["token"])
    return b""


class Reader:
    def __init__(self, frame):
        self.frame, self.at = frame, 0

    def raw(self, count):
        assert self.at + count <= len(self.frame), "a frame of %d bytes ends early" % len(self.frame)
        self.at += count
        return self.frame[self.at - count:self.at]

    def int32(self):
        return struct.unpack(">i", self.raw(4))[0]

    def int64(self):
        return struct.unpack(">q", self.raw(8))[0]

    def boolean(self):
        return self.raw(1) != b"\0"

    def data(self):
        length = self.int32()
        return None if length < 0 else self.raw(length)

    def text(self):
        value = self.data()
        return None if value is None else value.decode()

    def stat(self):
        return dict(zip(STAT, struct.unpack(">qqqqiiiqiiq", self.raw(68))))

    def vector(self, item):
        return [item() for _ in range(self.int32())]

    def reply(self, op):
        """What follows a reply's header, as a dictionary."""
        if op == CREATE:
            return {"path": self.text()}
        if op in (CREATE2, CREATE_TTL, CREATE_CONTAINER):
            return {"path": self.text(), "stat": self.stat()}
        if op in (EXISTS, SET_DATA, SET_ACL):
            return {"stat": self.stat()}
        if op == GET_DATA:
            return {"data": self.data(), "stat": self.stat()}
        if op == GET_ACL:
            return {"acl": self.vector(lambda: (self.int32(), self.text(), self.text())), "stat": self.stat()}
        if op == GET_CHILDREN:
            return {"names": sorted(self.vector(self.text))}
        if op == GET_CHILDREN2:
            return {"names": sorted(self.vector(self.text)), "stat": self.stat()}
        if op == GET_EPHEMERALS:
            return {"names": sorted(self.vector(self.text))}
        if op == SYNC:
            return {"path": self.text()}
        if op in (ALL_CHILDREN, ADD_WATCH):
            return {"count": self.int32()}
        if op == SASL:
            return {"token": self.data()}
        if op == WHO_AM_I:
            return {"ids": sorted(self.vector(lambda: (self.text(), self.text())))}
        if op in (MULTI, MULTI_READ):
            results = []
            while True:
                kind, done, error = self.int32(), self.boolean(), self.int32()
                if done:
                    return {"results": results}
                if kind == -1:
                    results.append({"type": kind, "header": error, "error": self.int32()})
                else:
                    results.append({"type": kind, "header": error, **self.reply(kind)})
        return {}


class Session:
    """One connection and its session. Events are kept in the order in which they came, between which replies."""

    def __init__(self, address, timeout=30_000, session=(0, b"\0" * 16), seen=0, patience=30):
        host, port = address.rsplit(":", 1)
        self.address, self.timeout, self.xid, self.pending, self.log = address, timeout, 0, [], []
        self.socket = socket.create_connection((host, int(port)), patience)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.seen = seen
        self.send_frame(int32(0) + int64(seen) + int32(timeout) + int64(session[0]) + data(session[1]) + b"\0")
        answer = Reader(self.frame())
        answer.int32()
        self.negotiated, self.id, self.password = answer.int32(), answer.int64(), answer.data()

    def send_frame(self, payload):
        self.socket.sendall(int32(len(payload)) + payload)

    def exact(self, count):
        while len(self.buffer) < count:
            more = self.socket.recv(1 << 16)
            if not more:
                raise ConnectionError("closed by the server")
            self.buffer += more
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def frame(self):
        return self.exact(struct.unpack(">i", self.exact(4))[0])

    def request(self, op, a):
        """The bytes of a request; its reply is due in turn."""
        self.xid += 1
        xid = -4 if op == AUTH else -8 if op in (SET_WATCHES, SET_WATCHES2) else self.xid
        self.pending.append((xid, op))
        payload = int32(xid) + int32(op) + body(op, a)
        return int32(len(payload)) + payload

    def send(self, op, **a):
        self.socket.sendall(self.request(op, a))

    def receive(self):
        """The next reply: (error, zxid, body). Events before it are appended to the log."""
        while True:
            reader = Reader(self.frame())
            xid, zxid, error = reader.int32(), reader.int64(), reader.int32()
            if xid == -1:
                self.log.append(("event", zxid, reader.int32(), reader.int32(), reader.text()))
                continue
            expected, op = self.pending.pop(0)
            assert xid == expected, "xid %d came, %d is due" % (xid, expected)
            assert zxid <= 0 or zxid >= self.seen, "zxid went back from %x to %x" % (self.seen, zxid)
            self.seen = max(self.seen, zxid)
            answer = reader.reply(op) if error == 0 else {}
            assert error or reader.at == len(reader.frame), "%d bytes left in a reply to %d" % (len(reader.frame) - reader.at, op)
            return error, zxid, answer

    def call(self, op, **a):
        self.send(op, **a)
        return self.receive()

    def close(self):
        self.socket.close()
