import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const DIST = new URL('../dist/', import.meta.url).pathname;
const KB = 1000;

/** What Vite says of each file that it made. */
interface Made {
  file: string;
  css?: string[];
  imports?: string[];
  isEntry?: boolean;
  isDynamicEntry?: boolean;
}

/** Runs where a build is; `npm run build && npm test` is how the whole is tested. */
describe.skipIf(!existsSync(join(DIST, 'index.html')))('the built console', () => {
  const read = () => JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8')) as Record<string, Made>;
  /** Every file that the browser has to have before the named ones run. */
  function files(made: Record<string, Made>, names: string[]): Set<string> {
    const wanted = new Set(names);
    for (const name of wanted) for (const next of made[name]?.imports ?? []) wanted.add(next);
    return new Set([...wanted].flatMap((name) => [made[name]!.file, ...(made[name]!.css ?? [])]));
  }
  const packed = (names: Set<string>) => [...names].reduce((sum, name) => sum + statSync(join(DIST, existsSync(join(DIST, `${name}.br`)) ? `${name}.br` : name)).size, 0);
  const START = ['index.html', 'src/i18n/zh-CN.json?part=first'];
  const MAP = 'src/map/MapScreen.tsx';

  it('every screen but the map is within 185 KB, packed, with all that it needs', () => {
    const made = read();
    // What opens over the map needs the map, and is not a screen of its own.
    const overMap = made[MAP]!.file;
    const screens = Object.keys(made).filter((name) => made[name]!.isDynamicEntry && name.endsWith('.tsx') && !files(made, [name]).has(overMap));
    expect(screens.length).toBeGreaterThan(8);
    for (const screen of screens) {
      const texts = /^src\/(account|audit|drivers|figures|handling|login|peers|seals|security|suppliers|units)\//.test(screen)
        ? ['people']
        : screen.startsWith('src/wall/')
          ? ['whole']
        : screen.startsWith('src/whole-life/')
          ? ['people', 'life', 'whole']
          : screen.startsWith('src/lifecycle/')
          ? ['people', 'life']
          : screen.startsWith('src/running/')
          ? ['people', 'money']
          : /^src\/(cases|defects|findings|places)\//.test(screen)
          ? ['people', 'oversight']
          : [/^src\/(money|trips|urgent)\//.exec(screen)?.[1]?.replace('urgent', 'oversight') ?? 'later'];
      const sum = packed(files(made, [...START, ...texts.map((part) => `src/i18n/zh-CN.json?part=${part}`), screen]));
      expect(sum, screen).toBeGreaterThan(50 * KB);
      expect(sum, screen).toBeLessThan(185 * KB);
    }
  });
  it('the map is within 420 KB in all, packed, its worker aside', () => {
    const sum = packed(files(read(), [...START, MAP]));
    expect(sum).toBeGreaterThan(250 * KB);
    expect(sum).toBeLessThan(420 * KB);
  });
  it('the terminal of drivers is within 80 KB, packed, and its worker keeps that and nothing of the console', () => {
    const made = read();
    const page = files(made, ['driver.html', 'src/i18n/zh-CN.json?part=driver']);
    expect(packed(page)).toBeGreaterThan(50 * KB);
    expect(packed(page)).toBeLessThan(80 * KB);
    const kept = JSON.parse(/const FILES = (\[.*\]);/.exec(readFileSync(join(DIST, 'driver/sw.js'), 'utf8'))![1]!) as string[];
    expect(kept.length).toBeGreaterThan(page.size);
    const assets = files(made, ['driver.html', 'src/i18n/zh-CN.json?part=driver', 'src/i18n/en.json?part=driver']);
    expect(kept.filter((name) => name.startsWith('/assets/')).map((name) => name.slice(1)).sort()).toEqual([...assets].sort());
    expect(packed(new Set(kept.map((name) => name.slice(1))))).toBeLessThan(100 * KB);
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
