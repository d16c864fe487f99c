// One scenario of node-zookeeper-client against a server: node client.mjs HOST:PORT SCENARIO. Ends with "ok". One that prints "restart"
// wants the server killed with -9 and started again, and reads "back" once it serves.
import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import zookeeper from 'node-zookeeper-client';

const { ACL, CreateMode, Event, Exception, Id, Permission } = zookeeper;
const [address, scenario] = process.argv.slice(2);
const root = `/node-${scenario}-${process.pid}`;
const open = [];
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

const methods = ['create', 'exists', 'getData', 'setData', 'getChildren', 'remove', 'mkdirp', 'getACL', 'setACL'];

/** A connected client whose operations give promises; what answers with two values gives both. */
async function connect(settings = {}) {
  const client = zookeeper.createClient(address, { sessionTimeout: 10_000, spinDelay: 100, ...settings });
  open.push(client);
  const does = { client };
  for (const method of methods) {
    does[method] = (...given) =>
      new Promise((resolve, reject) =>
        client[method](...given, (error, ...answer) => (error ? reject(error) : resolve(answer.length > 1 ? answer : answer[0]))));
  }

  const connected = new Promise(resolve => client.once('connected', resolve));
  client.connect();
  await connected;
  return does;
}

/** A watcher, and a promise of the event it is given. */
function watcher() {
  let tell;
  const event = new Promise(resolve => { tell = resolve; });
  return [tell, event];
}

const failsWith = (promise, code) => assert.rejects(promise, error => error.code === code);

const scenarios = {
  async basics() {
    const zk = await connect();
    assert.equal(await zk.create(root, Buffer.from('one')), root);
    await failsWith(zk.create(root), Exception.NODE_EXISTS);
    let [data, stat] = await zk.getData(root);
    assert.equal(data.toString(), 'one');
    assert.equal(stat.version, 0);
    stat = await zk.setData(root, Buffer.from('two'), 0);
    assert.equal(stat.version, 1);
    await failsWith(zk.setData(root, Buffer.from('three'), 0), Exception.BAD_VERSION);
    await zk.mkdirp(`${root}/a/b/c`);
    await zk.create(`${root}/d`, null);
    const [children, of] = await zk.getChildren(root);
    assert.deepEqual(children.sort(), ['a', 'd']);
    assert.equal(of.numChildren, 2);
    assert.equal(await zk.exists(`${root}/none`), null);
    assert.equal((await zk.exists(`${root}/d`)).dataLength, 0);
    await failsWith(zk.remove(root), Exception.NOT_EMPTY);
    await failsWith(zk.remove(`${root}/none`), Exception.NO_NODE);
    for (const path of ['/a/b/c', '/a/b', '/a', '/d', '']) {
      await zk.remove(root + path); // its removeRecursive misses what lies deeper than two levels, on any server
    }

    assert.equal(await zk.exists(root), null);
  },

  async watches() {
    const [zk, other] = [await connect(), await connect()];
    await zk.create(root);
    const [created, whenCreated] = watcher();
    const [listed, whenListed] = watcher();
    assert.equal(await zk.exists(`${root}/x`, created), null);
    await zk.getChildren(root, listed);
    await other.create(`${root}/x`, Buffer.from('1'));
    assert.equal((await whenCreated).getType(), Event.NODE_CREATED);
    assert.equal((await whenListed).getType(), Event.NODE_CHILDREN_CHANGED);
    const [changed, whenChanged] = watcher();
    await zk.getData(`${root}/x`, changed);
    await other.setData(`${root}/x`, Buffer.from('2'));
    assert.equal((await whenChanged).getType(), Event.NODE_DATA_CHANGED);
    const [deleted, whenDeleted] = watcher();
    await zk.getData(`${root}/x`, deleted);
    await other.remove(`${root}/x`);
    assert.equal((await whenDeleted).toString(), `NODE_DELETED[2]@${root}/x`);
  },

  async ephemeral_and_sequential() {
    const [zk, other] = [await connect(), await connect()];
    await zk.create(root);
    const names = [];
    for (const mode of [CreateMode.PERSISTENT_SEQUENTIAL, CreateMode.EPHEMERAL_SEQUENTIAL, CreateMode.EPHEMERAL_SEQUENTIAL]) {
      names.push(await zk.create(`${root}/n-`, null, ACL.OPEN_ACL_UNSAFE, mode));
    }

    assert.deepEqual(names, [0, 1, 2].map(n => `${root}/n-000000000${n}`));
    const stat = await other.exists(names[1]);
    assert.deepEqual(stat.ephemeralOwner, zk.client.getSessionId());
    await failsWith(zk.create(`${names[1]}/child`), Exception.NO_CHILDREN_FOR_EPHEMERALS);
    const [gone, whenGone] = watcher();
    await other.exists(names[2], gone);
    zk.client.close();
    assert.equal((await whenGone).getType(), Event.NODE_DELETED);
    assert.deepEqual((await other.getChildren(root))[0], ['n-0000000000']);
  },

  async transaction() {
    const zk = await connect();
    const commit = transaction => promisify(transaction.commit.bind(transaction))();
    await zk.create(root);
    await commit(zk.client.transaction().create(`${root}/a`, Buffer.from('1')).create(`${root}/a/b`).setData(`${root}/a`, Buffer.from('2'), 0)
      .check(`${root}/a`, 1).remove(`${root}/a/b`));
    const [data, stat] = await zk.getData(`${root}/a`);
    assert.equal(data.toString(), '2');
    assert.equal(stat.numChildren, 0);
    await failsWith(commit(zk.client.transaction().create(`${root}/c`).check(`${root}/a`, 7).remove(`${root}/a`)), Exception.BAD_VERSION);
    assert.equal(await zk.exists(`${root}/c`), null);
    assert.notEqual(await zk.exists(`${root}/a`), null);
  },

  async acl_and_auth() {
    const [zk, other] = [await connect(), await connect()];
    zk.client.addAuthInfo('digest', Buffer.from('ann:secret'));
    await zk.create(root, Buffer.from('mine'), ACL.CREATOR_ALL_ACL);
    const [acls] = await zk.getACL(root);
    assert.equal(acls.length, 1);
    assert.equal(acls[0].permission, Permission.ALL);
    assert.equal(acls[0].id.scheme, 'digest');
    assert.match(acls[0].id.id, /^ann:/);
    await failsWith(other.getData(root), Exception.NO_AUTH);
    await failsWith(other.setACL(root, ACL.OPEN_ACL_UNSAFE, -1), Exception.NO_AUTH);
    const stat = await zk.setACL(root, [new ACL(Permission.READ, new Id('world', 'anyone')), ...ACL.CREATOR_ALL_ACL], -1);
    assert.equal(stat.aversion, 1);
    assert.equal((await other.getData(root))[0].toString(), 'mine');
    await failsWith(other.setData(root, Buffer.from('yours')), Exception.NO_AUTH);
    await failsWith(other.create(`${root}/child`, null, ACL.CREATOR_ALL_ACL), Exception.INVALID_ACL);
    await failsWith(other.create(`${root}/child`), Exception.NO_AUTH);
    other.client.addAuthInfo('digest', Buffer.from('ann:secret'));
    await other.setData(root, Buffer.from('ours'));
  },

  /** The session, its ephemeral and its watches outlive the server's death. */
  async reconnect() {
    const zk = await connect();
    await zk.create(root, Buffer.from('before'));
    await zk.create(`${root}/e`, null, ACL.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
    const [changed, whenChanged] = watcher();
    const [listed, whenListed] = watcher();
    const [created, whenCreated] = watcher();
    await zk.getData(root, changed);
    await zk.getChildren(root, listed);
    await zk.exists(`${root}/later`, created);
    const id = Buffer.from(zk.client.getSessionId());
    const lost = new Promise(resolve => zk.client.once('disconnected', resolve));
    const found = lost.then(() => new Promise(resolve => zk.client.once('connected', resolve)));
    console.log('restart');
    assert.equal((await lines.next()).value, 'back');
    await found;
    assert.deepEqual(Buffer.from(zk.client.getSessionId()), id);
    const other = await connect();
    assert.deepEqual((await other.exists(`${root}/e`)).ephemeralOwner, id);
    assert.equal((await other.getData(root))[0].toString(), 'before');
    await other.setData(root, Buffer.from('after'));
    assert.equal((await whenChanged).getType(), Event.NODE_DATA_CHANGED);
    await other.create(`${root}/later`);
    assert.equal((await whenCreated).getType(), Event.NODE_CREATED);
    assert.equal((await whenListed).getType(), Event.NODE_CHILDREN_CHANGED);
    assert.equal((await zk.getData(root))[0].toString(), 'after');
  },
};

await scenarios[scenario]();
for (const client of open) {
  client.close();
}

console.log('ok');
process.exit(0);
