import { useEffect, useState } from 'preact/hooks';
import type { Overview } from './api';
import { Chart } from './chart';
import { bytes, count, millis, short } from './format';
import { Empty, Tile, addressOf } from './hints';
import { treeLink } from './route';
import type { Series } from './state';
import { parentOf, useTree } from './treestate';
import { TreeView } from './treeview';
import { ZnodePanel } from './znode';

export function TreePage({ path, overview }: { path: string; overview: Overview }) {
  const tree = useTree(path, overview.tree?.zxid ?? '');
  const [filter, setFilter] = useState('');
  const [goTo, setGoTo] = useState('');
  const server = addressOf(overview, 'zookeeper');
  const root = tree.listings.get('/');
  const isEmpty = root?.outcome === 'ok' && !root.filter && root.children.length > 0 && root.children.every(c => c.name === 'zookeeper');

  // Of a leaf it is the siblings that are filtered.
  const listed = tree.listings.has(path) || (tree.znode?.znode?.childCount ?? 0) > 0 ? path : parentOf(path);
  useEffect(() => { setFilter(tree.listings.get(listed)?.filter ?? ''); }, [listed]);
  useEffect(() => {
    if (filter === (tree.listings.get(listed)?.filter ?? '')) return;
    const timer = setTimeout(() => tree.filter(listed, filter), 200);
    return () => clearTimeout(timer);
  }, [filter]);

  const go = (e: Event) => {
    e.preventDefault();
    const wanted = '/' + goTo.split('/').filter(Boolean).join('/');
    location.hash = treeLink(wanted);
    setGoTo('');
  };

  return (
    <div class="tree-page">
      <h1 class="sr">Tree</h1>
      <TreeTiles overview={overview} />
      <div class="panes">
        <section class="card" aria-label="Tree">
          <div class="tools">
            <form onSubmit={go} role="search">
              <input type="text" class="path-input" placeholder="Go to path" aria-label="Go to path" value={goTo} onInput={e => setGoTo(e.currentTarget.value)}
                spellcheck={false} autocomplete="off" autocapitalize="off" />
            </form>
            <input type="search" placeholder="Filter children" aria-label={`Filter children of ${listed}`} title={`Children of ${listed}`}
              value={filter} onInput={e => setFilter(e.currentTarget.value)} />
          </div>
          <TreeView tree={tree} selected={path} />
          {isEmpty ? (
            <Empty command={server ? `zkCli.sh -server ${server} create /hello world` : null}>
              {server ? 'No znodes of yours yet. Make one:' : 'No znodes of yours yet, and the port for ZooKeeper clients is off (Actors:ZooKeeper:Port).'}
            </Empty>
          ) : null}
        </section>
        <ZnodePanel path={path} znode={tree.znode} error={tree.error} server={server} />
      </div>
    </div>
  );
}

export function TreeTiles({ overview }: { overview: Overview }) {
  const tree = overview.tree;
  if (!tree) return <p class="banner" role="status">The tree is not open yet.</p>;
  return (
    <dl class="tiles" id="tree-tiles">
      <Tile id="tile-zxid" label="zxid" value={<code>{tree.zxid}</code>} note={`${short(tree.writesPerSecond)} changes/s`} />
      <Tile id="tile-znodes" label="Znodes" value={count(tree.znodes)} note={`${count(tree.ephemerals)} ephemeral`} />
      <Tile label="Data" value={bytes(tree.dataBytes)} note="without names" />
      <Tile id="tile-sessions" label="Sessions" href="#/sessions" value={count(tree.sessions)} note={`${count(tree.connections)} connected`} />
      <Tile label="Watches" value={count(tree.watches)} note={`on ${count(tree.watchedPaths)} path${tree.watchedPaths === 1 ? '' : 's'}`} />
      <Tile label="Requests" value={`${short(tree.requestsPerSecond)}/s`} note={`total ${short(tree.answered)}`} />
      <Tile label="Outstanding" value={count(tree.outstanding)} note="not answered yet" />
      <Tile label="Latency" value={millis(tree.latencyMs)} note={`longest ${millis(tree.maxLatencyMs)}`} />
    </dl>
  );
}

export function TreeCharts({ series, theme }: { series: Series; theme: string }) {
  return (
    <div class="charts">
      <Chart title="ZooKeeper requests" at={series.at} unit={short} seconds={300} theme={theme}
        lines={[{ label: 'answered', color: '--series-1', values: series.treeRequests }, { label: 'changes', color: '--series-2', values: series.treeWrites }]} />
      <Chart title="Latency" at={series.at} unit={millis} seconds={300} theme={theme} suffix=""
        lines={[{ label: 'mean', color: '--series-1', values: series.treeLatencyMs }]} />
      <Chart title="Sessions" at={series.at} unit={count} seconds={300} theme={theme} suffix="" whole
        lines={[{ label: 'open', color: '--series-1', values: series.sessions }]} />
    </div>
  );
}
