import { useEffect, useState } from 'preact/hooks';

/** The part of the page that the address names: `#/tree/payments/master` is page `tree` with rest `/payments/master`. */
export interface Route { page: string; rest: string }

export function parseRoute(hash: string): Route {
  const [, page = '', ...rest] = hash.split('/');
  return { page, rest: rest.length > 0 ? '/' + rest.map(decode).join('/') : '' };
}

function decode(text: string): string {
  try { return decodeURIComponent(text); } catch { return text; }
}

export const treeLink = (path: string) => '#/tree' + path.split('/').map(encodeURIComponent).join('/');
export const sessionLink = (id: string) => `#/sessions/${encodeURIComponent(id)}`;
export const groupLink = (id: string) => `#/groups/${encodeURIComponent(id)}`;

/** The address of the page; a change to another part begins at its top. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    let page = parseRoute(location.hash).page;
    const changed = () => {
      const next = parseRoute(location.hash).page;
      if (next !== page || next !== 'tree') scrollTo(0, 0);
      page = next;
      setHash(location.hash);
    };
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return parseRoute(hash);
}
