/**
 * The outbox (待传箱): what was tapped is written down before anything is shown of it, and sent in that order, one after the other, each
 * under a key of its own. Whoever lost the answer sends the same again, and the service, which remembers keys, does it once.
 */

import type { Problem } from '../api/types';

export type Kind = 'action' | 'check' | 'expense' | 'positions' | 'sos' | 'accident' | 'picture';
/** A call for help waits for nothing that was tapped before it. */
export type Lane = 'orders' | 'sos';

export interface Record {
  /** Rises in the order of the taps; given by the shelf. */
  seq: number;
  key: string;
  /** Whose tap it was: another driver on the same telephone does not send it. */
  account: string;
  order: string;
  lane: Lane;
  kind: Kind;
  /** When it happened, by this device's clock. */
  at: string;
  body: object;
  photo?: Blob;
  state: 'waiting' | 'refused';
  /** Why the service will not have it, in its own words. */
  problem?: Problem;
}

export type Tap = Omit<Record, 'seq' | 'state' | 'problem'>;

/** Where records lie, through restarts. */
export interface Shelf {
  add(record: Omit<Record, 'seq'>): Promise<number>;
  /** All of them, in the order of the taps. */
  all(): Promise<Record[]>;
  put(record: Record): Promise<void>;
  remove(seq: number): Promise<void>;
}

/** What became of one attempt: done; refused for good; or to be tried again, and why. */
export type Attempt = { is: 'done'; answer: unknown } | { is: 'refused'; problem: Problem } | { is: 'later'; why: Why };
export type Why = 'away' | 'busy' | 'sign_in';

export async function keep(shelf: Shelf, tap: Tap): Promise<Record> {
  const record = { ...tap, state: 'waiting' as const };
  return { ...record, seq: await shelf.add(record) };
}

/**
 * Sends what waits in a lane until nothing does, or until it is to be tried again later. What the service refuses for good is kept and
 * does not hold up what comes after it.
 */
export async function deliver(
  shelf: Shelf,
  account: string,
  lane: Lane,
  send: (record: Record) => Promise<Attempt>,
  told: (record: Record, attempt: Attempt) => void = () => {},
): Promise<'empty' | Why> {
  for (;;) {
    const next = (await shelf.all()).find((record) => record.account === account && record.lane === lane && record.state === 'waiting');
    if (!next) return 'empty';
    const attempt = await send(next);
    if (attempt.is === 'later') return attempt.why;
    // Only now: whoever is cut off before this sends it once more, under the same key.
    if (attempt.is === 'done') await shelf.remove(next.seq);
    else await shelf.put({ ...next, state: 'refused', problem: attempt.problem });
    told(next, attempt);
  }
}

/** An error that passes by itself, or by signing in; everything else that the service says of a record stays as it is. */
export function judge(status: number, problem: Problem): Attempt {
  if (status === 401 || problem.code === 'auth.csrf' || /^auth\.(code_required|password_due|second_factor_due)$/.test(problem.code)) {
    return { is: 'later', why: 'sign_in' };
  }
  if (status >= 500 || status === 408 || status === 425 || status === 429) return { is: 'later', why: 'busy' };
  return { is: 'refused', problem };
}

/** The number by which a driver can name a record that is still here (本机回执号). */
export const receipt = (record: { key: string }) => record.key.replace(/-/g, '').slice(-6).toUpperCase();
