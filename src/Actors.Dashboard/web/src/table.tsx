import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

export interface Column<T> {
  label: string;
  /** What the column shows. */
  cell: (row: T) => ComponentChildren;
  /** What it is sorted by; a number sorts the largest first. */
  sort?: (row: T) => number | string;
  number?: boolean;
  /** Left out on a narrow screen. */
  wide?: boolean;
}

interface Props<T> { columns: Column<T>[]; rows: T[]; rowKey: (row: T) => string; sortBy?: string; empty: string; limit?: number }

/** A table that is sorted by a click on a heading, and shows the first rows until asked for all. */
export function Table<T>({ columns, rows, rowKey, sortBy, empty, limit = 100 }: Props<T>) {
  const [order, setOrder] = useState<{ label: string; reverse: boolean } | null>(sortBy ? { label: sortBy, reverse: false } : null);
  const [all, setAll] = useState(false);
  const column = columns.find(c => c.label === order?.label);
  let sorted = rows;
  if (column?.sort) {
    const key = column.sort;
    const sign = order!.reverse ? -1 : 1;
    sorted = [...rows].sort((a, b) => sign * compare(key(a), key(b)));
  }
  const shown = all ? sorted : sorted.slice(0, limit);
  if (rows.length === 0) return <p class="muted empty">{empty}</p>;
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            {columns.map(c => (
              <th key={c.label} scope="col" class={cls(c)} aria-sort={c.label === order?.label ? (order.reverse ? 'descending' : 'ascending') : undefined}>
                {c.sort
                  ? <button onClick={() => setOrder({ label: c.label, reverse: order?.label === c.label && !order.reverse })}>{c.label}</button>
                  : c.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map(row => <tr key={rowKey(row)}>{columns.map(c => <td key={c.label} class={cls(c)}>{c.cell(row)}</td>)}</tr>)}
        </tbody>
      </table>
      {rows.length > shown.length ? <button class="more" onClick={() => setAll(true)}>Show all {rows.length}</button> : null}
    </div>
  );
}

const cls = <T,>(c: Column<T>) => [c.number ? 'n' : '', c.wide ? 'wide' : ''].join(' ').trim() || undefined;

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return b - a;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}
