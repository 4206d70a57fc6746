/** Receipts that may be the same (重复票据): asked about before they are kept. */

import type { Record } from './outbox';

/** The same amount for the same thing within so long may be the same receipt. */
const ALIKE_MS = 30 * 60_000;

/** A cost that waits here and looks like the one that is typed. */
export function alike(records: readonly Record[], order: string, kind: string | null, amount: number | null, now: number): Record | undefined {
  return records.find((record) => {
    const body = record.body as { kind?: string; amount_fen?: number };
    return record.kind === 'expense' && record.order === order && body.kind === kind && body.amount_fen === amount && now - Date.parse(record.at) < ALIKE_MS;
  });
}
