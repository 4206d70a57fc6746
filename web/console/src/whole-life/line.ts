/** How a car's life is laid out on a line (全生命周期时间轴): the span of time, its years, marks that stand too close together, and bars; without React. */

import type { components } from '../api/schema';

type Schemas = components['schemas'];
export type LifeLine = Schemas['LifeLine'];
export type LifeMark = Schemas['LifeMarkView'];

export const yuanText = (fen: number): string => `¥${(fen / 100).toLocaleString('zh-CN', { maximumFractionDigits: 2 })}`;

export const LANES = ['papers', 'running', 'trips', 'cost'] as const;
export type Lane = (typeof LANES)[number];

const DAY = 86_400_000;
const BEIJING = 8 * 3_600_000;

/** The day of an instant in Beijing; of the end of a span its last day. */
export function dayOf(at: string): string {
  return new Date(Date.parse(at) + BEIJING).toISOString().slice(0, 10);
}
export function lastDay(until: string): string {
  return new Date(Date.parse(until) + BEIJING - 1).toISOString().slice(0, 10);
}

/** Marks nearer to the first of their group than this stand under one sign. */
export const NEAR_PX = 20;

/** From the first thing that is known of the car to today, with a little room on both sides. */
export function spanOf(life: Pick<LifeLine, 'marks' | 'months' | 'years'>, now: number): [number, number] {
  const starts = [...life.marks.map((mark) => Date.parse(mark.at)), ...life.months.map((month) => Date.parse(month.month)), ...life.years.map((year) => Date.UTC(year.year, 0, 1))];
  const first = Math.min(now - 90 * DAY, ...starts);
  const last = Math.max(now, ...life.marks.map((mark) => Date.parse(mark.at)));
  const room = (last - first) * 0.02;
  return [first - room, last + room];
}

/** Where an instant stands between the edges. */
export function scale([from, to]: readonly [number, number], left: number, right: number): (at: number) => number {
  return (at) => left + ((Math.min(Math.max(at, from), to) - from) / (to - from)) * (right - left);
}

/** The beginnings of years within the span; of many years as many as have room for their name. */
export function years([from, to]: readonly [number, number], width: number): number[] {
  const first = new Date(from).getUTCFullYear() + 1;
  const last = new Date(to).getUTCFullYear();
  const every = Math.max(1, Math.ceil(((last - first + 1) * 44) / Math.max(width, 1)));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n).filter((year) => (last - year) % every === 0);
}

/** Marks under one sign. */
export interface Group {
  x: number;
  marks: LifeMark[];
}

/** Marks of a lane from left to right, those too close together under one sign. */
export function groups(marks: readonly LifeMark[], x: (at: number) => number, near = NEAR_PX): Group[] {
  const found: Group[] = [];
  for (const mark of [...marks].sort((one, other) => Date.parse(one.at) - Date.parse(other.at))) {
    const at = x(Date.parse(mark.at));
    const last = found.at(-1);
    if (last && at - last.x < near) last.marks.push(mark);
    else found.push({ x: at, marks: [mark] });
  }
  return found;
}

/** A bar of a month or a year. */
export interface Bar {
  x: number;
  width: number;
  /** Of the highest one. */
  share: number;
}

/** Bars from one instant to the next, as high as their share of the highest. */
export function bars(values: readonly { from: number; to: number; value: number }[], x: (at: number) => number): Bar[] {
  const most = Math.max(0, ...values.map((one) => one.value));
  return values.map((one) => ({ x: x(one.from), width: Math.max(1, x(one.to) - x(one.from) - 1), share: most > 0 ? Math.max(0, one.value) / most : 0 }));
}

/** The month behind a month. */
export function nextMonth(month: string): number {
  const day = new Date(month);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 1);
}

/** Where a kind of mark has its page; null: on the sheet of the car's registration. */
export function sourceOf(mark: Pick<LifeMark, 'kind' | 'subject_id'>): string | null {
  switch (mark.kind) {
    case 'establishment':
      return '/establishment';
    case 'indicator':
      return '/establishment?view=indicator';
    case 'purchase':
      return '/purchases';
    case 'disposal':
      return '/disposals';
    case 'transfer':
      return '/disposals?view=transfer';
    case 'policy':
    case 'inspection':
    case 'repair':
      return '/maintenance';
    case 'card':
      return '/cards';
    case 'seal':
      return '/seals';
    case 'finding':
      return '/findings';
    case 'terminal':
      return mark.subject_id ? `/admin/terminals?terminal=${encodeURIComponent(mark.subject_id)}` : '/admin/terminals';
    default:
      return null;
  }
}
