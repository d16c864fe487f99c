import type { Health, Overview } from './api';
import type { Theme } from './app';
import { bytes, count, short } from './format';
import { Tile } from './hints';

const parts: [string, string][] = [['', 'Overview'], ['tree', 'Tree'], ['sessions', 'Sessions'], ['groups', 'Groups']];

interface HeaderProps { overview: Overview | null; connected: boolean; theme: Theme; page: string }

export function Header({ overview, connected, theme, page }: HeaderProps) {
  return (
    <header>
      <a class="brand" href="#/">Actors</a>
      <nav aria-label="Parts of the page">
        {parts.map(([name, label]) => <a key={name} href={`#/${name}`} aria-current={(page === 'topics' ? '' : page) === name ? 'page' : undefined}>{label}</a>)}
      </nav>
      {overview ? <span class="muted node">node {overview.node.id < 0 ? '–' : overview.node.id}</span> : null}
      {overview ? <Verdict health={overview.health} connected={connected} /> : null}
      <button class="theme" onClick={theme.toggle} aria-label={`Switch to ${theme.name === 'dark' ? 'light' : 'dark'} colours`}>
        {theme.name === 'dark' ? 'Light' : 'Dark'}
      </button>
    </header>
  );
}

function Verdict({ health, connected }: { health: Health; connected: boolean }) {
  if (!connected) return <span class="verdict unknown" id="verdict">No connection</span>;
  return <span class={`verdict ${health.phase === 'ready' ? health.status : 'unknown'}`} id="verdict">{health.verdict}</span>;
}

export function Reasons({ health }: { health: Health }) {
  if (health.reasons.length === 0) return null;
  return (
    <ul class="reasons">
      {health.reasons.map(r => <li key={r.reason} class={r.status}><b>{r.part}</b> {r.reason}</li>)}
    </ul>
  );
}

export function Tiles({ overview }: { overview: Overview }) {
  const { rates, totals, process } = overview;
  return (
    <dl class="tiles">
      <Tile id="tile-messages" label="Messages in" value={`${short(rates.recordsIn)}/s`} note={`total ${short(totals.recordsIn)}`} />
      <Tile label="Bytes in" value={`${bytes(rates.bytesIn)}/s`} note={`total ${bytes(totals.bytesIn)}`} />
      <Tile label="Bytes out" value={`${bytes(rates.bytesOut)}/s`} note={`total ${bytes(totals.bytesOut)}`} />
      <Tile label="Requests" value={`${short(rates.requests)}/s`} note={`total ${short(totals.requests)}`} />
      <Tile label="Connections" value={count(totals.connections)} note={connectionNote(totals)} />
      {overview.tree ? <Tile label="Znodes" href="#/tree" value={count(overview.tree.znodes)} note={`${count(overview.tree.sessions)} session${overview.tree.sessions === 1 ? '' : 's'}`} /> : null}
      <Tile label="Topics" value={count(totals.topics)} note={`${count(totals.partitions)} partition${totals.partitions === 1 ? '' : 's'}`} />
      <Tile label="Processor" value={`${process.cpuPercent.toFixed(process.cpuPercent < 10 ? 1 : 0)} %`} note="of one core" />
      <Tile label="Memory" value={bytes(process.residentBytes)} note={`heap ${bytes(process.heapBytes)}`} />
    </dl>
  );
}

function connectionNote(totals: Overview['totals']): string {
  if (totals.refusedConnections > 0) return `${count(totals.refusedConnections)} refused`;
  if (totals.closedByFault > 0) return `${count(totals.closedByFault)} ended by fault`;
  return `total ${count(totals.acceptedConnections)}`;
}

const means: Record<string, string> = {
  kafka: 'Kafka clients', zookeeper: 'ZooKeeper clients', dashboard: 'this page', orleans: 'Orleans clients (gateway)',
};

export function Addresses({ overview }: { overview: Overview }) {
  return (
    <section class="card" id="addresses">
      <h2>Addresses</h2>
      <table class="pairs">
        <tbody>
          {overview.addresses.map(a => <tr key={a.name}><th scope="row">{means[a.name] ?? a.name}</th><td><code>{a.address}</code></td></tr>)}
          <tr><th scope="row">Cluster</th><td><code>{overview.node.clusterId || '–'}</code></td></tr>
          <tr><th scope="row">Data directory</th><td><code>{overview.node.dataDirectory}</code></td></tr>
        </tbody>
      </table>
    </section>
  );
}

export function LogDirectories({ overview }: { overview: Overview }) {
  return (
    <section class="card" id="log-directories">
      <h2>Log directories</h2>
      {overview.logDirectories.length === 0 ? <p class="muted">None yet.</p> : null}
      {overview.logDirectories.map(d => {
        const used = d.totalBytes > 0 ? (d.totalBytes - d.usableBytes) / d.totalBytes : 0;
        return (
          <div key={d.path} class="directory">
            <p><code>{d.path}</code> {d.failure ? <b class="bad">failed: {d.failure}</b> : null}</p>
            <meter min={0} max={1} low={0.8} high={0.95} optimum={0} value={used} aria-label={`${Math.round(used * 100)} % used`} />
            <p class="muted">{bytes(d.usableBytes)} free of {bytes(d.totalBytes)} ({Math.round(used * 100)} % of the disk used)</p>
          </div>
        );
      })}
    </section>
  );
}
