/** Recurring plans at the service (周期用车接口). */

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get } from '../../api/client';
import type { components } from '../../api/schema';
import type { VehiclePage } from '../../api/types';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };
type With<T, Change> = Omit<T, keyof Change> & Change;

export type Place = Schemas['Place'];
export type PlanState = 'submitted' | 'running' | 'changing' | 'paused' | 'ended' | 'rejected' | 'withdrawn';
export type PlanMove = 'approve' | 'reject' | 'withdraw' | 'change' | 'skip' | 'pause' | 'resume' | 'end';
export type Version = Written<Schemas['PlanVersionView']>;
export type Plan = With<Written<Schemas['PlanView']>, { state: PlanState; moves: PlanMove[]; current: Version | null; waiting: Version | null }>;
export type PlanDay = Written<Schemas['PlanDayView']>;
export type Route = Written<Schemas['RouteView']>;
export interface PlanPage {
  items: Plan[];
  next: string | null;
  may_write: boolean;
}
export interface PlanDays {
  items: PlanDay[];
  missed: number;
  driven: number;
}

export const STATES: PlanState[] = ['submitted', 'running', 'changing', 'paused', 'ended', 'rejected', 'withdrawn'];
export const OUTCOMES = ['planned', 'underway', 'driven', 'missed', 'skipped'];

export function usePlans(state: string) {
  return useInfiniteQuery({
    queryKey: ['plans', 'list', state],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => get<PlanPage>('/trip-plans', { state, after: pageParam, limit: 50 }, signal),
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
  });
}

export function usePlan(id: string) {
  return useQuery({ queryKey: ['plans', 'one', id], queryFn: ({ signal }) => get<Plan>(`/trip-plans/${id}`, {}, signal), retry: 1 });
}

export function usePlanDays(filter: { plan_id: string; outcome: string }) {
  return useQuery({ queryKey: ['plans', 'days', filter], queryFn: ({ signal }) => get<PlanDays>('/trip-plan-days', filter, signal), placeholderData: keepPreviousData });
}

export function useRoutes() {
  return useQuery({ queryKey: ['plans', 'routes'], queryFn: ({ signal }) => get<{ items: Route[] }>('/trip-routes', {}, signal) });
}

/** Cars and drivers that may be wished for; who may not see them wishes for none. */
export function useWished(maySeeCars: boolean, maySeeDrivers: boolean) {
  const cars = useQuery({ queryKey: ['plans', 'cars'], enabled: maySeeCars, queryFn: ({ signal }) => get<VehiclePage>('/vehicles', { limit: 200 }, signal) });
  const drivers = useQuery({
    queryKey: ['plans', 'drivers'],
    enabled: maySeeDrivers,
    queryFn: ({ signal }) => get<{ items: { id: string; name: string; unit_name: string }[] }>('/drivers', { limit: 200 }, signal),
  });
  return { cars: cars.data?.items ?? [], drivers: drivers.data?.items ?? [] };
}
