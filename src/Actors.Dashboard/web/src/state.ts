import { useEffect, useRef, useState } from 'preact/hooks';
import { get, listen } from './api';
import type { Connection, History, Overview, Tick, Topic, TopicList } from './api';

const maxPoints = 600;

export interface Series {
  at: number[]; recordsIn: number[]; bytesIn: number[]; bytesOut: number[]; requests: number[];
  treeRequests: number[]; treeWrites: number[]; treeLatencyMs: number[]; sessions: number[];
}

export interface Live {
  connected: boolean;
  overview: Overview | null;
  topics: Map<string, Topic>;
  topicCount: number;
  connections: Connection[];
  series: Series;
}

const nothing: Live = {
  connected: false, overview: null, topics: new Map(), topicCount: 0, connections: [],
  series: { at: [], recordsIn: [], bytesIn: [], bytesOut: [], requests: [], treeRequests: [], treeWrites: [], treeLatencyMs: [], sessions: [] },
};

/** Everything the page shows, kept current by the event stream; lists are read again when the stream says that they changed. */
export function useLive(filter: string): Live {
  const [live, setLive] = useState<Live>(nothing);
  const seen = useRef({ version: -1, startedAtMs: 0, lastAtMs: 0, filter: '' });
  const current = useRef(filter);
  current.current = filter;

  const readTopics = async () => {
    const wanted = current.current;
    const list = await get<TopicList>(`/api/v1/topics?limit=500&contains=${encodeURIComponent(wanted)}`);
    if (wanted !== current.current) return;
    setLive(l => ({ ...l, topics: new Map(list.topics.map(t => [t.name, t])), topicCount: list.count }));
  };

  const readHistory = async () => {
    const h = await get<History>('/api/v1/history');
    setLive(l => ({
      ...l,
      series: {
        at: h.atMs.map(t => t / 1000), recordsIn: h.recordsIn, bytesIn: h.bytesIn, bytesOut: h.bytesOut, requests: h.requests,
        treeRequests: h.treeRequests, treeWrites: h.treeWrites, treeLatencyMs: h.treeLatencyMs, sessions: h.sessions,
      },
    }));
  };

  useEffect(() => {
    const onTick = (tick: Tick) => {
      const s = seen.current;
      // A gap in the ticks or another process behind the address: what was missed is read anew.
      if (tick.atMs - s.lastAtMs > 2500 || tick.overview.node.startedAtMs !== s.startedAtMs) {
        s.version = -1;
        readHistory().catch(ignore);
      }
      s.lastAtMs = tick.atMs;
      s.startedAtMs = tick.overview.node.startedAtMs;
      if (s.version !== tick.catalogVersion) {
        s.version = tick.catalogVersion;
        readTopics().catch(() => { s.version = -1; });
      }
      setLive(l => merge(l, tick));
    };
    return listen(onTick, connected => setLive(l => l.connected === connected ? l : { ...l, connected }));
  }, []);

  useEffect(() => {
    const timer = setTimeout(() => { readTopics().catch(ignore); }, filter ? 150 : 0);
    return () => clearTimeout(timer);
  }, [filter]);

  return live;
}

function ignore() { /* the next tick tries again */ }

function merge(live: Live, tick: Tick): Live {
  const topics = new Map(live.topics);
  for (const [name, topic] of topics) {
    if (topic.recordsInPerSecond || topic.bytesInPerSecond || topic.bytesOutPerSecond) {
      topics.set(name, { ...topic, recordsInPerSecond: 0, bytesInPerSecond: 0, bytesOutPerSecond: 0 });
    }
  }
  for (const topic of tick.topics) if (topics.has(topic.name)) topics.set(topic.name, topic);
  const { series } = live;
  const r = tick.overview.rates;
  const tree = tick.overview.tree;
  return {
    ...live,
    connected: true,
    overview: tick.overview,
    topics,
    connections: tick.connections,
    series: {
      at: push(series.at, tick.atMs / 1000),
      recordsIn: push(series.recordsIn, r.recordsIn),
      bytesIn: push(series.bytesIn, r.bytesIn),
      bytesOut: push(series.bytesOut, r.bytesOut),
      requests: push(series.requests, r.requests),
      treeRequests: push(series.treeRequests, tree?.requestsPerSecond ?? 0),
      treeWrites: push(series.treeWrites, tree?.writesPerSecond ?? 0),
      treeLatencyMs: push(series.treeLatencyMs, tree?.latencyMs ?? 0),
      sessions: push(series.sessions, tree?.sessions ?? 0),
    },
  };
}

const push = (values: number[], value: number) => [...values.slice(-(maxPoints - 1)), value];
