/** What stands on the wall (看板): each number with the page that opens its list. */

import type { Figures } from '../figures/api';
import type { Breaches } from '../lifecycle/api';
import type { VehicleFigures } from '../running/api';
import { km, yuan } from '../trips/words';
import { NONE, number } from '../ui/format';

export interface Tile {
  id: string;
  value: string;
  href: string;
  /** What the number is beside, in words: a text and what stands in it. */
  beside?: { text: string; value: string };
  /** Somebody should look. */
  isBad?: boolean;
}

const percent = (value: number | null | undefined) => (value === null || value === undefined ? NONE : `${number(value, 1)} %`);
const perKm = (value: number | null | undefined) => (value === null || value === undefined ? NONE : yuan(value));

/** Today's trips: what was asked for, what left, how far it was, what was found. */
export function ofToday(figures: Figures): Tile[] {
  const amount = (figure: string) => figures.figures.find((one) => one.figure === figure)?.amount ?? 0;
  const href = `/figures?from=${figures.from}&to=${figures.to}`;
  return [
    { id: 'requests', value: number(amount('requests')), href },
    { id: 'orders', value: number(amount('orders')), href },
    { id: 'driven', value: km(amount('trips')), href },
    { id: 'findings', value: number(amount('findings')), href: '/findings', isBad: amount('findings') > 0 },
  ];
}

/** This year, beside the same days of the year before. */
export function ofYear(now: VehicleFigures, before: VehicleFigures | undefined): Tile[] {
  const was = (value: string) => (before ? { beside: { text: 'wall.year_before', value } } : {});
  return [
    { id: 'cost', value: perKm(now.shares.fen_per_km), href: '/vehicle-costs', ...was(perKm(before?.shares.fen_per_km)) },
    { id: 'used', value: percent(now.shares.days_used_pct), href: '/vehicle-costs', ...was(percent(before?.shares.days_used_pct)) },
    { id: 'nev_stock', value: percent(now.shares.nev_stock_pct), href: '/vehicle-costs', ...was(percent(before?.shares.nev_stock_pct)) },
    { id: 'nev_flow', value: percent(now.shares.nev_flow_pct), href: '/vehicle-costs', ...was(percent(before?.shares.nev_flow_pct)) },
  ];
}

/** What the law says is too much. */
export function ofBreaches(breaches: Breaches): Tile[] {
  const counts = { over_establishment: breaches.over_establishment.length, over_standard: breaches.over_standard.length, strangers: breaches.strangers.length };
  return Object.entries(counts).map(([id, count]) => ({ id, value: number(count), href: '/establishment', isBad: count > 0 }));
}

/** From the first of January until the day, and the same days a year before; both as the service takes days. */
export function years(day: string): [{ from: string; to: string }, { from: string; to: string }] {
  const year = Number(day.slice(0, 4));
  // There is no 29 February a year before one.
  const before = day.endsWith('-02-29') ? `${year - 1}-02-28` : `${year - 1}${day.slice(4)}`;
  return [
    { from: `${year}-01-01`, to: day },
    { from: `${year - 1}-01-01`, to: before },
  ];
}
