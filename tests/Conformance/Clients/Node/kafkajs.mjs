// Checks with kafkajs. Usage: node kafkajs.mjs BOOTSTRAP SCENARIO TOPIC; prints "ok" or ends with a stack trace.
import assert from 'node:assert/strict'
import { once, EventEmitter } from 'node:events'
import kafkajs from 'kafkajs'

const { Kafka, CompressionTypes, ConfigResourceTypes, logLevel } = kafkajs
const [bootstrap, scenario, topic] = process.argv.slice(2)
const group = topic + '-group'
const kafka = new Kafka({ clientId: 'kafkajs', brokers: [bootstrap], logLevel: logLevel.NOTHING, retry: { initialRetryTime: 50, retries: 20 } })
const admin = kafka.admin()
const producer = kafka.producer()

const changes = new EventEmitter()

const value = i => 'value ' + i
const send = (from, to, settings = {}) => producer.send({
  topic, acks: -1, ...settings,
  messages: Array.from({ length: to - from }, (_, i) => ({ key: 'key ' + (from + i), value: value(from + i), headers: { n: String(from + i) } }))
})

// A member of the group that keeps what it is given; waiting is for the next message or the next assignment, never for time.
class Member {
  constructor (settings = {}) {
    this.consumer = kafka.consumer({ groupId: group, sessionTimeout: 10000, heartbeatInterval: 500, ...settings })
    this.seen = []
    this.consumer.on(this.consumer.events.GROUP_JOIN, e => {
      this.assigned = e.payload.memberAssignment[topic] ?? []
      changes.emit('change')
    })
  }

  async start () {
    await this.consumer.connect()
    await this.consumer.subscribe({ topic, fromBeginning: true })
    await this.consumer.run({
      autoCommitThreshold: 1,
      eachMessage: async ({ partition, message }) => {
        this.seen.push({ partition, offset: Number(message.offset), value: message.value.toString(), n: message.headers.n?.toString() })
        changes.emit('change')
      }
    })
    return this
  }
}

const until = async done => {
  while (!done()) {
    await once(changes, 'change')
  }
}
const values = members => members.flatMap(m => m.seen.map(s => s.value)).sort()
const expected = (from, to) => Array.from({ length: to - from }, (_, i) => value(from + i)).sort()

const scenarios = {
  async produce_and_consume () {
    await admin.createTopics({ topics: [{ topic, numPartitions: 3 }] })
    await send(0, 60)
    await send(60, 120, { compression: CompressionTypes.GZIP })
    const member = await new Member().start()
    await until(() => member.seen.length >= 120)
    assert.deepEqual(values([member]), expected(0, 120))
    assert.ok(member.seen.every(s => s.n === s.value.slice(6)))
    await member.consumer.disconnect()
  },

  async group_grows_and_shrinks () {
    await admin.createTopics({ topics: [{ topic, numPartitions: 4 }] })
    const first = await new Member().start()
    await until(() => first.assigned?.length === 4)
    const second = await new Member().start()
    await until(() => first.assigned.length === 2 && second.assigned?.length === 2)
    assert.deepEqual([...first.assigned, ...second.assigned].sort(), [0, 1, 2, 3])
    await send(0, 200)
    await until(() => first.seen.length + second.seen.length >= 200)
    assert.deepEqual(values([first, second]), expected(0, 200))
    assert.ok(first.seen.length > 0 && second.seen.length > 0)
    await second.consumer.disconnect()
    await until(() => first.assigned.length === 4)
    await send(200, 300)
    await until(() => first.seen.length + second.seen.length >= 300)
    assert.deepEqual(values([first, second]), expected(0, 300))
    await first.consumer.disconnect()
    const offsets = await admin.fetchOffsets({ groupId: group, topics: [topic] })
    assert.equal(offsets[0].partitions.reduce((sum, p) => sum + Number(p.offset), 0), 300)
  },

  async seek_goes_back () {
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
    await send(0, 10)
    const member = await new Member().start()
    await until(() => member.seen.length >= 10)
    member.consumer.seek({ topic, partition: 0, offset: '4' })
    await until(() => member.seen.length >= 16)
    assert.deepEqual(member.seen.slice(10).map(s => s.offset), [4, 5, 6, 7, 8, 9])
    await member.consumer.disconnect()
  },

  async offsets_by_time () {
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
    for (const [i, timestamp] of [1000, 2000, 3000].entries()) {
      await producer.send({ topic, messages: [{ value: value(i), timestamp: String(timestamp) }] })
    }
    assert.equal((await admin.fetchTopicOffsetsByTimestamp(topic, 1500))[0].offset, '1')
    assert.equal((await admin.fetchTopicOffsets(topic))[0].high, '3')
  },

  async administration () {
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries: [{ name: 'retention.ms', value: '7200000' }] }] })
    await admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] })
    await send(0, 10)
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name: 'retention.ms', value: '3600000' }] }] })
    const configs = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['retention.ms'] }] })
    assert.equal(configs.resources[0].configEntries[0].configValue, '3600000')
    const member = await new Member().start()
    await until(() => member.seen.length >= 10)
    const described = (await admin.describeGroups([group])).groups[0]
    assert.equal(described.state, 'Stable')
    assert.equal(described.members[0].clientId, 'kafkajs')
    assert.ok((await admin.listGroups()).groups.some(g => g.groupId === group && g.protocolType === 'consumer'))
    await assert.rejects(admin.deleteGroups([group]))
    await member.consumer.disconnect()
    await admin.resetOffsets({ groupId: group, topic, earliest: true })
    await admin.setOffsets({ groupId: group, topic, partitions: [{ partition: 0, offset: '1' }] })
    const offsets = await admin.fetchOffsets({ groupId: group, topics: [topic] })
    assert.equal(offsets[0].partitions.find(p => p.partition === 0).offset, '1')
    await admin.deleteGroups([group])
    await admin.deleteTopics({ topics: [topic] })
  },

  async idempotent () {
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
    const idempotent = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
    await idempotent.connect()
    for (let i = 0; i < 20; i++) {
      await idempotent.send({ topic, messages: [{ value: value(i), headers: { n: String(i) } }] })
    }
    await idempotent.disconnect()
    const member = await new Member().start()
    await until(() => member.seen.length >= 20)
    assert.deepEqual(member.seen.map(s => s.value), Array.from({ length: 20 }, (_, i) => value(i)))
    await member.consumer.disconnect()
  }
}

await admin.connect()
await producer.connect()
await scenarios[scenario]()
await producer.disconnect()
await admin.disconnect()
console.log('ok')
