// Checks with @platformatic/kafka, which speaks only the newest versions: batched coordinators and offsets, topic ids.
// Usage: node platformatic.mjs BOOTSTRAP SCENARIO TOPIC; prints "ok" or ends with a stack trace.
import assert from 'node:assert/strict'
import { once, EventEmitter } from 'node:events'
import { Admin, Consumer, MessagesStreamModes, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka'

const [bootstrap, scenario, topic] = process.argv.slice(2)
const group = topic + '-group'
const common = { clientId: 'platformatic', bootstrapBrokers: [bootstrap], retries: 20, retryDelay: 100 }
const admin = new Admin(common)
const producer = new Producer({ ...common, serializers: stringSerializers })
const changes = new EventEmitter()

const value = i => 'value ' + i
const send = (from, to, settings = {}) => producer.send({
  acks: -1,
  ...settings,
  messages: Array.from({ length: to - from }, (_, i) => ({ topic, key: 'key ' + (from + i), value: value(from + i), headers: { n: String(from + i) } }))
})
const until = async done => {
  while (!done()) {
    await once(changes, 'change')
  }
}

class Member {
  constructor () {
    this.seen = []
    this.consumer = new Consumer({
      ...common, groupId: group, deserializers: stringDeserializers, sessionTimeout: 10000, rebalanceTimeout: 10000, heartbeatInterval: 500, maxWaitTime: 500
    })
    this.consumer.on('consumer:group:join', e => {
      this.assigned = (e.assignments ?? []).filter(a => a.topic === topic).flatMap(a => a.partitions)
      changes.emit('change')
    })
  }

  async start (mode = MessagesStreamModes.COMMITTED) {
    this.stream = await this.consumer.consume({ topics: [topic], mode, fallbackMode: 'earliest', autocommit: true })
    this.stream.on('data', m => {
      this.seen.push({ partition: m.partition, offset: Number(m.offset), value: m.value, n: m.headers.get('n') })
      changes.emit('change')
    })
    return this
  }

  async stop () {
    await this.stream.close()
    await this.consumer.close()
  }
}

const values = members => members.flatMap(m => m.seen.map(s => s.value)).sort()
const expected = (from, to) => Array.from({ length: to - from }, (_, i) => value(from + i)).sort()

const scenarios = {
  async produce_and_consume () {
    await admin.createTopics({ topics: [topic], partitions: 3, replicas: 1 })
    await send(0, 60)
    for (const [i, compression] of ['gzip', 'none'].entries()) {
      await send(60 + i * 20, 80 + i * 20, { compression })
    }
    const member = await new Member().start()
    await until(() => new Set(values([member])).size >= 100)
    assert.deepEqual([...new Set(values([member]))], expected(0, 100)) // at least once: it may begin again after a rebalance
    assert.ok(member.seen.every(s => s.n === s.value.slice(6)))
    await member.stop()
  },

  async group_grows_and_goes_on_where_it_was () {
    await admin.createTopics({ topics: [topic], partitions: 4, replicas: 1 })
    const first = await new Member().start()
    await until(() => first.assigned?.length === 4)
    const second = await new Member().start()
    await until(() => first.assigned.length === 2 && second.assigned?.length === 2)
    assert.deepEqual([...first.assigned, ...second.assigned].sort(), [0, 1, 2, 3])
    await send(0, 200)
    await until(() => new Set(values([first, second])).size >= 200)
    assert.deepEqual([...new Set(values([first, second]))], expected(0, 200))
    await second.stop()
    await first.stop()
    await send(200, 250)
    const third = await new Member().start()
    await until(() => third.seen.some(s => s.value === value(249)) && values([third]).filter(v => expected(200, 250).includes(v)).length >= 50)
    assert.ok(expected(200, 250).every(v => values([third]).includes(v)))
    await third.stop()
  },

  async administration () {
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 })
    await admin.createPartitions({ topics: [{ name: topic, count: 2, assignments: null }] }).catch(() =>
      admin.createPartitions({ topics: [{ name: topic, count: 2, assignments: [{ brokerIds: [1] }] }] }))
    await send(0, 10)
    await admin.incrementalAlterConfigs({
      validateOnly: false,
      resources: [{ resourceType: 2, resourceName: topic, configs: [{ name: 'retention.ms', configOperation: 0, value: '3600000' }] }]
    })
    const described = await admin.describeConfigs({
      resources: [{ resourceType: 2, resourceName: topic, configurationKeys: ['retention.ms'] }], includeSynonyms: false, includeDocumentation: false
    })
    assert.equal(described[0].configs[0].value, '3600000')
    const member = await new Member().start()
    await until(() => member.seen.length >= 10)
    const groups = await admin.describeGroups({ groups: [group] })
    assert.equal(groups.get(group).state, 'STABLE')
    assert.ok((await admin.listGroups()).has(group))
    await member.stop()
    const offsets = await admin.listConsumerGroupOffsets({ groups: [{ groupId: group, topics: null }] })
    assert.equal(offsets[0].topics.flatMap(t => t.partitions).reduce((sum, p) => sum + Number(p.committedOffset), 0), 10)
    await admin.deleteGroups({ groups: [group] })
    assert.deepEqual(await admin.describeClientQuotas({ components: [{ entityType: 'user', matchType: 2 }], strict: false }), [])
    await admin.deleteTopics({ topics: [topic] })
  }
}

await scenarios[scenario]()
await producer.close()
await admin.close()
console.log('ok')
