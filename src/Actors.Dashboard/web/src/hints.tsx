import type { ComponentChildren } from 'preact';
import type { Overview } from './api';

/** The address that clients of a protocol use, or null: its port is off. */
export const addressOf = (overview: Overview, name: string) => overview.addresses.find(a => a.name === name)?.address ?? null;

/** The node's clock, ms since 1970: the reader's own may differ. */
export const clockOf = (overview: Overview) => overview.node.startedAtMs + overview.node.uptimeMs;

/** A line to paste into a shell. */
export function Command({ children }: { children: string }) {
  return <pre class="command"><code>{children}</code></pre>;
}

/** Nothing is here: what to do about it. */
export function Empty({ children, command }: { children: ComponentChildren; command?: string | null }) {
  return (
    <div class="empty">
      <p class="muted">{children}</p>
      {command ? <Command>{command}</Command> : null}
    </div>
  );
}

export function Tile({ id, label, value, note, href }: { id?: string; label: string; value: ComponentChildren; note?: ComponentChildren; href?: string }) {
  return <div class="tile" id={id}><dt>{href ? <a href={href}>{label}</a> : label}</dt><dd>{value}<small>{note}</small></dd></div>;
}

/** A note for those who do not see the screen, and a banner for those who do. */
export function Banner({ children }: { children: ComponentChildren }) {
  return children ? <p class="banner" role="status">{children}</p> : null;
}
