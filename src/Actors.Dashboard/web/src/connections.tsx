import type { Connection } from './api';
import { bytes, count, duration, rate } from './format';
import { Table } from './table';
import type { Column } from './table';

export function Connections({ connections, total, now }: { connections: Connection[]; total: number; now: number }) {
  const columns: Column<Connection>[] = [
    { label: 'Client', cell: c => c.clientId || <span class="muted">unnamed</span>, sort: c => c.clientId ?? '' },
    { label: 'Library', cell: c => c.library || <span class="muted">–</span>, sort: c => c.library ?? '', wide: true },
    { label: 'Address', cell: c => <code>{c.remoteAddress}</code>, sort: c => c.remoteAddress, wide: true },
    { label: 'In', cell: c => rate(c.bytesReceivedPerSecond, bytes), sort: c => c.bytesReceivedPerSecond, number: true },
    { label: 'Out', cell: c => rate(c.bytesSentPerSecond, bytes), sort: c => c.bytesSentPerSecond, number: true },
    { label: 'Received', cell: c => bytes(c.bytesReceived), sort: c => c.bytesReceived, number: true, wide: true },
    { label: 'Sent', cell: c => bytes(c.bytesSent), sort: c => c.bytesSent, number: true, wide: true },
    { label: 'Requests', cell: c => count(c.requests), sort: c => c.requests, number: true, wide: true },
    { label: 'For', cell: c => duration(now - c.connectedAtMs), sort: c => now - c.connectedAtMs, number: true, wide: true },
  ];
  return (
    <section class="card" id="connections">
      <h2>Connections <small>{count(total)}</small></h2>
      <Table columns={columns} rows={connections} rowKey={c => `${c.protocol}${c.id}`} empty="Nobody is connected." limit={20} />
      {total > connections.length ? <p class="muted">The {connections.length} busiest of {count(total)}.</p> : null}
    </section>
  );
}
