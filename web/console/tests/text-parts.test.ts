import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import texts from '../src/i18n/zh-CN.json';
import { partOf } from '../tools/text-parts';

const SRC = new URL('../src/', import.meta.url).pathname;
/** Which texts a folder's screens have loaded, as `App.tsx` and `Shell.tsx` ask for them. */
const FOLDERS: Record<string, string[]> = {
  people: ['account', 'audit', 'figures', 'login', 'security', 'units'],
  later: ['admin', 'documents', 'keys', 'messages', 'playback', 'rules', 'terminal'],
  oversight: ['cases', 'defects', 'findings', 'places', 'urgent'],
  driver: ['driver'],
  trips: ['trips'],
  money: ['money', 'running'],
  life: ['lifecycle'],
  whole: ['wall', 'whole-life'],
  first: ['app', 'fleet', 'map', 'ui'],
};

function named(folder: string): string[] {
  const files = readdirSync(join(SRC, folder), { recursive: true }).map(String).filter((name) => /\.tsx?$/.test(name));
  const words = files.flatMap((name) => readFileSync(join(SRC, folder, name), 'utf8').match(/(?<=['`])[a-z_]+\.[a-z_]+(?=['`])/g) ?? []);
  return words.filter((word) => word in texts);
}

describe('texts in parts', () => {
  for (const [part, folders] of Object.entries(FOLDERS)) {
    it(`${part}: no screen names a text that it has not loaded`, () => {
      const words = folders.flatMap(named);
      expect(words.length).toBeGreaterThan(20);
      expect(words.filter((word) => !['first', 'errors', part].includes(partOf(word)))).toEqual([]);
    });
  }
});
