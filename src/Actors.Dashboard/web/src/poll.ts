import { useEffect, useState } from 'preact/hooks';
import { get } from './api';

const refreshMs = 2000;

export interface Polled<T> { data: T | null; error: string }

/** What an address answers, read again every two seconds while somebody can see the page. */
export function usePoll<T>(path: string, onData?: (data: T) => void): Polled<T> {
  const [polled, setPolled] = useState<Polled<T> & { path: string }>({ data: null, error: '', path });
  useEffect(() => {
    const over = new AbortController();
    let timer = 0;
    const read = async () => {
      if (!document.hidden) {
        try {
          const data = await get<T>(path, over.signal);
          onData?.(data);
          setPolled({ data, error: '', path });
        } catch (e) {
          if (over.signal.aborted) return;
          setPolled(p => ({ data: p.path === path ? p.data : null, error: failure(e), path }));
        }
      }
      timer = window.setTimeout(read, refreshMs);
    };
    const seen = () => { if (!document.hidden) { clearTimeout(timer); void read(); } };
    void read();
    document.addEventListener('visibilitychange', seen);
    return () => { over.abort(); clearTimeout(timer); document.removeEventListener('visibilitychange', seen); };
  }, [path]);
  return polled.path === path ? polled : { data: null, error: '' };
}

/** A sentence for what went wrong. */
export function failure(e: unknown): string {
  const text = String(e);
  if (text.includes('503')) return 'The node is not open yet. Trying again.';
  if (text.includes('414')) return 'This path is too long to be asked for here.';
  return 'No answer from the node. Trying again.';
}
