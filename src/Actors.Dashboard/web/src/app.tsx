import { useEffect, useState } from 'preact/hooks';
import { Chart } from './chart';
import { Connections } from './connections';
import { bytes, duration, short } from './format';
import { Addresses, Header, LogDirectories, Reasons, Tiles } from './overview';
import { useLive } from './state';
import { TopicPage } from './topic';
import { Topics } from './topics';

const ranges: [string, number][] = [['1 min', 60], ['5 min', 300], ['10 min', 600]];

export function App() {
  const [filter, setFilter] = useState('');
  const [seconds, setSeconds] = useState(300);
  const route = useHash();
  const theme = useTheme();
  const live = useLive(filter);
  const { overview, series } = live;
  const topicName = route.startsWith('#/topics/') ? decodeURIComponent(route.slice('#/topics/'.length)) : null;

  useEffect(() => {
    document.title = overview ? `Actors · node ${overview.node.id}${overview.health.status === 'green' ? '' : ' · ' + overview.health.status}` : 'Actors';
  }, [overview?.node.id, overview?.health.status]);

  return (
    <>
      <Header overview={overview} connected={live.connected} theme={theme} />
      <main>
        {!live.connected && overview ? <p class="banner" role="status">Connection lost. Trying again; the figures below are the last ones seen.</p> : null}
        {overview ? <Reasons health={overview.health} /> : <p class="banner" role="status">Connecting…</p>}
        {topicName !== null
          ? <TopicPage name={topicName} live={live.topics.get(topicName)} />
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

function useHash(): string {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => { setHash(location.hash); scrollTo(0, 0); };
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return hash;
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
