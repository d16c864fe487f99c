import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface Line { label: string; color: string; values: number[] }

interface Props {
  title: string; at: number[]; lines: Line[]; unit: (n: number) => string; binary?: boolean; seconds: number; theme: string;
  /** Behind each value in the heading; a rate's is "/s". */
  suffix?: string;
  /** Counts things: the axis has no fractions. */
  whole?: boolean;
}

const height = 170;

// Steps of an axis of bytes: 1, 2, 4 … 512 of each unit, so that its labels are whole.
const binarySteps = Array.from({ length: 50 }, (_, i) => 2 ** i);
// The same for counts of things: 1, 2, 5, 10 …, never halves.
const wholeSteps = Array.from({ length: 30 }, (_, i) => [1, 2, 5][i % 3]! * 10 ** Math.floor(i / 3));
const sync = uPlot.sync('time');

/** Lines over time; the crosshair runs through all charts of the page, and the heading shows the value under it. */
export function Chart({ title, at, lines, unit, binary, seconds, theme, suffix = '/s', whole }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);

  useEffect(() => {
    const element = box.current!;
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue('--muted').trim();
    const grid = { stroke: style.getPropertyValue('--grid').trim(), width: 1 };
    const axis = { stroke: ink, grid, ticks: { show: false }, font: '11px system-ui, sans-serif' };
    plot.current = new uPlot({
      width: element.clientWidth,
      height,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: { sync: { key: sync.key }, points: { size: 6 }, drag: { x: false, y: false } },
      scales: { x: { time: true }, y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } },
      axes: [
        { ...axis, space: 70, size: 26, values: (_, ticks) => ticks.map(t => new Date(t * 1000).toLocaleTimeString('en-GB')) },
        { ...axis, size: 64, incrs: binary ? binarySteps : whole ? wholeSteps : undefined, values: (_, ticks) => ticks.map(t => unit(t)) },
      ],
      series: [{}, ...lines.map((line, i) => ({
        label: line.label,
        stroke: style.getPropertyValue(line.color).trim(),
        width: 2,
        dash: i === 0 ? undefined : [6, 3],
        points: { show: false },
      }))],
      hooks: { setCursor: [u => setCursor(u.cursor.idx ?? null)] },
    }, [at, ...lines.map(l => l.values)], element);
    const resize = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    resize.observe(element);
    return () => { resize.disconnect(); plot.current?.destroy(); plot.current = null; };
  }, [theme]);

  useEffect(() => {
    const u = plot.current;
    if (!u) return;
    u.setData([at, ...lines.map(l => l.values)], false);
    const end = at[at.length - 1] ?? Date.now() / 1000;
    // A young node shows its first minutes in full width instead of a mostly empty window.
    u.setScale('x', { min: Math.max(end - seconds, Math.min(at[0] ?? end, end - 60)), max: end });
  }, [at, seconds, theme]);

  const index = cursor !== null && cursor < at.length ? cursor : at.length - 1;
  return (
    <section class="card chart">
      <h2>{title}</h2>
      <p class="legend">
        {lines.map((line, i) => (
          <span key={line.label}>
            <i class={i === 0 ? 'swatch' : 'swatch dashed'} data-color={line.color} />
            {line.label} <b>{index >= 0 ? unit(line.values[index] ?? 0) : '–'}{suffix}</b>
          </span>
        ))}
        {cursor !== null && at[index] ? <span class="muted">{new Date(at[index]! * 1000).toLocaleTimeString('en-GB')}</span> : null}
      </p>
      <div class="plot" ref={box} role="img" aria-label={`${title}: ${lines.map(l => l.label).join(', ')} over time`} />
    </section>
  );
}
