/** What the page of cases asks of the API (案件接口). */

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { components } from '../api/schema';
import type { Finding } from '../findings/api';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };
type With<T, Change> = Omit<T, keyof Change> & Change;

/** Where somebody enters a case from; one of a rating begins by itself. */
export const ENTERED = ['hotline_12345', 'inspection', 'letter'] as const;
export const SOURCES = [...ENTERED, 'rating'] as const;
export const CASE_STATES = ['open', 'linked', 'closed'] as const;
export type Case = With<
  Written<Schemas['CaseView']>,
  { source: (typeof SOURCES)[number]; state: (typeof CASE_STATES)[number]; outcome: 'founded' | 'unfounded' | null }
>;
interface CasePage {
  items: Case[];
  next: string | null;
}
export type CaseAction = 'link' | 'close';

export const casePath = (id: string, rest: string) => `/cases/${encodeURIComponent(id)}${rest}`;

export function useCases(state: string) {
  return useInfiniteQuery({
    queryKey: ['cases', state],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => get<CasePage>('/cases', { state, after: pageParam, limit: 100 }, signal),
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
  });
}

/** What may be done with a case by who has these permissions; what is closed stays closed. */
export function caseActions({ state }: Pick<Case, 'state'>, permissions: readonly string[]): CaseAction[] {
  if (state === 'closed') return [];
  const may: [CaseAction, string][] = [
    ['link', 'settle_trips'],
    ['close', 'approve_trips'],
  ];
  return may.filter(([, permission]) => permissions.includes(permission)).map(([action]) => action);
}

/** Cases of a source whose number, plate or matter holds the text, of those that have come. */
export function casesOf(cases: readonly Case[], source: string, text: string): Case[] {
  const q = text.trim().toLowerCase().replace('·', '');
  return cases.filter((one) => (source === '' || one.source === source) && (q === '' || [one.number, one.plate ?? '', one.matter].some((words) => words.toLowerCase().includes(q))));
}

/** Those of the named car before the others, each part as it came. */
export function ofCarFirst(findings: readonly Finding[], named: string | null): Finding[] {
  return [...findings.filter((one) => one.plate === named), ...findings.filter((one) => one.plate !== named)];
}
