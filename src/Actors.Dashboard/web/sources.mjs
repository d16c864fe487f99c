// Writes dist/sources.sha256: of what dist was built from. A test compares it with the sources, so that nobody forgets to build.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

const inputs = ['index.html', 'package-lock.json', 'package.json', 'vite.config.ts'];
for (const folder of ['public', 'src']) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) inputs.push(`${entry.parentPath}/${entry.name}`);
  }
}

const hash = createHash('sha256');
for (const input of inputs.sort()) hash.update(`${input}\n`).update(readFileSync(input)).update('\n');
writeFileSync('dist/sources.sha256', hash.digest('hex') + '\n');
