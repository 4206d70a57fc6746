/** A plan for what waits (排班建议): asked for, told in words, and sent one by one by whoever dispatches. */

import { useQuery } from '@tanstack/react-query';
import { get, post } from '../api/client';
import { issue } from './api';
import type { Order, Proposal, ProposedOrder } from './types';

/** What is asked of the planner: a span, and a car that has failed. */
export interface Asked {
  from: string;
  to: string;
  without: string | null;
}

/** The plan as it was when it was asked for: it changes when one asks again, not while one reads it. */
export function useProposal(asked: Asked | null) {
  return useQuery({
    queryKey: ['proposal', asked],
    enabled: asked !== null,
    queryFn: ({ signal }) => get<Proposal>('/dispatch-proposal', { from: asked!.from, to: asked!.to, without_vehicle_id: asked!.without ?? undefined }, signal),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
}

/** Sends the proposed car: a new order, or the order that was there by another car and driver. */
export function accept(proposed: ProposedOrder, reason: string): Promise<Order> {
  if (proposed.order_id === null) return issue(proposed.request_id, { vehicle_id: proposed.vehicle_id, driver_id: proposed.driver_id ?? '' });
  return post<Order>(`/dispatch-orders/${proposed.order_id}/actions`, { action: 'reassign', vehicle_id: proposed.vehicle_id, driver_id: proposed.driver_id ?? undefined, reason });
}

/** What names a line of the plan. */
export const keyOf = (proposed: { request_id: string; order_id: string | null; number: string }, index: number): string => `${proposed.order_id ?? proposed.request_id}/${index}`;

/** The lines on a car's row of the board. */
export const ofCar = (proposals: readonly ProposedOrder[], vehicle: string): ProposedOrder[] => proposals.filter((one) => one.vehicle_id === vehicle);
