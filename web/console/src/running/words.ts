/** How repairs, due days, costs and figures of cars are laid out and written (运行保障用语); without React. */

import { km, yuan } from '../trips/words';
import { NONE, number } from '../ui/format';
import type { Due, Repair, Shares, UnitFigures, VehicleFigures } from './api';

/** The columns of the board, in the order in which a repair goes through them. */
export const COLUMNS = ['proposed', 'quoted', 'approved', 'in_shop', 'accepted', 'settled'] as const;
/** Most of what is over that the board shows. */
const OVER_SHOWN = 8;

export interface Column {
  state: string;
  repairs: Repair[];
}

/** The board: a column a state; of what is settled the newest alone, and nothing of what came to nothing. */
export function board(repairs: Repair[]): Column[] {
  return COLUMNS.map((state) => {
    const of = repairs.filter((repair) => repair.state === state);
    return { state, repairs: state === 'settled' ? of.slice(0, OVER_SHOWN) : of };
  });
}

/** What is promised or paid: the bill's total, the quote that was taken, or the cheapest there is. */
export function price(repair: Pick<Repair, 'bill' | 'quotes' | 'quote_id'>): number | null {
  const taken = repair.quotes.find((quote) => quote.id === repair.quote_id);
  return repair.bill?.total_fen ?? taken?.total_fen ?? repair.quotes[0]?.total_fen ?? null;
}

/** The buttons of a repair, as far as the asker may: deciding is for others than who asked, and the service says so. */
export function buttons(repair: Pick<Repair, 'moves'>, may: { may_change: boolean; may_decide: boolean }): string[] {
  const decides = ['approve', 'reject'];
  return repair.moves.filter((move) => (decides.includes(move) ? may.may_decide : may.may_change));
}

/** The colour of a due day. */
export function tone(nearness: string): 'bad' | 'warn' | 'note' | 'plain' {
  return ({ overdue: 'bad', near: 'warn', coming: 'note' } as const)[nearness] ?? 'plain';
}

type Text = (key: string, values?: Record<string, string | number>) => string;

/** `还有 7 天`, `已过期 3 天`, `还有 300 公里`; what is nearer by its own measure comes first. */
export function left(due: Pick<Due, 'days_left' | 'km_left'>, t: Text): string {
  const days = due.days_left ?? null;
  const far = due.km_left ?? null;
  const said = [
    days === null ? '' : days < 0 ? t('running.days_over', { count: -days }) : days === 0 ? t('running.due_today') : t('running.days_left', { count: days }),
    far === null ? '' : far < 0 ? t('running.km_over', { count: -far }) : t('running.km_left', { count: far }),
  ];
  return said.filter(Boolean).join(' · ') || NONE;
}

/** Figures whose amounts are fen. */
const MONEY = ['running', 'ownership', 'fuel', 'charge', 'toll', 'parking', 'repair', 'upkeep', 'insurance', 'inspection', 'other', 'fine', 'driver', 'purchase', 'purchase_tax', 'registration', 'proceeds'];
const DAYS = ['car_days', 'used_cars', 'shop_days'];

/** The amount of a row or of a whole list, by what the figure counts. */
export function amount(figure: string, value: number, t: Text): string {
  if (MONEY.includes(figure)) return yuan(value);
  if (figure.endsWith('distance')) return km(value);
  if (DAYS.includes(figure)) return t('running.shared_days', { count: value });
  if (figure === 'fuel_taken') return `${number(value / 1000, 2)} L`;
  if (figure === 'energy_taken') return `${number(value / 1000, 2)} kWh`;
  if (figure === 'carbon') return `${number(value / 1000, 2)} kgCO₂`;
  return number(value);
}

const percent = (value: number | null | undefined) => (value === null || value === undefined ? NONE : `${number(value, 2)} %`);
const unit = (value: number | null | undefined, measure: string) => (value === null || value === undefined ? NONE : `${number(value, 2)} ${measure}`);
const money = (value: number | null | undefined, per: string) => (value === null || value === undefined ? NONE : `${yuan(value)}${per}`);

/** How a share is written, and the list that it is reckoned from. */
const SHARES: Record<keyof Shares, [figure: string, write: (shares: Shares) => string]> = {
  fen_per_km: ['running', (of) => money(of.fen_per_km, '/km')],
  ownership_fen_per_km: ['ownership', (of) => money(of.ownership_fen_per_km, '/km')],
  ownership_fen_per_car_year: ['ownership', (of) => money(of.ownership_fen_per_car_year, '')],
  l_per_100km: ['fuel_taken', (of) => unit(of.l_per_100km, 'L/100km')],
  kwh_per_100km: ['energy_taken', (of) => unit(of.kwh_per_100km, 'kWh/100km')],
  carbon_kg_per_100km: ['carbon', (of) => unit(of.carbon_kg_per_100km, 'kg/100km')],
  nev_stock_pct: ['stock_nev', (of) => percent(of.nev_stock_pct)],
  nev_flow_pct: ['flow_nev', (of) => percent(of.nev_flow_pct)],
  days_used_pct: ['used_cars', (of) => percent(of.days_used_pct)],
  cars_used_pct: ['used_cars', (of) => percent(of.cars_used_pct)],
  orders_per_car_day_pct: ['orders', (of) => percent(of.orders_per_car_day_pct)],
  ready_pct: ['shop_days', (of) => percent(of.ready_pct)],
};
/** What is shown as it was counted. */
const COUNTED = ['running', 'ownership', 'distance', 'fuel_taken', 'energy_taken', 'carbon', 'stock', 'flow', 'fine', 'card_refusals'];

export interface Figure {
  id: string;
  /** The list behind it. */
  figure: string;
  value: string;
  /** The same of cars of new energy and of those with fuel. */
  nev: string;
  fuel: string;
}

/** Everything that there is to show: first what was counted, then what follows from it. */
export function cards(figures: VehicleFigures, t: Text): Figure[] {
  const of = (half: { figures: { figure: string; amount: number }[] }, figure: string) => amount(figure, half.figures.find((one) => one.figure === figure)?.amount ?? 0, t);
  const counted = COUNTED.map((figure) => ({ id: figure, figure, value: of(figures, figure), nev: of(figures.nev_cars, figure), fuel: of(figures.fuel_cars, figure) }));
  const shares = Object.entries(SHARES).map(([id, [figure, write]]) => ({
    id,
    figure,
    value: write(figures.shares),
    nev: write(figures.nev_cars.shares),
    fuel: write(figures.fuel_cars.shares),
  }));
  return [...counted, ...shares];
}

export interface Bar {
  id: string;
  name: string;
  value: string;
  /** Of the longest, 0 to 100. */
  length: number;
}

/** What the chart draws: a bar a unit, the longest first; units without a value are left out. */
export function bars(units: UnitFigures[], share: string, figure: string, t: Text): Bar[] {
  const found = units.map((one) => {
    const given = one.shares[share as keyof Shares];
    const counted = one.figures.find((total) => total.figure === figure)?.amount ?? 0;
    const value = share in one.shares ? (given ?? 0) : counted;
    const write = SHARES[share as keyof Shares]?.[1];
    return { id: `${one.unit_id}${one.is_own ? '-own' : ''}`, name: one.is_own ? t('running.own_cars', { unit: one.unit_name }) : one.unit_name, worth: value, value: write ? write(one.shares) : amount(figure, counted, t) };
  });
  const most = Math.max(...found.map((one) => one.worth), 0);
  return found
    .filter((one) => one.worth > 0)
    .sort((one, other) => other.worth - one.worth)
    .map(({ worth, ...one }) => ({ ...one, length: Math.round((worth / most) * 1000) / 10 }));
}

/** Typed yuan in fen; null: nothing that is an amount. */
export function fenOf(typed: string): number | null {
  const [, whole, part = ''] = /^\s*(\d{1,8})(?:\.(\d{1,2}))?\s*$/.exec(typed) ?? [];
  return whole === undefined ? null : Number(whole) * 100 + Number(part.padEnd(2, '0'));
}

/** Typed kilometres, months or pieces; null: nothing that counts. */
export function wholeOf(typed: string): number | null {
  return /^\s*\d{1,7}\s*$/.test(typed) ? Number(typed) : null;
}
