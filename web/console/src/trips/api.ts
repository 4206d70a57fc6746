/** Trips at the service (用车): what is asked, how often it is asked anew, and what is sent. */

import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import { get, post, put } from '../api/client';
import { useServices } from '../app/services';
import type { Board, Candidates, Check, Decided, Flows, Options, Order, RequestMove, TripCounts, TripPage, TripRequest, Wish } from './types';

export type View = 'mine' | 'to_decide' | 'to_dispatch' | 'handed' | 'all';

const KEY = ['trips'];
/** While the page is looked at; the live channel says earlier that something has changed. */
const OFTEN_MS = 5000;

export function useTripCounts() {
  return useQuery({ queryKey: [...KEY, 'counts'], queryFn: ({ signal }) => get<TripCounts>('/trip-requests/counts', {}, signal), refetchInterval: OFTEN_MS });
}

export function useRequests(view: View, enabled = true) {
  return useInfiniteQuery({
    queryKey: [...KEY, 'list', view],
    enabled,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => get<TripPage>('/trip-requests', { view, after: pageParam, limit: 50 }, signal),
    getNextPageParam: (page) => page.next || undefined,
    refetchInterval: OFTEN_MS,
  });
}

export function useRequest(id: string | null) {
  return useQuery({
    queryKey: [...KEY, 'one', id],
    enabled: id !== null,
    queryFn: ({ signal }) => get<TripRequest>(`/trip-requests/${id}`, {}, signal),
    refetchInterval: OFTEN_MS,
    retry: 1,
  });
}

export function useOptions(enabled = true) {
  return useQuery({ queryKey: [...KEY, 'options'], enabled, queryFn: ({ signal }) => get<Options>('/trip-options', {}, signal), staleTime: 60_000 });
}

/** What the service says of a wish; the last answer stays until the next is there. */
export function useCheck(wish: Wish | null) {
  return useQuery({
    queryKey: [...KEY, 'check', wish],
    enabled: wish !== null,
    queryFn: () => post<Check>('/trip-requests/check', wish),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  });
}

export function useCandidates(id: string | null) {
  return useQuery({
    queryKey: [...KEY, 'candidates', id],
    enabled: id !== null,
    queryFn: ({ signal }) => get<Candidates>(`/trip-requests/${id}/candidates`, {}, signal),
    refetchInterval: 15_000,
  });
}

export function useOrder(id: string | null) {
  return useQuery({ queryKey: [...KEY, 'order', id], enabled: id !== null, queryFn: ({ signal }) => get<Order>(`/dispatch-orders/${id}`, {}, signal) });
}

/** What was paid on the way of an order; who may not see it leaves the line to the pen. */
export function usePaid(id: string) {
  return useQuery({ queryKey: [...KEY, 'paid', id], queryFn: ({ signal }) => get<{ total_fen: number }>(`/dispatch-orders/${id}/expenses`, {}, signal), retry: false });
}

export function useBoard(from: string, to: string) {
  return useQuery({
    queryKey: [...KEY, 'board', from, to],
    queryFn: ({ signal }) => get<Board>('/dispatch-board', { from, to }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: OFTEN_MS,
  });
}

export function useFlows() {
  return useQuery({ queryKey: ['approval-flows'], queryFn: ({ signal }) => get<Flows>('/approval-flows', {}, signal) });
}

/** Everything about trips is asked anew. */
export function useTripsChanged(): () => Promise<void> {
  const queries = useQueryClient();
  return useCallback(() => queries.invalidateQueries({ queryKey: KEY }), [queries]);
}

/** Asks anew whenever the live channel says that there is news for this account: who has to decide is told so. */
export function useTripNotes(): void {
  const { live } = useServices();
  const changed = useTripsChanged();
  useEffect(
    () =>
      live.onNote((note) => {
        if (typeof note === 'object' && note !== null && 'note' in note) void changed();
      }),
    [live, changed],
  );
}

export interface Act {
  action: Exclude<RequestMove, 'order' | 'rewrite' | 'hand_over' | 'call_back'>;
  opinion?: string;
  account_id?: string;
}

export const act = (id: string, body: Act) => post<TripRequest>(`/trip-requests/${id}/actions`, body);
export const readRequest = (id: string) => get<TripRequest>(`/trip-requests/${id}`);
export const ask = (wish: Wish, submit: boolean, key?: string) => post<TripRequest>('/trip-requests', { ...wish, submit }, key);
export const correct = (id: string, wish: Wish) => put<TripRequest>(`/trip-requests/${id}`, wish);

export const decideAll = (ids: string[], action: 'approve' | 'reject', opinion?: string) => post<Decided>('/trip-requests/decisions', { ids, action, opinion });

/** Gives an order to another car (改派). */
export const reassign = (id: string, vehicle_id: string, reason: string) => post<Order>(`/dispatch-orders/${id}/actions`, { action: 'reassign', vehicle_id, reason });

export interface Issue {
  vehicle_id: string;
  driver_id: string;
  substitution?: string;
}
export const issue = (id: string, body: Issue) => post<Order>(`/trip-requests/${id}/orders`, body);
