/** The tree of units as rows (机构树): which are seen, where they belong, how the keyboard moves among them. No React. */

import type { UnitTree } from './api';

export interface Rows {
  tree: UnitTree;
  /** Position of the unit above; -1 at the top. */
  above: Int32Array;
  /** Position behind the last unit below. */
  end: Int32Array;
  /** Place among those below the same unit, from 1, and how many they are. */
  place: Int32Array;
  siblings: Int32Array;
  at: Map<string, number>;
}

export function index(tree: UnitTree): Rows {
  const count = tree.ids.length;
  const above = new Int32Array(count).fill(-1);
  const end = new Int32Array(count).fill(count);
  const place = new Int32Array(count);
  const siblings = new Int32Array(count);
  const open: number[] = [];
  const below = new Map<number, number>();
  for (let at = 0; at < count; at++) {
    const depth = tree.depths[at]!;
    while (open.length > depth) end[open.pop()!] = at;
    above[at] = open.at(-1) ?? -1;
    const number = (below.get(above[at]!) ?? 0) + 1;
    below.set(above[at]!, number);
    place[at] = number;
    open.push(at);
  }
  for (let at = 0; at < count; at++) siblings[at] = below.get(above[at]!)!;
  return { tree, above, end, place, siblings, at: new Map(tree.ids.map((id, at) => [id, at])) };
}

export const hasBelow = (rows: Rows, at: number) => rows.end[at]! > at + 1;
export const isGone = (rows: Rows, at: number) => rows.tree.status[at] !== 0;

/** The rows that are seen, from the top down. Those that are gone are seen on request. */
export function visible(rows: Rows, open: ReadonlySet<string>, withGone: boolean): number[] {
  const seen: number[] = [];
  const { ids } = rows.tree;
  for (let at = 0; at < ids.length; ) {
    if (!withGone && isGone(rows, at)) {
      at = rows.end[at]!;
      continue;
    }
    seen.push(at);
    at = open.has(ids[at]!) ? at + 1 : rows.end[at]!;
  }
  return seen;
}

/** `open` with everything above `id`, so that it is seen. */
export function revealing(rows: Rows, open: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(open);
  for (let at = rows.above[rows.at.get(id) ?? -1] ?? -1; at >= 0; at = rows.above[at]!) next.add(rows.tree.ids[at]!);
  return next;
}

/** What is open when the page opens: the top and, where they are few, what stands below it. */
export function opening(rows: Rows): ReadonlySet<string> {
  const { ids, depths } = rows.tree;
  return new Set(ids.filter((_, at) => depths[at] === 0));
}

/** Everything down to the counties: their own parts stay closed. */
export function downToCounties(rows: Rows): ReadonlySet<string> {
  const { ids, levels } = rows.tree;
  return new Set(ids.filter((_, at) => hasBelow(rows, at) && levels[at]! < 4));
}

export type Move = { to: number } | { open: number } | { close: number } | null;

/** What a key means at row `at` of those seen. */
export function move(rows: Rows, seen: number[], at: number, open: ReadonlySet<string>, key: string): Move {
  const here = seen.indexOf(at);
  const to = (place: number): Move => {
    const next = seen[Math.min(seen.length - 1, Math.max(0, place))];
    return next === undefined || next === at ? null : { to: next };
  };
  const isOpen = open.has(rows.tree.ids[at] ?? '');
  switch (key) {
    case 'ArrowDown':
      return to(here + 1);
    case 'ArrowUp':
      return to(here < 0 ? 0 : here - 1);
    case 'PageDown':
      return to(here + 12);
    case 'PageUp':
      return to(here - 12);
    case 'Home':
      return to(0);
    case 'End':
      return to(seen.length - 1);
    case 'ArrowRight':
      return !hasBelow(rows, at) ? null : isOpen ? to(here + 1) : { open: at };
    case 'ArrowLeft':
      return isOpen && hasBelow(rows, at) ? { close: at } : rows.above[at]! >= 0 ? { to: rows.above[at]! } : null;
    default:
      return null;
  }
}
