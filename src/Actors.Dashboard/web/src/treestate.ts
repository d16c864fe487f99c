import { useEffect, useRef, useState } from 'preact/hooks';
import { get } from './api';
import type { Child, Children, Stats, Znode } from './api';
import { failure } from './poll';

const pageSize = 200;
const maxPageSize = 500;
const maxPagesAgain = 10;
const maxStats = 100;
const maxQueryLength = 6000;
/** What does not move a zxid (watches), or moves another znode's (children's own children), is read again after this time. */
const staleMs = 5000;

/** The children of an open znode as far as they were read. */
export interface Listing {
  children: Child[]; outcome: Children['outcome'] | null; count: number; matching: number; hasMore: boolean; isWhole: boolean; pzxid: string;
  filter: string; readAt: number; error: string;
}

export interface Tree {
  listings: ReadonlyMap<string, Listing>;
  open: ReadonlySet<string>;
  znode: Znode | null;
  error: string;
  toggle: (path: string, wanted?: boolean) => void;
  more: (path: string) => void;
  filter: (path: string, text: string) => void;
}

export const parentOf = (path: string) => path.slice(0, Math.max(path.lastIndexOf('/'), 1));
export const childPath = (path: string, name: string) => path === '/' ? `/${name}` : `${path}/${name}`;

/** All znodes above one, from the root on. */
export function ancestorsOf(path: string): string[] {
  const all: string[] = [];
  for (let at = path; at !== '/'; at = parentOf(at)) all.unshift(parentOf(at));
  return all;
}

const unread: Listing = {
  children: [], outcome: null, count: 0, matching: 0, hasMore: false, isWhole: true, pzxid: '', filter: '', readAt: 0, error: '',
};

/**
 * What is open of the tree. It is read when it is opened, and again when it has changed: each new zxid asks for the stats of what is open,
 * once for all, and only what has moved is listed again.
 */
export function useTree(selected: string, zxid: string): Tree {
  const [, redraw] = useState(0);
  const listings = useRef(new Map<string, Listing>()).current;
  const open = useRef(new Set<string>(['/'])).current;
  const detail = useRef<{ znode: Znode | null; error: string; readAt: number }>({ znode: null, error: '', readAt: 0 });
  const now = useRef({ selected, zxid, seen: '', busy: false, over: false });
  now.current.selected = selected;
  now.current.zxid = zxid;
  const draw = () => { if (!now.current.over) redraw(n => n + 1); };

  const list = async (path: string, change: Partial<Pick<Listing, 'filter'>> = {}, pages = 1) => {
    const before = listings.get(path) ?? unread;
    const filter = change.filter ?? before.filter;
    listings.set(path, { ...before, filter });
    try {
      const wanted = Math.min(Math.max(before.filter === filter ? before.children.length : 0, pageSize), maxPageSize * maxPagesAgain) + (pages - 1) * pageSize;
      let next: Listing = { ...unread, filter };
      let after = '';
      do {
        const limit = Math.min(Math.max(wanted - next.children.length, 1), maxPageSize);
        const a = await get<Children>(`/api/v1/tree/children?path=${encodeURIComponent(path)}&limit=${limit}`
          + (filter ? `&contains=${encodeURIComponent(filter)}` : '') + (after ? `&after=${encodeURIComponent(after)}` : ''));
        next = { ...a, children: [...next.children, ...a.children], filter, readAt: Date.now(), error: '' };
        after = a.children[a.children.length - 1]?.name ?? '';
      } while (next.hasMore && after && next.children.length < wanted);
      if ((listings.get(path)?.filter ?? filter) === filter) listings.set(path, next);
    } catch (e) {
      listings.set(path, { ...(listings.get(path) ?? before), error: failure(e), readAt: 0 });
    }
    draw();
  };

  const readDetail = async () => {
    const path = now.current.selected;
    try {
      const znode = await get<Znode>(`/api/v1/tree/znode?path=${encodeURIComponent(path)}`);
      if (path === now.current.selected) detail.current = { znode, error: '', readAt: Date.now() };
    } catch (e) {
      if (path === now.current.selected) detail.current = { znode: detail.current.znode, error: failure(e), readAt: 0 };
    }
    draw();
  };

  const follow = async () => {
    const { seen, zxid: current } = now.current;
    const isMoved = current !== seen;
    const isOld = (at: number) => Date.now() - at > staleMs;
    if (isMoved || isOld(detail.current.readAt)) await readDetail();
    const paths = [...open];
    if (isMoved) {
      for (const stat of await readStats(paths)) {
        const listing = listings.get(stat.path);
        if (listing && (listing.pzxid !== stat.pzxid || listing.outcome !== stat.outcome) && listing.outcome === 'ok') await list(stat.path);
      }
    }
    for (const path of paths) {
      const listing = listings.get(path);
      if (listing && isOld(listing.readAt) && (listing.error || listing.outcome !== 'ok' || (isMoved && listing.count <= maxPageSize))) await list(path);
    }
    now.current.seen = current;
  };

  useEffect(() => {
    const tick = () => {
      if (now.current.busy || document.hidden) return;
      now.current.busy = true;
      follow().catch(() => { /* the next tick tries again */ }).finally(() => { now.current.busy = false; });
    };
    const timer = setInterval(tick, 1000);
    return () => { now.current.over = true; clearInterval(timer); };
  }, []);

  useEffect(() => {
    detail.current = { znode: null, error: '', readAt: 0 };
    void readDetail();
    for (const path of [...ancestorsOf(selected), '/']) {
      open.add(path);
      if (!listings.has(path)) void list(path);
    }
  }, [selected]);

  return {
    listings,
    open,
    znode: detail.current.znode?.path === selected ? detail.current.znode : null,
    error: detail.current.error,
    toggle: (path, wanted) => {
      if (wanted ?? !open.has(path)) {
        open.add(path);
        void list(path);
      } else {
        for (const other of [...open]) if (other === path || other.startsWith(path === '/' ? '/' : path + '/')) { open.delete(other); listings.delete(other); }
      }
      draw();
    },
    more: path => { void list(path, {}, 2); },
    filter: (path, text) => { open.add(path); void list(path, { filter: text }); },
  };
}

async function readStats(paths: string[]): Promise<Stats['stats']> {
  const all: Stats['stats'] = [];
  for (let at = 0; at < paths.length;) {
    let query = '';
    const first = at;
    for (; at < paths.length && at - first < maxStats && (at === first || query.length < maxQueryLength); at++) {
      query += `${query ? '&' : '?'}path=${encodeURIComponent(paths[at]!)}`;
    }
    all.push(...(await get<Stats>(`/api/v1/tree/stats${query}`)).stats);
  }
  return all;
}
