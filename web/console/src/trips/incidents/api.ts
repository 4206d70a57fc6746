/** Accidents and violations at the service (事故与违章接口). */

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get } from '../../api/client';
import type { components } from '../../api/schema';
import type { VehiclePage } from '../../api/types';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };
type With<T, Change> = Omit<T, keyof Change> & Change;

export type StepDone = Written<Schemas['IncidentStepView']>;
export type Accident = With<Written<Schemas['AccidentView']>, { log: StepDone[] }>;
export type Violation = With<Written<Schemas['ViolationView']>, { log: StepDone[] }>;
export interface Page<Case> {
  items: Case[];
  next: string | null;
  may_change: boolean;
}
export type View = 'accidents' | 'violations';

export const KINDS = ['collision', 'rear_end', 'scrape', 'single', 'person', 'other'];
export const LIABILITIES = ['pending', 'full', 'main', 'equal', 'minor', 'none'];
export const STATES: Record<View, string[]> = {
  accidents: ['reported', 'open', 'claimed', 'closed', 'dismissed'],
  violations: ['open', 'appealed', 'handled', 'revoked'],
};

export function useCases<Case>(view: View, state: string) {
  return useInfiniteQuery({
    queryKey: ['incidents', view, state],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => get<Page<Case>>(`/${view}`, { state, after: pageParam, limit: 50 }, signal),
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
  });
}

export function useAccident(id: string) {
  return useQuery({ queryKey: ['incidents', 'accident', id], queryFn: ({ signal }) => get<Accident>(`/accidents/${encodeURIComponent(id)}`, {}, signal), retry: 1 });
}

/** Cars whose plate, alias or unit holds the text. */
export function useCars(q: string) {
  return useQuery({
    queryKey: ['incidents', 'cars', q],
    enabled: q !== '',
    queryFn: ({ signal }) => get<VehiclePage>('/vehicles', { q, limit: 8 }, signal),
    placeholderData: keepPreviousData,
  });
}
