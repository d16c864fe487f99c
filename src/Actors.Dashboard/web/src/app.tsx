import { useEffect, useState } from 'preact/hooks';
import { Chart } from './chart';
import { Connections } from './connections';
import { bytes, duration, short } from './format';
import { GroupPage, GroupsPage } from './groups';
import { clockOf } from './hints';
import { Addresses, Header, LogDirectories, Reasons, Tiles } from './overview';
import { useRoute } from './route';
import { SessionPage, SessionsPage } from './sessions';
import { useLive } from './state';
import { TopicPage } from './topic';
import { Topics } from './topics';
import { TreePage } from './tree';

const ranges: [string, number][] = [['1 min', 60], ['5 min', 300], ['10 min', 600]];

export function App() {
  const [filter, setFilter] = useState('');
  const [seconds, setSeconds] = useState(300);
  const route = useRoute();
  const theme = useTheme();
  const live = useLive(filter);
  const { overview, series } = live;
  const name = route.rest.slice(1);

  useEffect(() => {
    document.title = overview ? `Actors · node ${overview.node.id}${overview.health.status === 'green' ? '' : ' · ' + overview.health.status}` : 'Actors';
  }, [overview?.node.id, overview?.health.status]);

  return (
    <>
      <Header overview={overview} connected={live.connected} theme={theme} page={route.page} />
      <main>
        {!live.connected && overview ? <p class="banner" role="status">Connection lost. Trying again; the figures below are the last ones seen.</p> : null}
        {overview ? <Reasons health={overview.health} /> : <p class="banner" role="status">Connecting…</p>}
        {route.page === 'topics' && name
          ? <TopicPage name={name} live={live.topics.get(name)} now={overview ? clockOf(overview) : Date.now()} />
          : overview && route.page === 'tree' ? <TreePage path={route.rest || '/'} overview={overview} />
          : overview && route.page === 'sessions' && name ? <SessionPage id={name} overview={overview} />
          : overview && route.page === 'sessions' ? <SessionsPage overview={overview} series={series} theme={theme.name} />
          : overview && route.page === 'groups' && name ? <GroupPage id={name} overview={overview} theme={theme.name} />
          : overview && route.page === 'groups' ? <GroupsPage overview={overview} />
          : overview && (
            <>
              <Tiles overview={overview} />
              <div class="bar">
                <h2>Last {ranges.find(r => r[1] === seconds)![0]}</h2>
                <span class="choice" role="group" aria-label="Time range">
                  {ranges.map(([label, s]) => <button key={s} aria-pressed={s === seconds} onClick={() => setSeconds(s)}>{label}</button>)}
                </span>
              </div>
              <div class="charts">
                <Chart title="Bytes" at={series.at} unit={bytes} binary seconds={seconds} theme={theme.name}
                  lines={[{ label: 'in', color: '--series-1', values: series.bytesIn }, { label: 'out', color: '--series-2', values: series.bytesOut }]} />
                <Chart title="Messages" at={series.at} unit={short} seconds={seconds} theme={theme.name}
                  lines={[{ label: 'in', color: '--series-1', values: series.recordsIn }]} />
                <Chart title="Requests" at={series.at} unit={short} seconds={seconds} theme={theme.name}
                  lines={[{ label: 'answered', color: '--series-1', values: series.requests }]} />
              </div>
              <Topics topics={[...live.topics.values()]} count={live.topicCount} filter={filter} onFilter={setFilter} />
              <Connections connections={live.connections} total={overview.totals.connections} now={overview.node.startedAtMs + overview.node.uptimeMs} />
              <div class="two">
                <Addresses overview={overview} />
                <LogDirectories overview={overview} />
              </div>
            </>
          )}
      </main>
      <footer>
        {overview ? <span>Actors {overview.node.version}, up {duration(overview.node.uptimeMs)}</span> : null}
        <span>The same figures: <a href="/api/v1/overview">JSON</a>, <a href="/metrics">Prometheus</a>, <a href="/health">health</a></span>
      </footer>
    </>
  );
}

export interface Theme { name: string; toggle: () => void }

function useTheme(): Theme {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const [name, setName] = useState(localStorage.getItem('theme') ?? (dark.matches ? 'dark' : 'light'));
  document.documentElement.dataset.theme = name;
  useEffect(() => {
    const changed = () => { if (!localStorage.getItem('theme')) setName(dark.matches ? 'dark' : 'light'); };
    dark.addEventListener('change', changed);
    return () => dark.removeEventListener('change', changed);
  }, []);
  return {
    name,
    toggle: () => {
      const next = name === 'dark' ? 'light' : 'dark';
      localStorage.setItem('theme', next);
      setName(next);
    },
  };
}
