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
  tree: TreeSummary | null;
}

export interface TreeSummary {
  zxid: string; znodes: number; ephemerals: number; dataBytes: number; sessions: number; connections: number; watches: number; watchedPaths: number;
  outstanding: number; answered: number; requestsPerSecond: number; writesPerSecond: number; latencyMs: number; minLatencyMs: number;
  meanLatencyMs: number; maxLatencyMs: number;
}

export type ZnodeKind = 'persistent' | 'ephemeral' | 'container' | 'ttl';
export type TreeOutcome = 'ok' | 'no-znode' | 'no-permission';

export interface ZnodeStat {
  kind: ZnodeKind; looksSequential: boolean; ttlMs: number; czxid: string; mzxid: string; pzxid: string; ctimeMs: number; mtimeMs: number;
  version: number; cversion: number; aversion: number; ephemeralOwner: string | null; dataLengthBytes: number; childCount: number;
}

export interface DataPreview { isNull: boolean; lengthBytes: number; isCut: boolean; text: string | null; base64: string }
export interface Acl { scheme: string; id: string; permissions: string }
export interface Watcher { session: string | null; mode: string }

export interface Znode {
  path: string; outcome: TreeOutcome; zxid: string; znode: ZnodeStat | null; data: DataPreview | null; acl: Acl[] | null; watches: number;
  watchers: Watcher[];
}

export interface Child { name: string; kind: ZnodeKind | 'hidden'; looksSequential: boolean; dataLengthBytes: number; childCount: number }

export interface Children {
  path: string; outcome: TreeOutcome; pzxid: string; count: number; matching: number; hasMore: boolean; isWhole: boolean; children: Child[];
}

export interface Stats { zxid: string; stats: { path: string; outcome: TreeOutcome; mzxid: string; pzxid: string; aversion: number }[] }

export interface Session {
  id: string; address: string | null; connectedAtMs: number; requests: number; timeoutMs: number; silentMs: number; ephemerals: number;
  watchedPaths: number;
}

export interface Sessions { count: number; sessions: Session[] }
export interface SessionDetail { outcome: 'ok' | 'no-session'; session: Session | null; ephemerals: string[]; watches: string[]; hidden: number }
export interface WatchedPath { path: string; count: number; watchers: Watcher[] }
export interface Watches { count: number; hidden: number; paths: WatchedPath[] }

export interface Group {
  groupId: string; state: string; protocolType: string; assignor: string; generation: number; members: number; topics: number; lag: number;
  lastCommitAtMs: number;
}

export interface Groups { count: number; isLoading: boolean; groups: Group[] }
export interface GroupMember { memberId: string; instanceId: string | null; clientId: string; host: string; partitions: number }

export interface GroupPartition {
  topic: string; partition: number; committed: number; logStart: number; highWatermark: number; lag: number; committedAtMs: number;
  metadata: string; memberId: string | null;
}

export interface TopicGroup { groupId: string; state: string; partitions: number; lag: number; lastCommitAtMs: number }
export interface TopicGroups { looked: number; count: number; groups: TopicGroup[] }
export interface GroupDetail { outcome: string; group: Group | null; members: GroupMember[]; partitions: GroupPartition[]; isCut: boolean }

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
  connections: number[]; cpuPercent: number[]; residentBytes: number[]; treeRequests: number[]; treeWrites: number[]; treeLatencyMs: number[];
  sessions: number[];
}

export interface Tick { atMs: number; catalogVersion: number; overview: Overview; topics: Topic[]; connections: Connection[] }

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal, headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return await response.json() as T;
}

const hiddenMs = 30_000;

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
    timer = 0;
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
  // Nobody sees a hidden page: after a while it listens no more, until it is looked at again.
  let leave = 0;
  const seen = () => {
    clearTimeout(leave);
    if (document.hidden) {
      leave = window.setTimeout(() => { source?.close(); source = null; clearTimeout(timer); clearTimeout(silence); timer = 0; }, hiddenMs);
    } else if (!source && timer === 0) open();
  };
  document.addEventListener('visibilitychange', seen);
  open();
  return () => { document.removeEventListener('visibilitychange', seen); source?.close(); clearTimeout(timer); clearTimeout(silence); clearTimeout(leave); };
}
