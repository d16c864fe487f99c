import { useState } from 'preact/hooks';
import type { Acl, Watcher, Znode, ZnodeStat } from './api';
import { Data } from './data';
import { bytes, count, duration, localTime, quoted } from './format';
import { Banner, Command } from './hints';
import { sessionLink, treeLink } from './route';
import { ancestorsOf } from './treestate';

/** One znode: what it is, what it holds, who may and who watches. */
export function ZnodePanel({ path, znode, error, server }: { path: string; znode: Znode | null; error: string; server: string | null }) {
  return (
    <section class="card znode" id="znode" aria-label="Znode">
      <h2 class="path">{ancestorsOf(path).map(a => <a key={a} href={treeLink(a)}>{a === '/' ? '/' : `${a.slice(a.lastIndexOf('/') + 1)}/`}</a>)}
        <bdi>{path === '/' ? '/' : path.slice(path.lastIndexOf('/') + 1)}</bdi></h2>
      <Banner>{error}</Banner>
      {znode ? <Body path={path} znode={znode} /> : error ? null : <p class="muted">Loading…</p>}
      {server && znode && znode.outcome !== 'no-znode' ? (
        <details class="same"><summary>The same in a shell</summary><Command>{`zkCli.sh -server ${server} get -s ${quoted(path)}`}</Command></details>
      ) : null}
    </section>
  );
}

function Body({ path, znode }: { path: string; znode: Znode }) {
  if (znode.outcome === 'no-znode') return <p class="muted" id="outcome">There is no znode of this path. It may have been deleted.</p>;
  if (znode.outcome === 'no-permission') {
    return (
      <>
        <p id="outcome"><b>No permission.</b> This page reads as <code>world:anyone</code>, and the access list of this znode does not give that
          the permission READ. A client that shows an identity the list names can read it.</p>
        {znode.acl ? <AclTable acl={znode.acl} /> : null}
      </>
    );
  }
  const stat = znode.znode!;
  return (
    <>
      <p class="kind">{inWords(stat)}{stat.ephemeralOwner ? <> <a href={sessionLink(stat.ephemeralOwner)}><code>{stat.ephemeralOwner}</code></a></> : null}</p>
      <h3>Data</h3>
      <Data key={path} data={znode.data!} />
      <h3>Stat</h3>
      <table class="pairs stat"><tbody>
        <Field name="czxid" value={stat.czxid} means="created by this change" />
        <Field name="ctime" value={localTime(stat.ctimeMs)} means="created at" />
        <Field name="mzxid" value={stat.mzxid} means="data last set by" />
        <Field name="mtime" value={localTime(stat.mtimeMs)} means="data last set at" />
        <Field name="pzxid" value={stat.pzxid} means="last change of children by" />
        <Field name="version" value={count(stat.version)} means="changes of data" />
        <Field name="cversion" value={String(stat.cversion)} means="changes of children" />
        <Field name="aversion" value={count(stat.aversion)} means="changes of access list" />
        <Field name="ephemeralOwner" value={stat.ephemeralOwner ?? '0x0'} means="session it goes with" />
        <Field name="dataLength" value={count(stat.dataLengthBytes)} means={bytes(stat.dataLengthBytes)} />
        <Field name="numChildren" value={count(stat.childCount)} means="children" />
      </tbody></table>
      <h3>Access list</h3>
      {znode.acl ? <AclTable acl={znode.acl} /> : <p class="muted">May not be read.</p>}
      <h3>Watches <small>{count(znode.watches)}</small></h3>
      <Watchers watchers={znode.watchers} total={znode.watches} />
    </>
  );
}

function Field({ name, value, means }: { name: string; value: string; means: string }) {
  return <tr><th scope="row"><code>{name}</code></th><td><code>{value}</code></td><td class="muted wide">{means}</td></tr>;
}

function inWords(stat: ZnodeStat): string {
  const numbered = stat.looksSequential ? ' Its name ends as a numbered znode\'s does.' : '';
  switch (stat.kind) {
    case 'ephemeral': return `Ephemeral.${numbered} It goes with its session,`;
    case 'container': return `Container.${numbered} It is deleted some time after its last child has gone.`;
    case 'ttl': return `With a time to live of ${stat.ttlMs < 1000 ? `${stat.ttlMs} ms` : duration(stat.ttlMs)}.${numbered} It is deleted when it has had neither children nor changes for that long.`;
    default: return `Persistent.${numbered} It stays until somebody deletes it.`;
  }
}

const permissions: Record<string, string> = { c: 'create', d: 'delete', r: 'read', w: 'write', a: 'admin' };

function AclTable({ acl }: { acl: Acl[] }) {
  if (acl.length === 0) return <p class="muted">Empty: everybody may do everything.</p>;
  return (
    <table id="acl">
      <thead><tr><th scope="col">Scheme</th><th scope="col">Id</th><th scope="col">May</th></tr></thead>
      <tbody>{acl.map((a, i) => (
        <tr key={i}><td>{a.scheme}</td><td><code>{a.id}</code></td><td>{a.permissions.length === 5 ? 'everything' : [...a.permissions].map(p => permissions[p]).join(', ') || 'nothing'}</td></tr>
      ))}</tbody>
    </table>
  );
}

export function Watchers({ watchers, total }: { watchers: Watcher[]; total: number }) {
  const [all, setAll] = useState(false);
  if (total === 0) return <p class="muted">Nobody watches it through this node.</p>;
  const shown = all ? watchers : watchers.slice(0, 10);
  return (
    <>
      <ul class="watchers">
        {shown.map((w, i) => <li key={i}>{w.session ? <a href={sessionLink(w.session)}><code>{w.session}</code></a> : <span class="muted">a stream of Orleans clients</span>} <span class="mark">{w.mode}</span></li>)}
      </ul>
      {shown.length < watchers.length ? <button class="more" onClick={() => setAll(true)}>Show {watchers.length}</button> : null}
      {total > watchers.length ? <p class="muted">{watchers.length} of {count(total)}.</p> : null}
    </>
  );
}
