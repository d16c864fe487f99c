// The types of /api/v1: Actors.Dashboard/Api/Contracts.cs says what each field means.

export interface Health { status: 'green' | 'yellow' | 'red'; verdict: string; phase: 'starting' | 'ready' | 'stopping'; reasons: Reason[] }
export interface Reason { status: 'yellow' | 'red'; part: string; reason: string }
export interface Address { name: string; address: string }
export interface LogDirectory { path: string; totalBytes: number; usableBytes: number; failure: string | null }
export interface Rates { recordsIn: number; bytesIn: number; bytesOut: number; bytesReceived: number; bytesSent: number; requests: number }

export interface Overview {
  node: { id: number; clusterId: string; controllerId: number; version: string; startedAtMs: number; uptimeMs: number; dataDirectory: string };
  health: Health;
  addresses: Address[];
  totals: {
    topics: number; partitions: number; openPartitions: number; connections: number; acceptedConnections: number; refusedConnections: number;
    bytesReceived: number; bytesSent: number; requests: number; closedByFault: number; recordsIn: number; bytesIn: number; bytesOut: number;
  };
  rates: Rates;
  process: { residentBytes: number; heapBytes: number; cpuPercent: number; threads: number };
  logDirectories: LogDirectory[];
}

export interface Topic {
  name: string; id: string; isInternal: boolean; partitions: number; replicationFactor: number; messages: number; coldPartitions: number;
  sizeBytes: number; recordsInPerSecond: number; bytesInPerSecond: number; bytesOutPerSecond: number;
}

export interface TopicList { catalogVersion: number; count: number; topics: Topic[] }

export interface Partition {
  partition: number; leader: number; leaderEpoch: number; replicas: number[]; inSyncReplicas: number[]; state: string;
  logStart: number; highWatermark: number; lastStable: number; logEnd: number; sizeBytes: number;
}

export interface TopicDetail { topic: Topic; configs: Record<string, string>; partitions: Partition[] }

export interface Connection {
  protocol: string; id: number; remoteAddress: string; clientId: string | null; library: string | null; connectedAtMs: number;
  bytesReceived: number; bytesSent: number; requests: number; bytesReceivedPerSecond: number; bytesSentPerSecond: number;
}

export interface History {
  intervalMs: number; atMs: number[]; recordsIn: number[]; bytesIn: number[]; bytesOut: number[]; requests: number[];
  connections: number[]; cpuPercent: number[]; residentBytes: number[];
}

export interface Tick { atMs: number; catalogVersion: number; overview: Overview; topics: Topic[]; connections: Connection[] }

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal, headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return await response.json() as T;
}

/**
 * Listens to /api/v1/events and connects again for as long as the page lives: the browser's own retry gives up when the answer is an
 * HTTP error, as it is while a node restarts.
 */
export function listen(onTick: (tick: Tick) => void, onState: (connected: boolean) => void): () => void {
  let source: EventSource | null = null;
  let timer = 0;
  let waitMs = 500;
  let silence = 0;
  const again = () => {
    source?.close();
    source = null;
    onState(false);
    clearTimeout(timer);
    timer = window.setTimeout(open, waitMs);
    waitMs = Math.min(waitMs * 2, 4000);
  };
  const expectMore = () => {
    clearTimeout(silence);
    silence = window.setTimeout(again, 6000); // a dead network says nothing: one tick a second is due
  };
  const open = () => {
    source = new EventSource('/api/v1/events');
    source.onerror = again;
    source.onopen = expectMore;
    source.addEventListener('tick', e => {
      waitMs = 500;
      expectMore();
      onState(true);
      onTick(JSON.parse((e as MessageEvent<string>).data) as Tick);
    });
  };
  open();
  return () => { source?.close(); clearTimeout(timer); clearTimeout(silence); };
}
