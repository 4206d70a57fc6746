/** What the drivers' page asks of the API (驾驶员接口). */

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };

export type Driver = Written<Schemas['DriverView']>;
export type Study = Written<Schemas['StudyView']>;
export type DriverDetail = Driver & { studies: Study[]; may_change: boolean };
export interface DriverPage {
  items: Driver[];
  next: string | null;
  may_change: boolean;
}
export interface DriverFilter {
  q: string;
  unit_id: string;
}

export const CLASSES = ['A1', 'A2', 'A3', 'B1', 'B2', 'C1', 'C2'];
export const STATUSES = ['on_duty', 'on_leave', 'suspended', 'left'];
/** Days ahead from which a licence that runs out is marked; reminders go out by the rule. */
const SOON_DAYS = 30;

export const driverPath = (id: string, rest = '') => `/drivers/${encodeURIComponent(id)}${rest}`;

export function useDrivers(filter: DriverFilter) {
  return useInfiniteQuery({
    queryKey: ['drivers', filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => get<DriverPage>('/drivers', { ...filter, after: pageParam, limit: 200 }, signal),
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
  });
}

export function useDriver(id: string) {
  return useQuery({ queryKey: ['driver', id], queryFn: ({ signal }) => get<DriverDetail>(driverPath(id), {}, signal), retry: 1 });
}

/** How a licence stands (驾驶证状态): run out, running out, or good for longer. */
export function licenceState(daysLeft: number): 'expired' | 'soon' | 'good' {
  if (daysLeft < 0) return 'expired';
  return daysLeft <= SOON_DAYS ? 'soon' : 'good';
}

/** Minutes as hours of lessons: `1.5`. */
export const hours = (minutes: number) => String(Math.round(minutes / 6) / 10);
