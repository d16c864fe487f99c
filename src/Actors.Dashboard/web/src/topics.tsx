import type { Topic } from './api';
import { bytes, count, rate, short } from './format';
import { Table } from './table';
import type { Column } from './table';

const columns: Column<Topic>[] = [
  { label: 'Topic', cell: t => <a href={`#/topics/${encodeURIComponent(t.name)}`}>{t.name}</a>, sort: t => t.name },
  { label: 'Partitions', cell: t => count(t.partitions), sort: t => t.partitions, number: true, wide: true },
  { label: 'Messages', cell: t => <>{t.coldPartitions ? <span title={`${t.coldPartitions} partitions are not open yet`}>≥ </span> : null}{count(t.messages)}</>, sort: t => t.messages, number: true },
  { label: 'Size', cell: t => bytes(t.sizeBytes), sort: t => t.sizeBytes, number: true },
  { label: 'Messages in', cell: t => rate(t.recordsInPerSecond, short), sort: t => t.recordsInPerSecond, number: true },
  { label: 'Bytes in', cell: t => rate(t.bytesInPerSecond, bytes), sort: t => t.bytesInPerSecond, number: true, wide: true },
  { label: 'Bytes out', cell: t => rate(t.bytesOutPerSecond, bytes), sort: t => t.bytesOutPerSecond, number: true, wide: true },
];

interface Props { topics: Topic[]; count: number; filter: string; onFilter: (text: string) => void }

export function Topics({ topics, count: total, filter, onFilter }: Props) {
  return (
    <section class="card" id="topics">
      <div class="bar">
        <h2>Topics <small>{count(total)}</small></h2>
        <input type="search" placeholder="Filter" aria-label="Filter topics by name" value={filter} onInput={e => onFilter(e.currentTarget.value)} />
      </div>
      <Table columns={columns} rows={topics} rowKey={t => t.name} sortBy="Topic"
        empty={filter ? 'No topic has this in its name.' : 'No topics yet. A producer that names one creates it.'} />
      {total > topics.length ? <p class="muted">The first {topics.length} of {count(total)}; filter by name to see others.</p> : null}
    </section>
  );
}
