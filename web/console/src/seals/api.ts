/** What the page of seals asks of the API (封存接口). */

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { components } from '../api/schema';
import type { Items, VehiclePage } from '../api/types';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };

export type SealOpening = Written<Schemas['OpeningView']>;
export type Seal = Omit<Written<Schemas['SealView']>, 'opening'> & { opening: SealOpening | null };
export type HolidaySealed = Written<Schemas['HolidaySealed']>;
export interface SealPage {
  items: Seal[];
  next: string | null;
  may_seal: boolean;
  may_open: boolean;
}
export type SealState = 'held' | 'coming' | 'opened' | 'over';

/** Where a seal stands (封存状态). */
export function sealState(seal: Pick<Seal, 'is_in_force' | 'opening' | 'from'>, now = Date.now()): SealState {
  if (seal.opening) return 'opened';
  if (seal.is_in_force) return 'held';
  return Date.parse(seal.from) > now ? 'coming' : 'over';
}

/** `at`: those that hold then; none: all of them. */
export function useSeals(filter: { unit_id: string; at: string }) {
  return useInfiniteQuery({
    queryKey: ['seals', filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => get<SealPage>('/seals', { ...filter, after: pageParam, limit: 200 }, signal),
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
  });
}

/** Cars whose plate, alias or unit holds the text, as choices. */
export function useCarsFound(q: string) {
  return useQuery({
    queryKey: ['cars-found', q],
    enabled: q !== '',
    queryFn: async ({ signal }) => {
      const page = await get<VehiclePage>('/vehicles', { q, limit: 8 }, signal);
      return page.items.map((car) => ({ id: car.id, name: car.plate, note: car.unit_name }));
    },
    placeholderData: keepPreviousData,
  });
}

/** Colleagues whose name or login holds the text, as choices. */
export function usePeopleFound(q: string) {
  return useQuery({
    queryKey: ['people-found', q],
    enabled: q !== '',
    queryFn: async ({ signal }) => {
      const page = await get<Items<Schemas['ColleagueView']>>('/session/colleagues', { q }, signal);
      return page.items.map((person) => ({ id: person.id, name: person.display_name, note: person.unit_name }));
    },
    placeholderData: keepPreviousData,
  });
}
