// Writes dist/driver/sw.js: the driver's terminal with the names of exactly those files of the build that it needs, and nothing of
// the console. Runs between the build and its compression.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = new URL('../', import.meta.url).pathname;
const DIST = join(ROOT, 'dist');
/** What the page asks for by a name of its own. */
const NAMED = ['theme.js', 'favicon.svg', 'driver/manifest.webmanifest', 'driver/icon-192.png'];

/** The files of the build that an entry needs, with what it loads later. */
export function needed(made, entry) {
  const wanted = new Set([entry]);
  for (const name of wanted) for (const next of [...(made[name].imports ?? []), ...(made[name].dynamicImports ?? [])]) wanted.add(next);
  return [...new Set([...wanted].flatMap((name) => [made[name].file, ...(made[name].css ?? [])]))].sort();
}

const made = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8'));
const files = [...needed(made, 'driver.html'), ...NAMED];
const digest = createHash('sha256');
for (const file of ['driver.html', ...files]) digest.update(file).update(readFileSync(join(DIST, file)));
const worker = readFileSync(join(ROOT, 'src/driver/worker.js'), 'utf8');
const filled = worker
  .replace("'__EDITION__'", JSON.stringify(digest.digest('hex').slice(0, 12)))
  .replace("['__FILES__']", JSON.stringify(files.map((file) => `/${file}`)));
writeFileSync(join(DIST, 'driver/sw.js'), filled);
