/** Which numbers the page shows, of which list each is, and how both are written (指标卡片). */

import { km, yuan } from '../trips/words';
import { duration, NONE, number } from '../ui/format';
import type { Figures, Shares } from './api';

export interface Card {
  id: string;
  /** The list behind it. */
  figure: string;
  value: string;
}

const percent = (value: number | null) => (value === null ? NONE : `${number(value, 2)} %`);
const minutes = (value: number | null) => (value === null ? NONE : duration(Math.round(value * 60)));

/** The amount of a row or of a whole list, by what the figure counts. */
export function amount(figure: string, value: number, days: (count: number) => string): string {
  switch (figure) {
    case 'approval_time':
    case 'dispatch_time':
      return duration(value);
    case 'trips':
    case 'shared':
      return km(value);
    case 'used_cars':
      return days(value);
    case 'settled':
      return yuan(value);
    default:
      return number(value);
  }
}

/** How a share is written, and the list that it is reckoned from. */
const SHARES: Record<keyof Shares, [figure: string, write: (value: number | null) => string]> = {
  days_used_pct: ['used_cars', percent],
  cars_used_pct: ['used_cars', percent],
  orders_per_car_day_pct: ['orders', percent],
  km_per_workday: ['trips', (value) => (value === null ? NONE : `${number(value, 1)} km`)],
  approval_min: ['approval_time', minutes],
  dispatch_min: ['dispatch_time', minutes],
  unordered_pct: ['unordered', percent],
  pleased_pct: ['ratings', percent],
  fen_per_km: ['settled', (value) => (value === null ? NONE : `${yuan(value)}/km`)],
};
/** What is shown as it was counted. */
const COUNTED = ['requests', 'orders', 'emergencies', 'trips', 'shared', 'findings', 'settled'];

/** Everything that there is to show: first what was counted, then what follows from it. */
export function cards(figures: Figures, days: (count: number) => string): Card[] {
  const counted = COUNTED.flatMap((figure) => {
    const total = figures.figures.find((one) => one.figure === figure);
    return total ? [{ id: figure, figure, value: amount(figure, total.amount, days) }] : [];
  });
  const shares = Object.entries(SHARES).map(([id, [figure, write]]) => ({ id, figure, value: write(figures.shares[id as keyof Shares]) }));
  return [...counted, ...shares];
}

/** Where the paper of a row is to be read, if it has a page. */
export function paper(figure: string, id: string): string | null {
  return ['orders', 'ratings', 'settled'].includes(figure) ? `/print/order/${id}` : null;
}
