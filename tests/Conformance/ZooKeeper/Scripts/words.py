"""
The four-letter words that list and reset, as tools parse them: words.py OURS THEIRS. The same is done on both servers, each answer is parsed
by one grammar, which fails on a line that it does not know, and what was read has to be the same. Sessions go by number, watches on data
only: the real one counts no others in these words.
"""
import re
import sys

from zkwire import *

OURS, THEIRS = sys.argv[1], sys.argv[2]
DATE = r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d{2} \d\d:\d\d:\d\d UTC \d{4}"


def word(address, name):
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), 30) as connection:
        connection.sendall(name.encode())
        text = b""
        while part := connection.recv(1 << 16):
            text += part
    return text.decode()


def lines(text, *patterns):
    """Each line with the number of the pattern that it matches whole."""
    for line in text.split("\n"):
        found = [(number, match) for number, match in enumerate(re.fullmatch(p, line) for p in patterns) if match]
        assert found, "a line like none of the grammar: %r in\n%s" % (line, text)
        yield found[0]


def blocks(text, head, item):
    """A dictionary from each head to the items under it."""
    result, current = {}, None
    for kind, match in lines(text, head, item, ""):
        if kind == 0:
            current = result.setdefault(match.group(1), set())
        elif kind == 1:
            current.add(match.group(1))
    return result


class Server:
    def __init__(self, address):
        self.address = address
        self.sessions = [Session(address) for _ in range(3)]
        self.names = {"0x%x" % session.id: number for number, session in enumerate(self.sessions)}
        first, second, _ = self.sessions
        first.call(CREATE, path="/words", data=b"x")
        first.call(CREATE, path="/words/e1", data=b"", flags=1)
        first.call(CREATE, path="/words/e2", data=b"", flags=1)
        second.call(CREATE, path="/words/e3", data=b"", flags=1)
        first.call(GET_DATA, path="/words", watch=True)
        first.call(EXISTS, path="/words/none", watch=True)
        second.call(GET_DATA, path="/words", watch=True)

    def named(self, ids):
        return sorted(self.names[i] for i in ids)

    def read(self):
        address, read = self.address, {}
        read["wchs"] = re.fullmatch(r"(\d+) connections watching (\d+) paths\nTotal watches:(\d+)\n", word(address, "wchs")).groups()
        by_session = blocks(word(address, "wchc"), r"(0x[0-9a-f]+)", r"\t(/.*)")
        read["wchc"] = {self.names[i]: sorted(paths) for i, paths in by_session.items()}
        read["wchp"] = {path: self.named(ids) for path, ids in blocks(word(address, "wchp"), r"(/.*)", r"\t(0x[0-9a-f]+)").items()}
        read["dump"] = self.dump(word(address, "dump"))
        read["cons"] = self.clients(word(address, "cons"))
        read["stat"] = sorted(re.findall(r"^ /127\.0\.0\.1:\d+\[1\]\(queued=0,recved=(\d+),sent=(\d+)\)$", word(address, "stat"), re.M))
        assert re.fullmatch(r"datadir_size: \d+\nlogdir_size: [1-9]\d*\n", word(address, "dirs"))
        read["crst"] = word(address, "crst"), [client[:2] for client in self.clients(word(address, "cons"))]
        read["srst"] = word(address, "srst"), int(re.search(r"Received: (\d+)", word(address, "srvr")).group(1)) < 10
        self.sessions[0].call(GET_DATA, path="/words")
        read["after"] = self.clients(word(address, "cons"))
        return read

    def dump(self, text):
        sessions, _, rest = text.partition("ephemeral nodes dump:\n")
        owners, _, connections = rest.partition("Connections dump:\n")
        count = r"\((\d+)\)/\((\d+)\):"
        tracked = list(lines(sessions, "SessionTracker dump:", "Session Sets " + count, r"\d+ expire at " + DATE + ":", r"\t(0x[0-9a-f]+)", ""))
        assert [kind for kind, _ in tracked][:2] == [0, 1]
        ephemerals = {}
        for kind, match in lines(owners, r"Sessions with Ephemerals \((\d+)\):", r"(0x[0-9a-f]+):", r"\t(/.*)", ""):
            if kind == 1:
                ephemerals[match.group(1)] = []
                last = ephemerals[match.group(1)]
            elif kind == 2:
                last.append(match.group(1))
        held = [match.group(1) for kind, match in lines(
            connections, "Connections Sets " + count, r"\d+ expire at " + DATE + ":", r"\tip: /127\.0\.0\.1:\d+ sessionId: (0x[0-9a-f]+)", "") if kind == 2]
        return (self.named(m.group(1) for kind, m in tracked if kind == 3), {self.names[i]: sorted(paths) for i, paths in ephemerals.items()},
                self.named(i for i in held if i != "0x0"))

    def clients(self, text):
        """Of each session's connection what is the same on every server; first what a reset sets to nothing."""
        found = {}
        for kind, match in lines(
                text, r" /127\.0\.0\.1:\d+\[1\]\(queued=(\d+),recved=(\d+),sent=(\d+),sid=(0x[0-9a-f]+),lop=(\w+),est=\d+,to=(\d+)"
                r"(?:,lcxid=(0x[0-9a-f]+))?,lzxid=0x[0-9a-f]+,lresp=\d+,llat=\d+,minlat=\d+,avglat=\d+,maxlat=\d+\)",
                r" /127\.0\.0\.1:\d+\[0\]\(queued=0,recved=\d+,sent=0\)", ""):
            if kind == 0:
                queued, received, sent, session, *rest = match.groups()
                found[self.names[session]] = (received, sent, queued, *rest)
        return [found[number] for number in sorted(found)]


ours, theirs = [Server(address).read() for address in (OURS, THEIRS)]
different = [name for name in theirs if ours[name] != theirs[name]]
for name in different:
    print("%s\n  ours   %s\n  theirs %s" % (name, ours[name], theirs[name]), file=sys.stderr)
print("ok" if not different else "different: " + ", ".join(different))
sys.exit(1 if different else 0)
