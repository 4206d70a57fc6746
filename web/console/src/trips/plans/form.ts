/** A plan as it is filled in (周期用车表单), and what is sent of it. */

import type { Place, Version } from './api';

export type Every = 'week' | 'days' | 'month';

export interface PlanForm {
  name: string;
  reason: string;
  purpose: string;
  category: string;
  seats: string;
  passengers: string;
  route: string;
  from: Place | null;
  to: Place | null;
  isRoundTrip: boolean;
  every: Every;
  weekdays: number[];
  count: string;
  monthDays: string;
  workdaysOnly: boolean;
  startsAt: string;
  lasts: string;
  fromOn: string;
  untilOn: string;
  vehicle: string;
  driver: string;
  note: string;
}

/** A day after today, in Beijing. */
export function tomorrow(now = Date.now()): string {
  return new Date(now + (8 + 24) * 3_600_000).toISOString().slice(0, 10);
}

export function newForm(reason: string, category: string): PlanForm {
  return {
    name: '',
    reason,
    purpose: '',
    category,
    seats: '5',
    passengers: '1',
    route: '',
    from: null,
    to: null,
    isRoundTrip: true,
    every: 'week',
    weekdays: [1],
    count: '7',
    monthDays: '1',
    workdaysOnly: true,
    startsAt: '08:30',
    lasts: '120',
    fromOn: tomorrow(),
    untilOn: '',
    vehicle: '',
    driver: '',
    note: '',
  };
}

/** The form of a change: as the plan is, from tomorrow on. */
export function formOf(name: string, version: Version): PlanForm {
  const every: Every = version.every_days !== null ? 'days' : version.month_days.length > 0 ? 'month' : 'week';
  return {
    name,
    reason: version.reason,
    purpose: version.purpose,
    category: version.category,
    seats: String(version.seats),
    passengers: String(version.passenger_count),
    route: version.route_id ?? '',
    from: version.from,
    to: version.to,
    isRoundTrip: version.is_round_trip,
    every,
    weekdays: version.weekdays,
    count: String(version.every_days ?? 7),
    monthDays: version.month_days.join(', '),
    workdaysOnly: version.workdays_only,
    startsAt: version.starts_at,
    lasts: String(version.lasts_minutes),
    fromOn: tomorrow(),
    untilOn: version.until_on ?? '',
    vehicle: version.vehicle_id ?? '',
    driver: version.driver_id ?? '',
    note: version.note,
  };
}

/** Whole numbers out of a text, each once, the least first: `1, 15` and `1、15`. */
export function numbers(text: string): number[] {
  const found = text.split(/[^\d]+/).filter(Boolean).map(Number);
  return [...new Set(found)].sort((a, b) => a - b);
}

/** What the service is asked for; the stops of a change are those that the plan has. */
export function bodyOf(form: PlanForm, stops: Place[]) {
  return {
    reason: form.reason,
    purpose: form.purpose,
    category: form.category,
    seats: Number(form.seats),
    passenger_count: Number(form.passengers),
    route_id: form.route || null,
    from: form.route ? null : form.from,
    to: form.route ? null : form.to,
    stops: form.route ? [] : stops,
    is_round_trip: form.isRoundTrip,
    weekdays: form.every === 'week' ? form.weekdays : [],
    every_days: form.every === 'days' ? Number(form.count) : null,
    month_days: form.every === 'month' ? numbers(form.monthDays) : [],
    workdays_only: form.workdaysOnly,
    starts_at: form.startsAt,
    lasts_minutes: Number(form.lasts),
    from_on: form.fromOn,
    until_on: form.untilOn || null,
    vehicle_id: form.vehicle || null,
    driver_id: form.driver || null,
    note: form.note,
  };
}
