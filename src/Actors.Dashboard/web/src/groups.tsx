import { useRef, useState } from 'preact/hooks';
import type { Group, GroupDetail, GroupMember, GroupPartition, Groups, Overview } from './api';
import { Chart } from './chart';
import { ago, count, quoted, short } from './format';
import { Banner, Command, Empty, Tile, addressOf, clockOf } from './hints';
import { usePoll } from './poll';
import { groupLink } from './route';
import { Table } from './table';
import type { Column } from './table';

const pageSize = 100;
const maxPoints = 300;

const states: Record<string, string> = {
  Stable: 'members have their partitions', PreparingRebalance: 'waits for members to join', CompletingRebalance: 'waits for its leader\'s assignment',
  Empty: 'no members now',
};

const columns = (now: number): Column<Group>[] => [
  { label: 'Group', cell: g => <a href={groupLink(g.groupId)}><bdi>{g.groupId || '(no name)'}</bdi></a>, sort: g => g.groupId },
  { label: 'State', cell: g => <State state={g.state} />, sort: g => g.state },
  { label: 'Members', cell: g => count(g.members), sort: g => g.members, number: true },
  { label: 'Topics', cell: g => count(g.topics), sort: g => g.topics, number: true, wide: true },
  { label: 'Lag', cell: g => <Lag lag={g.lag} />, sort: g => g.lag, number: true },
  { label: 'Assignor', cell: g => g.assignor || <span class="muted">–</span>, sort: g => g.assignor, wide: true },
  { label: 'Last commit', cell: g => ago(g.lastCommitAtMs, now), sort: g => g.lastCommitAtMs, number: true, wide: true },
];

export function GroupsPage({ overview }: { overview: Overview }) {
  const [filter, setFilter] = useState('');
  const [after, setAfter] = useState<string[]>([]);
  const from = after[after.length - 1];
  const { data, error } = usePoll<Groups>(`/api/v1/groups?limit=${pageSize}&contains=${encodeURIComponent(filter)}${from ? `&after=${encodeURIComponent(from)}` : ''}`);
  const server = addressOf(overview, 'kafka');
  const rows = data?.groups ?? [];
  return (
    <>
      <h1 class="sr">Consumer groups</h1>
      <Banner>{error}</Banner>
      <Banner>{data?.isLoading ? 'A coordinator still reads its log: some groups may be missing.' : null}</Banner>
      <section class="card" id="groups">
        <div class="bar">
          <h2>Groups <small>{count(data?.count ?? 0)}</small></h2>
          <input type="search" placeholder="Filter" aria-label="Filter groups by id" value={filter} onInput={e => { setAfter([]); setFilter(e.currentTarget.value); }} />
        </div>
        {data && data.count === 0 && !filter
          ? <Empty command={server ? `kcat -b ${server} -G mygroup mytopic` : null}>{server ? 'No groups yet. A consumer that names one makes it:' : 'No groups yet, and the port for Kafka clients is off (Actors:Kafka:Port).'}</Empty>
          : <Table columns={columns(clockOf(overview))} rows={rows} rowKey={g => g.groupId} sortBy="Group" empty={data ? 'No group has this in its id.' : 'Loading…'} />}
        {after.length > 0 ? <button class="more" onClick={() => setAfter(after.slice(0, -1))}>Previous</button> : null}
        {rows.length === pageSize ? <button class="more" onClick={() => setAfter([...after, rows[rows.length - 1]!.groupId])}>Next</button> : null}
      </section>
    </>
  );
}

export function GroupPage({ id, overview, theme }: { id: string; overview: Overview; theme: string }) {
  const trend = useRef<{ id: string; at: number[]; lag: number[] }>({ id, at: [], lag: [] });
  if (trend.current.id !== id) trend.current = { id, at: [], lag: [] };
  const { data, error } = usePoll<GroupDetail>(`/api/v1/group?id=${encodeURIComponent(id)}`, d => {
    const t = trend.current;
    trend.current = { id, at: [...t.at, Date.now() / 1000].slice(-maxPoints), lag: [...t.lag, Math.max(0, d.group?.lag ?? 0)].slice(-maxPoints) };
  });
  const server = addressOf(overview, 'kafka');
  const group = data?.group;
  const now = clockOf(overview);
  const members = new Map((data?.members ?? []).map(m => [m.memberId, m]));
  return (
    <>
      <p><a href="#/groups">← all groups</a></p>
      <h1><bdi>{id}</bdi></h1>
      <Banner>{error}</Banner>
      {data && data.outcome !== 'ok' ? <Banner>{data.outcome === 'no-group' ? 'There is no group of this id.' : data.outcome === 'loading' ? 'Its coordinator still reads its log. Trying again.' : `The coordinator answers ${data.outcome}.`}</Banner> : null}
      {data && group ? (
        <>
          <dl class="tiles">
            <Tile label="State" value={<State state={group.state} />} note={states[group.state]} />
            <Tile id="tile-lag" label="Lag" value={<Lag lag={group.lag} />} note="records behind" />
            <Tile label="Members" value={count(group.members)} note={group.assignor ? `assignor ${group.assignor}` : 'no assignor'} />
            <Tile label="Generation" value={count(group.generation)} note={group.protocolType || 'no protocol'} />
            <Tile label="Last commit" value={<span class="small">{ago(group.lastCommitAtMs, now)}</span>} note={`${count(group.topics)} topic${group.topics === 1 ? '' : 's'}`} />
          </dl>
          <section class="card" id="group-partitions">
            <h2>Offsets <small>{count(data.partitions.length)}</small></h2>
            <Table columns={partitionColumns(data.partitions, members, now)} rows={data.partitions} rowKey={p => `${p.topic}/${p.partition}`} empty="No offset is committed, and no partition assigned." />
          </section>
          <section class="card" id="members">
            <h2>Members <small>{count(group.members)}</small></h2>
            <Table columns={memberColumns} rows={data.members} rowKey={m => m.memberId} empty="No members: nobody consumes for this group now. Its offsets are kept." />
          </section>
          {data.isCut ? <p class="muted">Only the first partitions and members are shown.</p> : null}
          <Chart title="Lag since this page was opened" at={trend.current.at} unit={short} seconds={600} theme={theme} suffix="" whole
            lines={[{ label: 'all partitions', color: '--series-1', values: trend.current.lag }]} />
          {server ? <details class="same"><summary>The same in a shell</summary><Command>{`kafka-consumer-groups.sh --bootstrap-server ${server} --describe --group ${quoted(id)}`}</Command></details> : null}
        </>
      ) : null}
    </>
  );
}

function partitionColumns(rows: GroupPartition[], members: Map<string, GroupMember>, now: number): Column<GroupPartition>[] {
  const most = Math.max(1, ...rows.map(r => r.lag));
  return [
    { label: 'Topic', cell: p => <a href={`#/topics/${encodeURIComponent(p.topic)}`}>{p.topic}</a>, sort: p => p.topic },
    { label: 'Partition', cell: p => p.partition, sort: p => -p.partition, number: true },
    { label: 'Committed', cell: p => <Committed row={p} />, sort: p => p.committed, number: true },
    { label: 'End', cell: p => count(p.highWatermark), sort: p => p.highWatermark, number: true, wide: true },
    { label: 'Lag', cell: p => <LagBar lag={p.lag} most={most} />, sort: p => p.lag, number: true },
    { label: 'Committed at', cell: p => ago(p.committedAtMs, now), sort: p => p.committedAtMs, number: true, wide: true },
    { label: 'Member', cell: p => p.memberId ? <code>{members.get(p.memberId)?.clientId || p.memberId}</code> : <span class="muted">nobody</span>, wide: true },
  ];
}

const memberColumns: Column<GroupMember>[] = [
  { label: 'Client', cell: m => m.clientId || <span class="muted">unnamed</span>, sort: m => m.clientId },
  { label: 'Host', cell: m => <code>{m.host}</code>, sort: m => m.host },
  { label: 'Partitions', cell: m => m.partitions < 0 ? '–' : count(m.partitions), sort: m => m.partitions, number: true },
  { label: 'Instance', cell: m => m.instanceId ?? <span class="muted">–</span>, wide: true },
  { label: 'Member', cell: m => <code class="small">{m.memberId}</code>, wide: true },
];

function Committed({ row }: { row: GroupPartition }) {
  if (row.committed < 0) return <span class="muted" title="Nothing is committed">–</span>;
  const isGone = row.logStart >= 0 && row.committed < row.logStart;
  return isGone
    ? <span class="bad" title={`The log begins at ${count(row.logStart)}: what lies between was deleted unread`}>{count(row.committed)} ⚠<span class="sr"> below the log's start {count(row.logStart)}</span></span>
    : <>{count(row.committed)}</>;
}

function LagBar({ lag, most }: { lag: number; most: number }) {
  if (lag < 0) return <span class="muted">–</span>;
  return <span class="lag"><i style={{ width: `${Math.round(lag / most * 60)}px` }} aria-hidden="true" />{count(lag)}</span>;
}

export const Lag = ({ lag }: { lag: number }) => lag < 0 ? <span class="muted" title="Nothing is committed">–</span> : <>{count(lag)}</>;

export function State({ state }: { state: string }) {
  const words: Record<string, string> = { PreparingRebalance: 'Rebalancing', CompletingRebalance: 'Rebalancing' };
  return <span class={`state ${state.toLowerCase()}`} title={states[state]}>{words[state] ?? state}</span>;
}
