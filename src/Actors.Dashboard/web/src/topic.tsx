import { useEffect, useState } from 'preact/hooks';
import { get } from './api';
import type { Partition, Topic, TopicDetail, TopicGroup, TopicGroups } from './api';
import { ago, bytes, count, rate, short } from './format';
import { Lag, State } from './groups';
import { usePoll } from './poll';
import { groupLink } from './route';
import { Table } from './table';
import type { Column } from './table';

const refreshMs = 2000;

const columns: Column<Partition>[] = [
  { label: 'Partition', cell: p => p.partition },
  { label: 'Leader', cell: p => p.leader < 0 ? <b class="bad">none</b> : p.leader, sort: p => -p.leader },
  { label: 'Epoch', cell: p => p.leaderEpoch, wide: true },
  { label: 'In sync', cell: p => <span class={p.inSyncReplicas.length < p.replicas.length ? 'bad' : ''}>{p.inSyncReplicas.join(', ')} of {p.replicas.join(', ')}</span>, wide: true },
  { label: 'Start', cell: p => count(p.logStart), sort: p => p.logStart, number: true, wide: true },
  { label: 'High watermark', cell: p => count(p.highWatermark), sort: p => p.highWatermark, number: true },
  { label: 'End', cell: p => count(p.logEnd), sort: p => p.logEnd, number: true, wide: true },
  { label: 'Messages', cell: p => p.highWatermark < 0 ? '–' : count(p.highWatermark - p.logStart), sort: p => p.highWatermark - p.logStart, number: true },
  { label: 'Size', cell: p => bytes(p.sizeBytes), sort: p => p.sizeBytes, number: true },
  { label: 'State', cell: p => p.state, sort: p => p.state, wide: true },
];

const groupColumns = (now: number): Column<TopicGroup>[] => [
  { label: 'Group', cell: g => <a href={groupLink(g.groupId)}><bdi>{g.groupId || '(no name)'}</bdi></a>, sort: g => g.groupId },
  { label: 'State', cell: g => <State state={g.state} />, sort: g => g.state },
  { label: 'Partitions', cell: g => count(g.partitions), sort: g => g.partitions, number: true, wide: true },
  { label: 'Lag', cell: g => <Lag lag={g.lag} />, sort: g => g.lag, number: true },
  { label: 'Last commit', cell: g => ago(g.lastCommitAtMs, now), sort: g => g.lastCommitAtMs, number: true },
];

export function TopicPage({ name, live, now }: { name: string; live: Topic | undefined; now: number }) {
  const groups = usePoll<TopicGroups>(`/api/v1/topics/${encodeURIComponent(name)}/groups`).data;
  const [detail, setDetail] = useState<TopicDetail | null>(null);
  const [error, setError] = useState('');

  useEffect(() => {
    const over = new AbortController();
    let timer = 0;
    const read = async () => {
      try {
        setDetail(await get<TopicDetail>(`/api/v1/topics/${encodeURIComponent(name)}`, over.signal));
        setError('');
      } catch (e) {
        if (over.signal.aborted) return;
        setError(String(e).includes('404') ? 'There is no topic of this name.' : 'No answer from the node. Trying again.');
      }
      timer = window.setTimeout(read, refreshMs);
    };
    void read();
    return () => { over.abort(); clearTimeout(timer); };
  }, [name]);

  const topic = live ?? detail?.topic;
  return (
    <>
      <p><a href="#/">← all topics</a></p>
      <h1>{name}</h1>
      {error ? <p class="banner" role="status">{error}</p> : null}
      {topic ? (
        <dl class="tiles">
          <div class="tile"><dt>Messages</dt><dd>{count(topic.messages)}<small>{count(topic.partitions)} partition{topic.partitions === 1 ? '' : 's'}</small></dd></div>
          <div class="tile"><dt>Size</dt><dd>{bytes(topic.sizeBytes)}<small>{topic.replicationFactor} replica{topic.replicationFactor === 1 ? '' : 's'}</small></dd></div>
          <div class="tile"><dt>Messages in</dt><dd>{rate(topic.recordsInPerSecond, short)}<small>{rate(topic.bytesInPerSecond, bytes)}</small></dd></div>
          <div class="tile"><dt>Bytes out</dt><dd>{rate(topic.bytesOutPerSecond, bytes)}<small>id {topic.id.slice(0, 8)}</small></dd></div>
        </dl>
      ) : null}
      {detail ? (
        <>
          <section class="card" id="partitions"><h2>Partitions</h2><Table columns={columns} rows={detail.partitions} rowKey={p => String(p.partition)} empty="No partitions." /></section>
          <section class="card" id="topic-groups">
            <h2>Consumer groups <small>{count(groups?.groups.length ?? 0)}</small></h2>
            <Table columns={groupColumns(now)} rows={groups?.groups ?? []} rowKey={g => g.groupId} sortBy="Group"
              empty={groups ? 'No group has committed an offset here.' : 'Loading…'} />
            {groups && groups.looked < groups.count ? <p class="muted">Of the first {count(groups.looked)} of {count(groups.count)} groups.</p> : null}
          </section>
          <section class="card">
            <h2>Settings</h2>
            {Object.keys(detail.configs).length === 0
              ? <p class="muted">All settings have their defaults.</p>
              : <table class="pairs"><tbody>{Object.entries(detail.configs).map(([k, v]) => <tr key={k}><th scope="row">{k}</th><td><code>{v}</code></td></tr>)}</tbody></table>}
          </section>
        </>
      ) : null}
    </>
  );
}
