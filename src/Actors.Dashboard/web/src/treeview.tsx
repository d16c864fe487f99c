import { useEffect, useRef, useState } from 'preact/hooks';
import type { Child } from './api';
import { count } from './format';
import { treeLink } from './route';
import { childPath, parentOf } from './treestate';
import type { Tree } from './treestate';

interface Row { path: string; name: string; depth: number; child: Child | null; isOpen: boolean; more?: number; note?: string }

/** Kinds that stand out; persistent is the rule and stays unmarked. */
const marks: Record<string, [string, string]> = {
  ephemeral: ['ephemeral', 'Goes with its session'],
  container: ['container', 'Is deleted some time after its last child has gone'],
  ttl: ['TTL', 'Is deleted when it has not changed for its time to live'],
  hidden: ['no permission', 'world:anyone may not read it'],
};

/** The tree as a list of rows, walked with the arrow keys as trees are (WAI-ARIA: tree view). */
export function TreeView({ tree, selected }: { tree: Tree; selected: string }) {
  const rows = rowsOf(tree, selected);
  const [focused, setFocused] = useState(selected);
  const box = useRef<HTMLDivElement>(null);
  const current = rows.some(r => r.path === focused && !r.more && !r.note) ? focused : rows.some(r => r.path === selected) ? selected : '/';

  useEffect(() => { setFocused(selected); }, [selected]);
  const isShown = rows.some(r => r.path === selected);
  useEffect(() => {
    const row = box.current?.querySelector<HTMLElement>('[aria-selected="true"]');
    if (row && box.current) {
      const [top, bottom] = [row.offsetTop - box.current.offsetTop, row.offsetTop - box.current.offsetTop + row.offsetHeight];
      if (top < box.current.scrollTop || bottom > box.current.scrollTop + box.current.clientHeight) box.current.scrollTop = Math.max(0, top - 60);
    }
  }, [selected, isShown]);

  const focus = (path: string) => {
    setFocused(path);
    for (const row of box.current?.querySelectorAll<HTMLElement>('[role=treeitem]') ?? []) if (row.dataset.path === path) row.focus();
  };

  const onKeyDown = (e: KeyboardEvent) => {
    const items = rows.filter(r => !r.note && !r.more);
    const at = items.findIndex(r => r.path === current);
    const row = items[at];
    if (!row || e.altKey || e.ctrlKey || e.metaKey || (e.target as HTMLElement).tagName === 'BUTTON') return;
    const step = (to: number) => { const next = items[Math.max(0, Math.min(items.length - 1, to))]; if (next) focus(next.path); };
    switch (e.key) {
      case 'ArrowDown': step(at + 1); break;
      case 'ArrowUp': step(at - 1); break;
      case 'Home': step(0); break;
      case 'End': step(items.length - 1); break;
      case 'ArrowRight': if (row.isOpen) step(at + 1); else if (mayOpen(row)) tree.toggle(row.path, true); break;
      case 'ArrowLeft': if (row.isOpen && row.path !== '/') tree.toggle(row.path, false); else focus(parentOf(row.path)); break;
      case 'Enter': case ' ': location.hash = treeLink(row.path); break;
      default: return;
    }
    e.preventDefault();
  };

  return (
    <div class="tree" role="tree" aria-label="Znodes" ref={box} onKeyDown={onKeyDown}>
      {rows.map(row => row.note || row.more
        ? (
          <div key={`${row.path} ${row.note ? 'note' : 'more'}`} class="row note" role="none" style={{ paddingLeft: `${indent(row.depth) + 20}px` }}>
            {row.note ?? <button class="more" onClick={() => tree.more(row.path)}>Show more of {count(row.more!)}</button>}
          </div>
        )
        : <Item key={row.path} row={row} tree={tree} isSelected={row.path === selected} isFocus={row.path === current} onFocus={() => setFocused(row.path)} />)}
    </div>
  );
}

function Item({ row, tree, isSelected, isFocus, onFocus }: { row: Row; tree: Tree; isSelected: boolean; isFocus: boolean; onFocus: () => void }) {
  const { child } = row;
  const mark = child ? marks[child.kind] : undefined;
  const canOpen = mayOpen(row);
  return (
    <div class={isSelected ? 'row selected' : 'row'} role="treeitem" data-path={row.path} aria-level={row.depth + 1} aria-selected={isSelected}
      aria-expanded={canOpen ? row.isOpen : undefined} tabIndex={isFocus ? 0 : -1} style={{ paddingLeft: `${indent(row.depth)}px` }} onFocus={onFocus}
      onClick={() => { location.hash = treeLink(row.path); if (canOpen && !row.isOpen) tree.toggle(row.path, true); }}>
      <span class={canOpen ? 'twisty' : 'twisty none'} aria-hidden="true"
        onClick={e => { if (canOpen) { e.stopPropagation(); tree.toggle(row.path); } }}>{canOpen ? (row.isOpen ? '▾' : '▸') : '·'}</span>
      <bdi class="name">{row.name}</bdi>
      {mark ? <span class={`mark ${child!.kind}`} title={mark[1]}>{mark[0]}</span> : null}
      {child?.looksSequential ? <span class="mark" title="Its name ends as a numbered znode's does">seq</span> : null}
      {child && child.childCount > 0 ? <span class="muted number" title={`${count(child.childCount)} children`}>{count(child.childCount)}</span> : null}
    </div>
  );
}

const indent = (depth: number) => 6 + Math.min(depth, 24) * 16;
const mayOpen = (row: Row) => row.path === '/' || (row.child !== null && (row.child.childCount > 0 || row.isOpen)) || (row.child === null && row.isOpen);

function rowsOf(tree: Tree, selected: string): Row[] {
  const rows: Row[] = [];
  const walk = (path: string, name: string, depth: number, child: Child | null) => {
    const isOpen = tree.open.has(path);
    rows.push({ path, name, depth, child, isOpen });
    if (!isOpen) return;
    const listing = tree.listings.get(path);
    const note = (text: string) => rows.push({ path, name: '', depth: depth + 1, child: null, isOpen: false, note: text });
    if (!listing || (listing.outcome === null && !listing.error)) { note('Loading…'); return; }
    if (listing.error) note(listing.error);
    if (listing.outcome === 'no-permission') note('No permission to list its children.');
    const children = [...listing.children];
    const wanted = nextOn(path, selected);
    if (wanted !== null && listing.outcome === 'ok' && !children.some(c => c.name === wanted)) {
      // On the way to what is selected, but not on the pages that were read, or filtered out.
      const at = children.findIndex(c => c.name > wanted);
      const isHere = tree.znode?.path === childPath(path, wanted) ? tree.znode.outcome !== 'no-znode' : tree.open.has(childPath(path, wanted));
      if (isHere && (listing.hasMore || listing.filter)) {
        children.splice(at < 0 ? children.length : at, 0, { name: wanted, kind: 'persistent', looksSequential: false, dataLengthBytes: -1, childCount: -1 });
      }
    }
    for (const c of children) walk(childPath(path, c.name), c.name, depth + 1, c);
    if (listing.filter && listing.matching === 0) note('No child has this in its name.');
    if (listing.hasMore) rows.push({ path, name: '', depth: depth + 1, child: null, isOpen: false, more: listing.matching });
    if (!listing.isWhole) note('Too many children, or they change too fast, to be listed in full.');
  };
  walk('/', '/', 0, null);
  return rows;
}

/** The name of the child of a znode on the way to another one, or null. */
function nextOn(path: string, to: string): string | null {
  const prefix = path === '/' ? '/' : path + '/';
  if (!to.startsWith(prefix) || to.length === prefix.length) return null;
  const rest = to.slice(prefix.length);
  const slash = rest.indexOf('/');
  return slash < 0 ? rest : rest.slice(0, slash);
}
