import { describe, expect, it } from 'vitest';
import { downToCounties, index, move, opening, revealing, visible } from '../src/units/tree';
import type { UnitTree } from '../src/units/api';

const TREE: UnitTree = {
  ids: ['city', 'west', 'bureau', 'fleet', 'east', 'gone'],
  names: ['市', '西湖', '执法局', '车队', '上城', '旧局'],
  depths: [0, 1, 2, 3, 1, 1],
  levels: [3, 4, 4, 4, 4, 4],
  kinds: [0, 0, 0, 3, 0, 0],
  kind_names: ['organ', 'institution', 'department', 'fleet', 'other'],
  status: [0, 0, 0, 0, 0, 2],
  status_names: ['active', 'merged', 'closed'],
};

describe('the tree of units', () => {
  const rows = index(TREE);
  const names = (open: Iterable<string>, withGone = false) => visible(rows, new Set(open), withGone).map((at) => TREE.names[at]);

  it('knows who stands where', () => {
    expect([...rows.above]).toEqual([-1, 0, 1, 2, 0, 0]);
    expect([...rows.end]).toEqual([6, 4, 4, 4, 5, 6]);
    expect([rows.place[4], rows.siblings[4]]).toEqual([2, 3]);
  });

  it('shows what is open, and what is gone on request', () => {
    expect(names(opening(rows))).toEqual(['市', '西湖', '上城']);
    expect(names(['city'], true)).toEqual(['市', '西湖', '上城', '旧局']);
    expect(names(revealing(rows, new Set(), 'fleet'))).toEqual(['市', '西湖', '执法局', '车队', '上城']);
    expect(names(downToCounties(rows))).toEqual(['市', '西湖', '上城']);
  });

  it('moves by the keys of a tree', () => {
    const open = new Set(['city', 'west']);
    const seen = visible(rows, open, false);
    const press = (at: number, key: string) => move(rows, seen, at, open, key);
    expect(press(0, 'ArrowDown')).toEqual({ to: 1 });
    expect(press(0, 'ArrowUp')).toBeNull();
    expect(press(0, 'End')).toEqual({ to: 4 });
    expect(press(4, 'Home')).toEqual({ to: 0 });
    expect(press(1, 'ArrowRight')).toEqual({ to: 2 });
    expect(press(2, 'ArrowRight')).toEqual({ open: 2 });
    expect(press(2, 'ArrowLeft')).toEqual({ to: 1 });
    expect(press(1, 'ArrowLeft')).toEqual({ close: 1 });
    expect(press(4, 'ArrowRight')).toBeNull();
  });

  it('indexes and walks 24,000 units in a moment', () => {
    const count = 24_000;
    const fill = <T>(make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n));
    const large: UnitTree = { ...TREE, ids: fill(String), names: fill((n) => `单位${n}`), depths: fill((n) => (n === 0 ? 0 : 1 + (n % 5))), levels: fill(() => 3), kinds: fill(() => 0), status: fill(() => 0) };
    const started = performance.now();
    const all = index(large);
    expect(visible(all, downToCounties(all), true)).toHaveLength(count);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
