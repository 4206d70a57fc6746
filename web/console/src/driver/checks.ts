/** The look over a car (车辆检查): the five things, and what the answers come to before the service has heard of them. */

import type { Order } from './order';
import type { Record } from './outbox';
import type { Car } from './terminal';

/** Names of `dispatch::trip::check::CheckItem`; the first three are a danger unless somebody says otherwise. */
export const ITEMS = ['brakes', 'tyres', 'lights', 'fluids', 'papers'] as const;
export type Item = (typeof ITEMS)[number];
export const DANGERS: readonly Item[] = ['brakes', 'tyres', 'lights'];

export interface Answer {
  item: Item;
  is_well: boolean;
  note: string;
  is_safety: boolean;
}
export interface CheckBody {
  kind: 'pre_trip' | 'post_trip';
  items: Answer[];
}

export const isDanger = (items: readonly Answer[]) => items.some((item) => !item.is_well && item.is_safety);

export interface Standing {
  is_checked: boolean;
  /** Nobody drives off: a danger was found, here or by somebody before. */
  is_kept: boolean;
}

export function standing(order: Order, car: Car | undefined, records: readonly Record[]): Standing {
  const here = records.filter((record) => record.order === order.id && record.kind === 'check' && record.state === 'waiting').map((record) => record.body as CheckBody);
  return {
    is_checked: Boolean(car?.checked_at) || here.some((check) => check.kind === 'pre_trip'),
    is_kept: Boolean(car?.is_kept) || here.some((check) => isDanger(check.items)),
  };
}
