/** What the page of figures asks of the API (指标接口). */

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };

export type Shares = Written<Schemas['SharesView']>;
export type Figures = Omit<Written<Schemas['TripFigures']>, 'shares'> & { shares: Shares };
export type Row = Written<Schemas['FigureRowView']>;
/** Which units and which days; what is empty the service chooses. */
export interface Span {
  unit_id: string;
  from: string;
  to: string;
}

export function useFigures(span: Span) {
  return useQuery({
    queryKey: ['trip-figures', span],
    queryFn: ({ signal }) => get<Figures>('/trip-figures', { ...span }, signal),
    placeholderData: keepPreviousData,
  });
}

/** The list behind a figure. */
export function useRows(figure: string, span: Span) {
  return useInfiniteQuery({
    queryKey: ['trip-figures', span, figure],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => get<{ items: Row[]; next: string | null }>(`/trip-figures/${figure}`, { ...span, after: pageParam, limit: 100 }, signal),
    getNextPageParam: (page) => page.next || undefined,
  });
}
