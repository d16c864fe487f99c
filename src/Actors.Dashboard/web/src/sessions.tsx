import { useState } from 'preact/hooks';
import type { Overview, Session, SessionDetail, Sessions, WatchedPath, Watches } from './api';
import { count, duration, millis } from './format';
import { Banner, Command, Empty, Tile, addressOf, clockOf } from './hints';
import { usePoll } from './poll';
import { sessionLink, treeLink } from './route';
import type { Series } from './state';
import { Table } from './table';
import type { Column } from './table';
import { TreeCharts, TreeTiles } from './tree';

const pageSize = 100;

const columns: Column<Session>[] = [
  { label: 'Session', cell: s => <a href={sessionLink(s.id)}><code>{s.id}</code></a>, sort: s => s.id },
  { label: 'Address', cell: s => s.address ? <code>{s.address}</code> : <span class="muted">no connection</span>, sort: s => s.address ?? '' },
  { label: 'Idle', cell: s => <Idle session={s} />, sort: s => s.silentMs, number: true },
  { label: 'Timeout', cell: s => millis(s.timeoutMs), sort: s => s.timeoutMs, number: true, wide: true },
  { label: 'Ephemerals', cell: s => count(s.ephemerals), sort: s => s.ephemerals, number: true },
  { label: 'Watched paths', cell: s => count(s.watchedPaths), sort: s => s.watchedPaths, number: true, wide: true },
  { label: 'Requests', cell: s => count(s.requests), sort: s => s.requests, number: true, wide: true },
];

const watchColumns: Column<WatchedPath>[] = [
  { label: 'Path', cell: w => <a href={treeLink(w.path)}><bdi>{w.path}</bdi></a>, sort: w => w.path },
  { label: 'Watches', cell: w => count(w.count), sort: w => w.count, number: true },
  { label: 'By', cell: w => <Sessions of={w} />, wide: true },
];

export function SessionsPage({ overview, series, theme }: { overview: Overview; series: Series; theme: string }) {
  const [after, setAfter] = useState<string[]>([]);
  const from = after[after.length - 1];
  const { data, error } = usePoll<Sessions>(`/api/v1/tree/sessions?limit=${pageSize}${from ? `&after=${from}` : ''}`);
  const watches = usePoll<Watches>('/api/v1/tree/watches?limit=200').data;
  const server = addressOf(overview, 'zookeeper');
  const rows = data?.sessions ?? [];
  return (
    <>
      <h1 class="sr">Sessions</h1>
      <Banner>{error}</Banner>
      <TreeTiles overview={overview} />
      <TreeCharts series={series} theme={theme} />
      <section class="card" id="sessions">
        <h2>Sessions <small>{count(data?.count ?? 0)}</small></h2>
        {data && data.count === 0
          ? <Empty command={server ? `zkCli.sh -server ${server}` : null}>{server ? 'Nobody has a session. Open one:' : 'Nobody has a session: the port for ZooKeeper clients is off (Actors:ZooKeeper:Port).'}</Empty>
          : <Table columns={columns} rows={rows} rowKey={s => s.id} empty={data ? 'None on this page.' : 'Loading…'} />}
        {after.length > 0 ? <button class="more" onClick={() => setAfter(after.slice(0, -1))}>Previous</button> : null}
        {rows.length === pageSize ? <button class="more" onClick={() => setAfter([...after, rows[rows.length - 1]!.id])}>Next</button> : null}
      </section>
      <section class="card" id="watches">
        <h2>Watched paths <small>{count(watches?.count ?? 0)}</small></h2>
        {watches && watches.count === 0
          ? <Empty command={server ? `zkCli.sh -server ${server} stat -w /zookeeper` : null}>Nobody watches a path through this node. A watch is set by a read:</Empty>
          : <Table columns={watchColumns} rows={watches?.paths ?? []} rowKey={w => w.path} sortBy="Path" empty={watches ? 'None that everybody may see.' : 'Loading…'} limit={50} />}
        {watches ? <Hidden hidden={watches.hidden} /> : null}
        {watches && watches.count > watches.paths.length + watches.hidden ? <p class="muted">{watches.paths.length} of {count(watches.count)}; each znode shows who watches it.</p> : null}
      </section>
    </>
  );
}

export function SessionPage({ id, overview }: { id: string; overview: Overview }) {
  const { data, error } = usePoll<SessionDetail>(`/api/v1/tree/session?id=${encodeURIComponent(id)}`);
  const server = addressOf(overview, 'zookeeper');
  const session = data?.session;
  return (
    <>
      <p><a href="#/sessions">← all sessions</a></p>
      <h1>Session <code>{id}</code></h1>
      <Banner>{error}</Banner>
      {data?.outcome === 'no-session' ? <Banner>There is no session of this id. It has ended, and its ephemeral znodes are gone.</Banner> : null}
      {session ? (
        <>
          <dl class="tiles">
            <Tile label="Address" value={<span class="small">{session.address ?? 'none'}</span>} note={session.connectedAtMs < 0 ? 'no connection' : `for ${duration(clockOf(overview) - session.connectedAtMs)}`} />
            <Tile label="Idle" value={<Idle session={session} />} note={`ends after ${millis(session.timeoutMs)}`} />
            <Tile label="Ephemerals" value={count(session.ephemerals)} note="go with it" />
            <Tile label="Watched paths" value={count(session.watchedPaths)} note="on this node" />
            <Tile label="Requests" value={count(session.requests)} note="of its connection" />
          </dl>
          <div class="two">
            <Paths id="ephemerals" title="Ephemeral znodes" paths={data!.ephemerals} total={session.ephemerals} empty="It has none." />
            <Paths id="session-watches" title="Watched paths" paths={data!.watches} total={session.watchedPaths} empty="It watches none through this node." />
          </div>
          <Hidden hidden={data!.hidden} />
        </>
      ) : null}
      {server && session ? <details class="same"><summary>The same in a shell</summary><Command>{`echo cons | nc ${server.replace(/:(\d+)$/, ' $1')}`}</Command></details> : null}
    </>
  );
}

function Paths({ id, title, paths, total, empty }: { id: string; title: string; paths: string[]; total: number; empty: string }) {
  return (
    <section class="card" id={id}>
      <h2>{title} <small>{count(total)}</small></h2>
      {total === 0 ? <p class="muted">{empty}</p> : null}
      <ul class="paths">{paths.map(p => <li key={p}><a href={treeLink(p)}><bdi>{p}</bdi></a></li>)}</ul>
      {paths.length < total ? <p class="muted">{paths.length} of {count(total)}.</p> : null}
    </section>
  );
}

function Sessions({ of: watched }: { of: WatchedPath }) {
  return (
    <>
      {watched.watchers.map((w, i) => <span key={i} class="by">{w.session ? <a href={sessionLink(w.session)}><code>{w.session}</code></a> : 'a stream'} <span class="mark">{w.mode}</span></span>)}
      {watched.count > watched.watchers.length ? <span class="muted">and {count(watched.count - watched.watchers.length)} more</span> : null}
    </>
  );
}

function Hidden({ hidden }: { hidden: number }) {
  return hidden > 0 ? <p class="muted">{count(hidden)} more below znodes that <code>world:anyone</code> may not read.</p> : null;
}

/** Silent for more than two thirds of its timeout: a client pings at a third. */
function Idle({ session }: { session: Session }) {
  return <span class={session.silentMs * 3 > session.timeoutMs * 2 ? 'bad' : ''}>{millis(session.silentMs)}</span>;
}
