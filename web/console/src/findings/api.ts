/** What the page of findings asks of the API (疑点接口). */

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };
type With<T, Change> = Omit<T, keyof Change> & Change;

export const STATES = ['open', 'explained', 'escalated', 'accepted', 'violation'] as const;
export type FindingState = (typeof STATES)[number];
export type FindingAction = 'explain' | 'escalate' | 'accept' | 'violation';
/** What does not fit, as the service names it; the words for them it sends itself, but for the filter. */
export const KINDS = [
  'use_without_order', 'after_hours', 'holiday_use', 'left_early', 'left_late', 'came_back_late', 'detour', 'off_route', 'not_returned', 'sensitive_stop',
  'wrong_driver', 'mileage_mismatch', 'never_moved', 'not_ratified',
];

/** What there is to know beside the number; of a confidential trip no place is told. */
export type Detail =
  | { about: 'nothing' }
  | { about: 'day'; day: string; name: string | null }
  | { about: 'lengths'; ordered_m: number; seen_m: number }
  | { about: 'place'; lat: number | null; lon: number | null; name: string | null; class: string | null }
  | { about: 'drivers'; ordered: string; seen: string };

export type Finding = With<
  Written<Schemas['FindingView']>,
  { state: FindingState; actions: FindingAction[]; detail: Detail; order: Written<Schemas['FindingOrder']> | null; measure: 'metre' | 'minute' | 'percent' | 'count' }
>;
export type FindingStep = With<Written<Schemas['FindingStepView']>, { action: FindingAction }>;
export interface FindingSheet {
  finding: Finding;
  steps: FindingStep[];
  heads: string[];
}
interface FindingPage {
  items: Finding[];
  next: string | null;
}
export interface FindingFilter {
  state: string;
  kind: string;
  unit_id: string;
}

const PAGE = 50;
/** Findings that wait for the reader are read at once, so many at the most. */
export const WAITING = 100;
const OFTEN_MS = 60_000;

export const findingPath = (id: string, rest = '') => `/findings/${encodeURIComponent(id)}${rest}`;

/** The route of each step is named for what is sent, not for what is done. */
export const ROUTES: Record<FindingAction, string> = { explain: '/explanation', escalate: '/escalate', accept: '/accept', violation: '/violation' };

export function useFindings(filter: FindingFilter) {
  return useInfiniteQuery({
    queryKey: ['findings', 'list', filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => get<FindingPage>('/findings', { ...filter, after: pageParam, limit: PAGE }, signal),
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
    refetchInterval: OFTEN_MS,
  });
}

/** The open and the undecided ones, wherever they stand in the list: from them those that wait for the reader are told. */
export function useUnsettled(filter: Omit<FindingFilter, 'state'>, states: readonly FindingState[]) {
  return useQuery({
    queryKey: ['findings', 'unsettled', filter, states],
    enabled: states.length > 0,
    queryFn: async ({ signal }) => {
      const pages = await Promise.all(states.map((state) => get<FindingPage>('/findings', { ...filter, state, limit: WAITING }, signal)));
      return pages.flatMap((page) => page.items);
    },
    placeholderData: keepPreviousData,
    refetchInterval: OFTEN_MS,
  });
}

/** Looking at one is written down: it is asked when somebody opens it, and not again by itself. */
export function useFinding(id: string | null) {
  return useQuery({
    queryKey: ['findings', 'one', id],
    enabled: id !== null,
    queryFn: ({ signal }) => get<FindingSheet>(findingPath(id!), {}, signal),
    retry: 1,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}
