import { useState } from 'preact/hooks';
import type { DataPreview } from './api';
import { bytes } from './format';

type View = 'JSON' | 'Text' | 'Hex';

/** The beginning of a znode's data: as JSON or text where it is that, and always as bytes. */
export function Data({ data }: { data: DataPreview }) {
  const [chosen, setChosen] = useState<View | null>(null);
  if (data.isNull) return <p class="muted">None (null, which is not the same as empty).</p>;
  if (data.lengthBytes === 0) return <p class="muted">Empty.</p>;
  const json = data.text !== null && !data.isCut ? prettyJson(data.text) : null;
  const views: View[] = [...(json !== null ? ['JSON' as const] : []), ...(data.text !== null ? ['Text' as const] : []), 'Hex'];
  const view = chosen && views.includes(chosen) ? chosen : views[0]!;
  return (
    <>
      <div class="bar">
        <span class="muted">{data.isCut ? `The first 4 KiB of ${bytes(data.lengthBytes)}` : bytes(data.lengthBytes)}</span>
        {views.length > 1 ? (
          <span class="choice" role="group" aria-label="Show data as">
            {views.map(v => <button key={v} aria-pressed={v === view} onClick={() => setChosen(v)}>{v}</button>)}
          </span>
        ) : <span class="muted">not text</span>}
      </div>
      <pre class="data" id="data" tabIndex={0}>{view === 'JSON' ? json : view === 'Text' ? data.text : hex(data.base64)}</pre>
    </>
  );
}

/** JSON with line breaks, its tokens as they are: a number keeps all of its digits. Null if it is none, or one value only. */
export function prettyJson(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
  } catch { return null; }
  let out = '';
  let depth = 0;
  let before = '';
  const line = () => '\n' + '  '.repeat(depth);
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    if (token === '}' || token === ']') {
      depth--;
      if (before !== '{' && before !== '[') out += line();
    } else if (before === '{' || before === '[' || before === ',') out += line();
    out += token === ':' ? ': ' : token;
    if (token === '{' || token === '[') depth++;
    before = token;
  }
  return out;
}

/** As hexdump -C shows it. */
function hex(base64: string): string {
  const raw = atob(base64);
  const lines: string[] = [];
  for (let at = 0; at < raw.length; at += 16) {
    const part = [...raw.slice(at, at + 16)].map(c => c.charCodeAt(0));
    const digits = part.map((b, i) => (i === 8 ? ' ' : '') + b.toString(16).padStart(2, '0')).join(' ');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${digits.padEnd(48)}  ${part.map(b => b >= 32 && b < 127 ? String.fromCharCode(b) : '.').join('')}`);
  }
  return lines.join('\n');
}
