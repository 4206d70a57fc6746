/** Which findings come first (疑点排序): those that wait for the reader, the one whose time runs out first before the others. */

import type { Finding, FindingState } from './api';

/** What the finding waits for from the reader: words, a decision, or nothing. */
export function waitsFor(finding: Pick<Finding, 'state' | 'actions'>): 'explain' | 'decide' | null {
  if (finding.actions.includes('accept') || finding.actions.includes('violation')) return 'decide';
  // What has been explained can be explained again; nobody waits for that.
  return finding.state === 'open' && finding.actions.includes('explain') ? 'explain' : null;
}

/** The states in which a finding can wait for who has these permissions. */
export function unsettledStates(permissions: readonly string[]): FindingState[] {
  return permissions.includes('approve_trips') ? ['open', 'explained', 'escalated'] : ['open'];
}

/** Those that wait for the reader, the most urgent first, and the others as they came. */
export function inOrder(unsettled: readonly Finding[], listed: readonly Finding[]): { waiting: Finding[]; others: Finding[] } {
  const waiting = [...new Map([...unsettled, ...listed].filter((one) => waitsFor(one) !== null).map((one) => [one.id, one])).values()];
  const due = (one: Finding) => (one.explain_by === null ? Infinity : Date.parse(one.explain_by));
  // Without a time of their own the newest stands first: Infinity less Infinity is no order.
  waiting.sort((a, b) => (due(a) === due(b) ? Date.parse(b.found_at) - Date.parse(a.found_at) : due(a) - due(b)));
  const ids = new Set(waiting.map((one) => one.id));
  return { waiting, others: listed.filter((one) => !ids.has(one.id)) };
}

/** Spans of time that can be asked for, in days back from now; 0: no bound. */
export const SPANS = [0, 1, 7, 30, 90];

/** From when on findings are shown; null: from the first. */
export function sinceOf(days: number, now: number): number | null {
  return days > 0 ? now - days * 86_400_000 : null;
}

/** The list runs from the newest on: once one is older than the span, so is everything that would follow. */
export function within<T extends { found_at: string }>(items: readonly T[], since: number | null): { items: T[]; isComplete: boolean } {
  if (since === null) return { items: [...items], isComplete: false };
  const inside = items.filter((one) => Date.parse(one.found_at) >= since);
  return { items: inside, isComplete: inside.length < items.length };
}

/** Where the trip can be seen on the map, from the instant at which it began to be one; null where it is not told. */
export function playbackOf(finding: Pick<Finding, 'vehicle_id' | 'trip_id' | 'at'>): string | null {
  if (finding.trip_id === null) return null;
  const day = new Date(Date.parse(finding.at) + 8 * 3_600_000).toISOString().slice(0, 10);
  return `/?${new URLSearchParams({ v: finding.vehicle_id, panel: 'playback', day, at: finding.at })}`;
}
