/** The geometry of the board (派车看板): what lies where on the day's line, and what speaks against a drop. */

import type { BoardOrder, BoardVehicle, Refusal, TripRequest, VehicleCandidate } from './types';

export interface Window {
  /** Unix ms. */
  from: number;
  to: number;
}

/** Where something begins and how wide it is, as shares of the window; null where none of it is within. */
export function place(begins: string, ends: string, window: Window): { left: number; width: number } | null {
  const span = window.to - window.from;
  const begin = Math.max(Date.parse(begins), window.from);
  const end = Math.min(Date.parse(ends), window.to);
  return end > begin ? { left: (begin - window.from) / span, width: (end - begin) / span } : null;
}

/** Orders that lie over one another are drawn in lanes; the lane of each, from 0. */
export function lanes(orders: readonly BoardOrder[]): number[] {
  const free: number[] = [];
  const sorted = orders.map((order, index) => ({ index, begin: Date.parse(order.begins_at), end: Date.parse(order.ends_at) })).sort((a, b) => a.begin - b.begin);
  const found: number[] = new Array<number>(orders.length).fill(0);
  for (const { index, begin, end } of sorted) {
    const lane = free.findIndex((until) => until <= begin);
    const at = lane < 0 ? free.length : lane;
    free[at] = end;
    found[index] = at;
  }
  return found;
}

export const overlaps = (order: { begins_at: string; ends_at: string }, asked: { begins_at: string; ends_at: string }): boolean =>
  Date.parse(order.begins_at) < Date.parse(asked.ends_at) && Date.parse(asked.begins_at) < Date.parse(order.ends_at);

/** What speaks against the car as far as the board itself shows it; the service is asked for the rest, and has the last word. */
export function seenAgainst(vehicle: BoardVehicle, request: TripRequest): string[] {
  const rules: [string, boolean][] = [
    ['taken', vehicle.orders.some((order) => !['declined', 'cancelled'].includes(order.state) && overlaps(order, request))],
    ['out_of_use', !['in_service', 'idle'].includes(vehicle.status)],
    ['category', vehicle.category !== request.category && !request.is_emergency],
    ['too_small', vehicle.seats < request.seats],
  ];
  return rules.filter(([, is]) => is).map(([rule]) => rule);
}

/** The rules that refuse the drop, in words: the service's where it has judged the car, else those that one sees. */
export function refusedBy(vehicle: BoardVehicle, request: TripRequest, judged: readonly VehicleCandidate[] | undefined, say: (rule: string) => string): string[] {
  const verdict = judged?.find((candidate) => candidate.vehicle_id === vehicle.id);
  if (verdict) return verdict.refused.map((refusal: Refusal) => refusal.title);
  return seenAgainst(vehicle, request).map(say);
}

/** What is carried over the board: a request that waits for a car, or an order that is to go by another one. */
export type Carried = { kind: 'request'; request: TripRequest } | { kind: 'order'; order: BoardOrder; from: BoardVehicle };

/** When it wants its car. */
export const hoursOf = (carried: Carried): { begins_at: string; ends_at: string } => (carried.kind === 'request' ? carried.request : carried.order);

/** The request that it is for. */
export const requestOf = (carried: Carried): string => (carried.kind === 'request' ? carried.request.id : carried.order.request_id);

/** The rules that keep an order from another car, in words. What a car must be for, the service alone knows of an order: until it has said, the hours speak. */
export function refusedTo(vehicle: BoardVehicle, order: BoardOrder, judged: readonly VehicleCandidate[] | undefined, say: (rule: string) => string): string[] {
  const verdict = judged?.find((candidate) => candidate.vehicle_id === vehicle.id);
  if (verdict) return verdict.refused.map((refusal: Refusal) => refusal.title);
  const isTaken = vehicle.orders.some((other) => other.id !== order.id && !['declined', 'cancelled'].includes(other.state) && overlaps(other, order));
  return isTaken ? [say('taken')] : [];
}

/** Emergencies first, then what begins first. */
export function inOrder<T extends { is_emergency: boolean; begins_at: string }>(requests: readonly T[]): T[] {
  return [...requests].sort((a, b) => Number(b.is_emergency) - Number(a.is_emergency) || Date.parse(a.begins_at) - Date.parse(b.begins_at));
}
