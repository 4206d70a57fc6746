import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const DIST = new URL('../dist/', import.meta.url).pathname;
const KB = 1000;

/** Runs where a build is; `npm run build && npm test` is how the whole is tested. */
describe.skipIf(!existsSync(join(DIST, 'index.html')))('the built console', () => {
  const assets = existsSync(join(DIST, 'assets')) ? readdirSync(join(DIST, 'assets')).filter((name) => name.endsWith('.br')) : [];
  const size = (pattern: RegExp) => assets.filter((name) => pattern.test(name)).reduce((sum, name) => sum + statSync(join(DIST, 'assets', name)).size, 0);
  const worker = /worker/;
  /** The second part of each language, which the map does not load; known by a text of its own. */
  const LATER = assets.filter((name) => /^(zh-CN|en)-.*\.js\.br$/.test(name) && readFileSync(join(DIST, 'assets', name.replace(/\.br$/, '')), 'utf8').includes('terminal.tab_overview'));

  it('every route but the map is within 180 KB, packed', () => {
    const entry = size(/^(?!MapScreen|maplibre|en-).*\.(js|css)\.br$/);
    expect(entry).toBeGreaterThan(0);
    expect(entry).toBeLessThan(180 * KB);
  });
  it('the map route is within 420 KB in all, packed, its worker aside', () => {
    const all = assets.filter((name) => /\.(js|css)\.br$/.test(name) && !worker.test(name) && !/^(DevicesPage|FirmwarePage|TerminalsPage|UnitsPage|TerminalDrawer|MessageView|SecretSheet|MessagesPage|AuditPage|audit|messages|admin|en-)/.test(name) && !LATER.includes(name));
    const sum = all.reduce((total, name) => total + statSync(join(DIST, 'assets', name)).size, 0);
    expect(sum).toBeLessThan(420 * KB);
  });
  it('the basemap is within 300 KB, packed', () => {
    const folder = join(DIST, 'basemap');
    const sum = readdirSync(folder).filter((name) => name.endsWith('.br')).reduce((total, name) => total + statSync(join(folder, name)).size, 0);
    expect(sum).toBeLessThan(300 * KB);
  });
  it('no file names another host to fetch from', () => {
    const html = readFileSync(join(DIST, 'index.html'), 'utf8');
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    for (const name of readdirSync(join(DIST, 'assets')).filter((file) => file.endsWith('.css'))) {
      expect(readFileSync(join(DIST, 'assets', name), 'utf8')).not.toMatch(/url\(["']?(https?:)?\/\//);
    }
  });
});

it('the lock file names no registry', () => {
  const lock = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
  expect(lock).not.toMatch(/"resolved": "https?:\/\/(?!registry\.npmjs\.org\/)/);
});
