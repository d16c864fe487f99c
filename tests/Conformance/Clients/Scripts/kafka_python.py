"""Checks with kafka-python 2.0.2. Usage: kafka_python.py BOOTSTRAP SCENARIO TOPIC; prints "ok" or ends with a traceback."""
import sys
import threading
import time
import uuid

import kafka
from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewPartitions, NewTopic
from kafka.errors import (
    InvalidReplicationFactorError, MessageSizeTooLargeError, OffsetOutOfRangeError, TopicAlreadyExistsError, UnknownTopicOrPartitionError)

BOOTSTRAP, SCENARIO, TOPIC = sys.argv[1:4]
WAIT = 20


def producer(**settings):
    return KafkaProducer(bootstrap_servers=BOOTSTRAP, **settings)


def consumer(*partitions, **settings):
    settings.setdefault("auto_offset_reset", "earliest")
    c = KafkaConsumer(bootstrap_servers=BOOTSTRAP, group_id=None, enable_auto_commit=False, **settings)
    c.assign([TopicPartition(TOPIC, p) for p in partitions or (0,)])
    return c


def admin():
    return KafkaAdminClient(bootstrap_servers=BOOTSTRAP)


def read(c, count):
    records = []
    while len(records) < count:
        polled = c.poll(timeout_ms=WAIT * 1000)
        assert polled, "%d of %d records after %d s" % (len(records), count, WAIT)
        for batch in polled.values():
            records.extend(batch)
    return records


def send(count=10, **settings):
    p = producer(**settings)
    futures = [p.send(TOPIC, b"value %d" % i) for i in range(count)]
    p.flush(WAIT)
    return [f.get(WAIT) for f in futures]


def check_all_there(count):
    values = [r.value for r in read(consumer(), count)]
    assert values == [b"value %d" % i for i in range(count)], values[:5]


def compacted():
    c = consumer()
    partition = TopicPartition(TOPIC, 0)
    end = c.end_offsets([partition])[partition]
    newest, offsets = {}, []
    while c.position(partition) < end:
        polled = c.poll(timeout_ms=WAIT * 1000)
        assert polled or c.position(partition) == end, "stopped at %d of %d" % (c.position(partition), end)
        for record in polled.get(partition, ()):
            newest[record.key] = record.value
            offsets.append(record.offset)
    assert offsets == sorted(set(offsets)) and len(offsets) < end, len(offsets)
    assert len(newest) == 100, len(newest)
    for i in range(end - 100, end):
        assert newest[b"key %d" % (i % 100)].startswith(b"value %d " % i), i


def acks_0():
    producer().send(TOPIC, b"first").get(WAIT)  # the topic exists from here on: acks=0 would hide that it had to be made
    p = producer(acks=0)
    for i in range(10):
        p.send(TOPIC, b"value %d" % i)
    p.flush(WAIT)
    assert [r.value for r in read(consumer(), 11)][1:] == [b"value %d" % i for i in range(10)]


def acks_1():
    assert [m.offset for m in send(acks=1)] == list(range(10))
    check_all_there(10)


def acks_all():
    assert [m.offset for m in send(acks="all")] == list(range(10))
    check_all_there(10)


def compressed(codec):
    send(500, compression_type=codec, linger_ms=50)
    check_all_there(500)


def keys_headers_and_timestamps():
    p = producer()
    m = p.send(TOPIC, b"v", key=b"k", headers=[("a", b"1"), ("b", b"")], timestamp_ms=1_700_000_000_123).get(WAIT)
    assert m.timestamp == 1_700_000_000_123, m
    p.send(TOPIC, None, key=b"tombstone").get(WAIT)
    first, second = read(consumer(), 2)
    assert (first.key, first.value, first.timestamp, first.headers) == (b"k", b"v", 1_700_000_000_123, [("a", b"1"), ("b", b"")]), first
    assert (second.key, second.value) == (b"tombstone", None), second


def seek_and_positions():
    send(10)
    c, tp = consumer(), TopicPartition(TOPIC, 0)
    c.seek(tp, 7)
    assert [r.offset for r in read(c, 3)] == [7, 8, 9]
    assert c.position(tp) == 10
    c.seek_to_beginning(tp)
    assert read(c, 1)[0].offset == 0
    c.seek_to_end(tp)
    assert c.position(tp) == 10
    c.seek(tp, 1000)  # out of range: auto_offset_reset sends it back to the beginning
    assert read(c, 10)[0].offset == 0


def offsets_for_times():
    p = producer()
    for i in range(10):
        p.send(TOPIC, b"x", timestamp_ms=1_700_000_000_000 + i * 1000).get(WAIT)
    c, tp = consumer(), TopicPartition(TOPIC, 0)
    found = c.offsets_for_times({tp: 1_700_000_004_500})[tp]
    assert (found.offset, found.timestamp) == (5, 1_700_000_005_000), found
    assert c.offsets_for_times({tp: 1_700_000_000_000})[tp].offset == 0
    assert c.offsets_for_times({tp: 1_800_000_000_000})[tp] is None


def beginning_and_end_offsets():
    send(10)
    c, tp = consumer(), TopicPartition(TOPIC, 0)
    assert c.beginning_offsets([tp]) == {tp: 0}
    assert c.end_offsets([tp]) == {tp: 10}


def several_partitions():
    a = admin()
    a.create_topics([NewTopic(TOPIC, 4, 1)])
    p = producer()
    for i in range(40):
        p.send(TOPIC, b"%d" % i, partition=i % 4)
    p.flush(WAIT)
    records = read(consumer(0, 1, 2, 3), 40)
    for partition in range(4):
        mine = [int(r.value) for r in records if r.partition == partition]
        assert mine == list(range(partition, 40, 4)), mine
    assert consumer(0).partitions_for_topic(TOPIC) == {0, 1, 2, 3}


def long_poll_wakes_for_a_new_record():
    send(1)
    c = consumer(fetch_max_wait_ms=15000)
    read(c, 1)
    found = []
    reader = threading.Thread(target=lambda: found.extend(read(c, 1)))
    reader.start()
    producer().send(TOPIC, b"late").get(WAIT)
    reader.join(10)  # well before the wait of 15 s is over
    assert [r.value for r in found] == [b"late"], found


def create_and_delete_topics():
    a = admin()
    a.create_topics([NewTopic(TOPIC, 3, 1, topic_configs={"retention.ms": "3600000"})])
    assert TOPIC in a.list_topics()
    try:
        a.create_topics([NewTopic(TOPIC, 3, 1)])
        raise AssertionError("a topic was created twice")
    except TopicAlreadyExistsError:
        pass
    try:
        a.create_topics([NewTopic(TOPIC + "-wide", 1, 9)])
        raise AssertionError("nine replicas on one node")
    except InvalidReplicationFactorError:
        pass
    a.delete_topics([TOPIC])
    assert TOPIC not in a.list_topics()
    try:
        a.delete_topics([TOPIC])
        raise AssertionError("a topic was deleted twice")
    except UnknownTopicOrPartitionError:
        pass


def create_partitions():
    a = admin()
    a.create_topics([NewTopic(TOPIC, 1, 1)])
    a.create_partitions({TOPIC: NewPartitions(3)})
    described = a.describe_topics([TOPIC])[0]
    assert len(described["partitions"]) == 3, described


def describe_configs():
    a = admin()
    a.create_topics([NewTopic(TOPIC, 1, 1, topic_configs={"retention.ms": "3600000", "max.message.bytes": "2000000"})])
    response = a.describe_configs([ConfigResource(ConfigResourceType.TOPIC, TOPIC)])
    response = response[0] if isinstance(response, list) else response
    entries = {e[0]: e[1] for resource in response.resources for e in resource[4]}
    assert entries["retention.ms"] == "3600000", entries
    assert entries["max.message.bytes"] == "2000000", entries
    assert entries["cleanup.policy"] == "delete", entries


def oversized_record_is_refused():
    p = producer(max_request_size=8_000_000)
    p.send(TOPIC, b"small").get(WAIT)
    try:
        p.send(TOPIC, uuid.uuid4().bytes * 125_000).get(WAIT)
        raise AssertionError("2 MB were taken")
    except MessageSizeTooLargeError:
        pass
    p.send(TOPIC, b"small again").get(WAIT)
    assert [r.value for r in read(consumer(), 2)] == [b"small", b"small again"]


def member(**settings):
    settings.setdefault("session_timeout_ms", 10000)
    return KafkaConsumer(TOPIC, bootstrap_servers=BOOTSTRAP, group_id=TOPIC + "-group", auto_offset_reset="earliest",
                         heartbeat_interval_ms=500, metadata_max_age_ms=1000, **settings)


def poll_until(done, *members):
    """Polls all in turn: a member takes part in its group only while it is polled."""
    deadline = time.monotonic() + 3 * WAIT
    records = []
    while not done(records):
        assert time.monotonic() < deadline, ([m.assignment() for m in members], len(records))
        for m in members:
            for batch in m.poll(timeout_ms=100).values():
                records.extend(batch)
    return records


def group_goes_on_where_it_was():
    send(20)
    first = member()
    assert len(poll_until(lambda r: len(r) >= 20, first)) == 20
    first.close()  # commits
    send(5)
    second = member()
    assert [r.offset for r in poll_until(lambda r: len(r) >= 5, second)] == list(range(20, 25))
    assert second.committed(TopicPartition(TOPIC, 0)) == 20
    second.commit({TopicPartition(TOPIC, 0): OffsetAndMetadata(7, "a note")})
    assert second.committed(TopicPartition(TOPIC, 0)) == 7
    second.close(autocommit=False)


def group_shares_partitions():
    admin().create_topics([NewTopic(TOPIC, 4, 1)])
    members = []
    for count in (1, 2):  # the second joins while the first is polled by a thread of its own
        members.append(member())
    done = []
    threads = [threading.Thread(target=lambda m=m: done.append(poll_until(lambda r: len(m.assignment()) == 2, m))) for m in members]
    for t in threads:
        t.start()
    for t in threads:
        t.join(4 * WAIT)
    assert sorted(p.partition for m in members for p in m.assignment()) == [0, 1, 2, 3]
    p = producer()
    for i in range(80):
        p.send(TOPIC, b"%d" % i, partition=i % 4)
    p.flush(WAIT)
    records = [r for batch in done for r in batch] + poll_until(lambda r: len(r) >= 80, *members)
    assert sorted(int(r.value) for r in records) == list(range(80))
    for m in members:
        m.close()


def groups_are_described():
    send(10)
    m = member()
    poll_until(lambda r: len(r) >= 10, m)
    m.commit()
    a = admin()
    group = TOPIC + "-group"
    assert (group, "consumer") in a.list_consumer_groups()
    described = a.describe_consumer_groups([group])[0]
    assert (described.state, described.protocol_type, len(described.members)) == ("Stable", "consumer", 1), described
    assert a.list_consumer_group_offsets(group)[TopicPartition(TOPIC, 0)].offset == 10
    m.close()
    assert a.delete_consumer_groups([group])[0][1].errno == 0
    assert a.list_consumer_group_offsets(group) == {}


def outrun_by_retention():
    """TOPIC has lost its beginning to retention; groups TOPIC-earliest and TOPIC-none have offsets below it."""
    partition = TopicPartition(TOPIC, 0)
    for policy in ("earliest", "none"):
        c = KafkaConsumer(
            bootstrap_servers=BOOTSTRAP, group_id=TOPIC + "-" + policy, auto_offset_reset=policy, enable_auto_commit=False,
            session_timeout_ms=10000, heartbeat_interval_ms=500)
        c.subscribe([TOPIC])
        start = c.beginning_offsets([partition])[partition]
        assert start > c.committed(partition) > 0, start
        try:
            offsets = [r.offset for r in poll_until(lambda r: len(r) >= 1, c)]
            assert policy == "earliest" and offsets[0] == start, (policy, offsets[0])
        except OffsetOutOfRangeError as e:
            assert policy == "none" and list(e.args[0]) == [partition], e
        c.close(autocommit=False)


def alter_configs():
    a = admin()
    a.create_topics([NewTopic(TOPIC, 1, 1)])
    a.alter_configs([ConfigResource(ConfigResourceType.TOPIC, TOPIC, {"retention.ms": "7200000"})])
    response = a.describe_configs([ConfigResource(ConfigResourceType.TOPIC, TOPIC)])
    response = response[0] if isinstance(response, list) else response
    assert {e[0]: e[1] for resource in response.resources for e in resource[4]}["retention.ms"] == "7200000"


SCENARIOS = {
    name: value for name, value in list(globals().items()) if callable(value) and getattr(value, "__module__", None) == __name__
}
SCENARIOS.update({codec: (lambda c=codec: compressed(c)) for codec in ("gzip", "snappy", "lz4", "zstd")})

assert kafka.__version__.startswith("2.0."), kafka.__version__
SCENARIOS[SCENARIO]()
print("ok")
