/** The dispatch order as the terminal has it (派车单): its moves, and how it stands with what has not been sent yet. */

import type { Record } from './outbox';

export type OrderState = 'issued' | 'accepted' | 'underway' | 'waiting' | 'returned' | 'settled' | 'declined' | 'cancelled';
export type DriverAction = 'accept' | 'decline' | 'depart' | 'arrive' | 'wait' | 'resume' | 'return' | 'reopen';

export interface Place {
  name: string;
  /** Null: the trip is confidential, and the reader is not shown where. */
  lon: number | null;
  lat: number | null;
}

/** What the service tells of an order, as far as its driver needs it. */
export interface Order {
  id: string;
  number: string;
  state: OrderState;
  unit_name: string;
  applicant: string;
  plate: string;
  model: string;
  begins_at: string;
  ends_at: string;
  purpose: string;
  passengers: { name: string; phone: string }[];
  passenger_count: number;
  from: Place;
  to: Place;
  stops: Place[];
  is_round_trip: boolean;
  is_emergency: boolean;
  departed_at: string | null;
  arrived_at: string | null;
  waiting_since: string | null;
  returned_at: string | null;
  depart_odometer_km: number | null;
  return_odometer_km: number | null;
}

/** Every move that a driver makes; `dispatch::trip::order::LEGAL` has the same, by test. */
export const MOVES: readonly (readonly [OrderState, DriverAction, OrderState])[] = [
  ['issued', 'accept', 'accepted'],
  ['issued', 'decline', 'declined'],
  ['accepted', 'depart', 'underway'],
  ['underway', 'arrive', 'underway'],
  ['underway', 'wait', 'waiting'],
  ['underway', 'return', 'returned'],
  ['waiting', 'resume', 'underway'],
  ['waiting', 'return', 'returned'],
  ['returned', 'reopen', 'underway'],
];

export const isOnTheRoad = (state: OrderState) => state === 'underway' || state === 'waiting';
/** There is something left to do for its driver. */
export const isOpen = (state: OrderState) => state === 'issued' || state === 'accepted' || isOnTheRoad(state);

export function after(state: OrderState, action: DriverAction): OrderState | null {
  return MOVES.find(([from, done]) => from === state && done === action)?.[2] ?? null;
}

/** What an action leaves on the order, beside its state. */
function noted(order: Order, action: DriverAction, at: string, odometer: number | null): Partial<Order> {
  switch (action) {
    case 'depart':
      return { departed_at: at, depart_odometer_km: odometer ?? order.depart_odometer_km };
    case 'arrive':
      return { arrived_at: at };
    case 'wait':
      return { waiting_since: at };
    case 'resume':
      return { waiting_since: null };
    case 'return':
      return { returned_at: at, waiting_since: null, return_odometer_km: odometer ?? order.return_odometer_km };
    case 'reopen':
      return { returned_at: null };
    default:
      return {};
  }
}

/**
 * The order with what was tapped and not sent yet. A move that does not fit was made already, though its answer was lost: it is
 * passed over, as the service will.
 */
export function withTaps(order: Order, records: readonly Record[]): Order {
  let now = order;
  for (const record of records) {
    if (record.order !== order.id || record.kind !== 'action' || record.state !== 'waiting') continue;
    const { action, odometer_km: odometer } = record.body as { action: DriverAction; odometer_km?: number };
    const next = after(now.state, action);
    if (next) now = { ...now, ...noted(now, action, record.at, odometer ?? null), state: next };
  }
  return now;
}

/** Open ones first, those on the road before all, each part by its time. */
export function inTurn(orders: readonly Order[]): Order[] {
  const rank = (order: Order) => (isOnTheRoad(order.state) ? 0 : isOpen(order.state) ? 1 : 2);
  return [...orders].sort((a, b) => rank(a) - rank(b) || (rank(a) === 2 ? b.begins_at.localeCompare(a.begins_at) : a.begins_at.localeCompare(b.begins_at)));
}
