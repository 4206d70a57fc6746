/** Words and sums of money (金额): yuan as people type them, months, and an account's ledger with what is left after each entry. */

import { language } from '../i18n';
import type { Allowance, AllowanceEntry, CostLine } from './api';

/** `12.5` as fen; null where it is no amount of yuan with at most two decimals. */
export function fenOf(text: string): number | null {
  const found = /^\s*(-?)(\d{1,10})(?:\.(\d{1,2}))?\s*$/.exec(text.replace(/[,，]/g, ''));
  if (!found) return null;
  const fen = Number(found[2]) * 100 + Number((found[3] ?? '').padEnd(2, '0'));
  return found[1] ? -fen : fen;
}

/** A month in words: `2026年3月`, `March 2026`. */
export function monthName(year: number, month: number): string {
  return new Intl.DateTimeFormat(language() === 'en' ? 'en-GB' : 'zh-CN', { year: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(Date.UTC(year, month - 1, 1)));
}

/** The year and month of Beijing at an instant. */
export function beijingMonth(ms: number): { year: number; month: number } {
  const at = new Date(ms + 8 * 3_600_000);
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1 };
}

/** The month before: that of which the register is shown next. */
export function monthBefore({ year, month }: { year: number; month: number }): { year: number; month: number } {
  return month === 1 ? { year: year - 1, month: 12 } : { year, month: month - 1 };
}

/** How much of an account is held and spent, from 0 to 1. */
export function usedShare(account: Pick<Allowance, 'given_fen' | 'left_fen'>): number {
  const used = account.given_fen - account.left_fen;
  if (used <= 0) return 0;
  return account.given_fen <= 0 ? 1 : Math.min(1, used / account.given_fen);
}

export type LedgerLine = AllowanceEntry & { balance_fen: number };

/** The entries, newest first as they come, each with what was left after it; the last balance is their sum. */
export function ledger(entries: readonly AllowanceEntry[]): { lines: LedgerLine[]; sum_fen: number } {
  let balance = 0;
  const lines = [...entries].reverse().map((entry) => ({ ...entry, balance_fen: (balance += entry.amount_fen) }));
  return { lines: lines.reverse(), sum_fen: balance };
}

export interface UnitAllowances {
  unit_id: string;
  unit_name: string;
  /** The pool of the year, where the unit has one. */
  pool: Allowance | null;
  /** Index 0 is January; null where the month has no account. */
  months: (Allowance | null)[];
}

/** Accounts by unit, in the order in which they come. */
export function byUnit(items: readonly Allowance[]): UnitAllowances[] {
  const units = new Map<string, UnitAllowances>();
  for (const account of items) {
    const unit = units.get(account.unit_id) ?? { unit_id: account.unit_id, unit_name: account.unit_name, pool: null, months: Array.from({ length: 12 }, () => null) };
    if (account.month === null) unit.pool = account;
    else unit.months[account.month - 1] = account;
    units.set(account.unit_id, unit);
  }
  return [...units.values()];
}

/** What stands in a line's column of quantity, as a number; metres are told in kilometres. */
export function quantityOf(line: Pick<CostLine, 'measure' | 'quantity'>): number {
  return line.measure === 'metre' ? line.quantity / 1000 : line.quantity;
}
