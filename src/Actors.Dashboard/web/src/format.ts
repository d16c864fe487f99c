const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 1,234,567 */
export const count = (n: number) => n < 0 ? '–' : whole.format(n);

/** 12.3k, 4.56M: for tiles and axes. */
export function short(n: number): string {
  if (n < 0) return '–';
  if (n < 1000) return n < 10 && n % 1 ? n.toFixed(1) : whole.format(n);
  const units = ['k', 'M', 'G', 'T'];
  let i = -1;
  do { n /= 1000; i++; } while (n >= 999.5 && i < units.length - 1);
  return (n < 10 ? n.toFixed(2) : n < 100 ? n.toFixed(1) : n.toFixed(0)) + units[i];
}

/** 1.5 MiB */
export function bytes(n: number): string {
  if (n < 0) return '–';
  if (n < 1024) return `${whole.format(n)} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let i = -1;
  do { n /= 1024; i++; } while (n >= 1023.5 && i < units.length - 1);
  return `${n < 10 ? n.toFixed(2) : n < 100 ? n.toFixed(1) : n.toFixed(0)} ${units[i]}`;
}

/** 0 as a quiet dash, so that what moves stands out. */
export const rate = (n: number, unit: (n: number) => string) => n === 0 ? '–' : `${unit(n)}/s`;

/** 3 d 4 h, 5 min 6 s */
export function duration(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const d = Math.floor(s / 86400), h = Math.floor(s / 3600) % 24, m = Math.floor(s / 60) % 60;
  if (d > 0) return `${d} d ${h} h`;
  if (h > 0) return `${h} h ${m} min`;
  if (m > 0) return `${m} min ${s % 60} s`;
  return `${s} s`;
}

/** 0.42 ms, 12 ms, 1.5 s */
export function millis(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms === 0 ? '0' : ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms`;
}

/** 2030-01-02 03:04:05.678 of the reader's own clock */
export function localTime(ms: number): string {
  if (ms < 0) return '–';
  const d = new Date(ms);
  const two = (n: number, width = 2) => String(n).padStart(width, '0');
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${two(d.getMilliseconds(), 3)}`;
}

/** 5 min 6 s ago */
export const ago = (ms: number, now: number) => ms < 0 ? '–' : now - ms < 1500 ? 'now' : `${duration(now - ms)} ago`;

/** An argument for a shell. */
export const quoted = (text: string) => /^[\w/.:@%+=,-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
