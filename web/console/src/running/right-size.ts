/** A fleet of another size for the trips of the past (车队规模推演): what is asked, and how the changes are kept. */

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { post } from '../api/client';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };

export type FleetClass = Written<Schemas['FleetClass']>;
export type FleetMonth = Written<Schemas['FleetMonth']>;
export type FleetOutcome = Omit<Written<Schemas['FleetOutcome']>, 'classes' | 'months'> & { classes: FleetClass[]; months: FleetMonth[] };
export type RightSizing = Omit<Written<Schemas['RightSizing']>, 'before' | 'after'> & { before: FleetOutcome; after: FleetOutcome };

/** What makes cars alike. */
export type Kind = Pick<FleetClass, 'category' | 'seats' | 'is_electric'>;
export interface Change extends Kind {
  count: number;
}

/** What is tried; what is empty the service chooses. */
export interface Trial {
  unit_id: string;
  from: string;
  to: string;
  changes: Change[];
  waits_min: number;
  may_rent: boolean;
  range_km: number;
}

export const isSame = (one: Kind, other: Kind): boolean => one.category === other.category && one.seats === other.seats && one.is_electric === other.is_electric;

/** So many of a class more than now, never fewer than none: the change that says so takes the place of the one before. */
export function changed(changes: readonly Change[], kind: Kind, has: number, by: number): Change[] {
  const before = changes.find((one) => isSame(one, kind))?.count ?? 0;
  const count = Math.max(-has, Math.min(100, before + by));
  const others = changes.filter((one) => !isSame(one, kind));
  return count === 0 ? others : [...others, { category: kind.category, seats: kind.seats, is_electric: kind.is_electric, count }];
}

/** Every class that there is, and next to each with fuel the same as electric cars, so that one can be put for the other. */
export function kinds(classes: readonly FleetClass[]): (Kind & { cars: number })[] {
  const all: (Kind & { cars: number })[] = classes.map(({ category, seats, is_electric, cars }) => ({ category, seats, is_electric, cars }));
  for (const one of classes) {
    const other = { category: one.category, seats: one.seats, is_electric: !one.is_electric };
    if (!all.some((known) => isSame(known, other))) all.push({ ...other, cars: 0 });
  }
  return all.sort((a, b) => a.category.localeCompare(b.category) || a.seats - b.seats || Number(a.is_electric) - Number(b.is_electric));
}

export function useRightSizing(trial: Trial) {
  const { unit_id, from, to, ...rest } = trial;
  const body = { ...rest, unit_id: unit_id || null, from: from || null, to: to || null };
  return useQuery({
    queryKey: ['right-sizing', body],
    queryFn: () => post<RightSizing>('/right-sizing', body),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
}
