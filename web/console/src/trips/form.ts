/** What stands on the request sheet (用车申请单), until it is a wish that may be sent; kept while one writes. */

import type { Check, Notice, Options, Passenger, Spot, TripRequest, Wish } from './types';
import { FIRST_HOURS, firstBegin, fromLocal, toLocal } from './when';

const HOUR = 3_600_000;

/** A place while it is being said: a name, a point, or both. */
export interface Draft {
  name: string;
  lon: number | null;
  lat: number | null;
}

export interface Form extends Omit<Wish, 'from' | 'to' | 'stops' | 'begins_at' | 'ends_at'> {
  from: Draft;
  to: Draft;
  stops: Draft[];
  /** Beijing time, as the fields have it. */
  begins: string;
  ends: string;
}

export const NOWHERE: Draft = { name: '', lon: null, lat: null };

export function newForm(options: Options, nowMs: number): Form {
  const begins = firstBegin(nowMs, false);
  return {
    unit_id: options.units[0]?.id ?? '',
    fleet_unit_id: null,
    reason: '',
    purpose: '',
    is_confidential: false,
    is_emergency: false,
    is_poolable: false,
    category: options.categories.includes('other') ? 'other' : (options.categories[0] ?? 'other'),
    seats: 5,
    passengers: [],
    passenger_count: 1,
    vehicle_count: 1,
    from: NOWHERE,
    to: NOWHERE,
    stops: [],
    is_round_trip: true,
    begins: toLocal(begins),
    ends: toLocal(begins + FIRST_HOURS * HOUR),
    note: '',
    wanted_vehicle_id: null,
  };
}

/** The same again (再次申请), as long as it was, from the next half hour on. */
export function again(request: TripRequest, nowMs: number): Form {
  const begins = firstBegin(nowMs, request.is_emergency);
  const took = Date.parse(request.ends_at) - Date.parse(request.begins_at);
  return { ...ofRequest(request), is_emergency: false, begins: toLocal(begins), ends: toLocal(begins + took) };
}

/** A draft as it was left. */
export function ofRequest(request: TripRequest): Form {
  const { unit_id, reason, purpose, is_confidential, is_emergency, is_poolable, category, seats, passenger_count, vehicle_count, from, to, is_round_trip, note } = request;
  return {
    unit_id, reason, is_confidential, is_emergency, is_poolable, category, seats, passenger_count, vehicle_count, from, to, is_round_trip, note,
    purpose: purpose === reason ? '' : purpose,
    fleet_unit_id: request.fleet_unit_id,
    passengers: [...request.passengers],
    stops: [...request.stops],
    begins: toLocal(Date.parse(request.begins_at)),
    ends: toLocal(Date.parse(request.ends_at)),
    wanted_vehicle_id: request.wanted_vehicle_id,
  };
}

/** The form with another beginning: the trip stays as long as it was. */
export function beginAt(form: Form, begins: string): Form {
  const [was, end, next] = [fromLocal(form.begins), fromLocal(form.ends), fromLocal(begins)];
  const ends = was !== null && end !== null && next !== null ? toLocal(next + Math.max(end - was, HOUR / 2)) : form.ends;
  return { ...form, begins, ends };
}

export function lastFor(form: Form, hours: number): Form {
  const begins = fromLocal(form.begins);
  return begins === null ? form : { ...form, ends: toLocal(begins + hours * HOUR) };
}

/** Hours between beginning and end; null while one of them is no time. */
export function hoursOf(form: Form): number | null {
  const [begins, ends] = [fromLocal(form.begins), fromLocal(form.ends)];
  return begins === null || ends === null ? null : (ends - begins) / HOUR;
}

export function isPlaced(draft: Draft): draft is Spot {
  return draft.lon !== null && draft.lat !== null;
}

/** The wish that the form says; null while a place or a time is missing, without which nobody can reckon. */
export function wishOf(form: Form): Wish | null {
  const { from, to, stops, begins, ends, ...rest } = form;
  const [begin, end] = [fromLocal(begins), fromLocal(ends)];
  if (!isPlaced(from) || !isPlaced(to) || begin === null || end === null || rest.reason === '' || rest.unit_id === '') return null;
  return {
    ...rest,
    // Whoever chose "meeting" and writes nothing more means the meeting.
    purpose: rest.purpose.trim() || rest.reason,
    passengers: rest.passengers.filter((one: Passenger) => one.name.trim() !== ''),
    from,
    to,
    stops: stops.filter(isPlaced),
    begins_at: new Date(begin).toISOString(),
    ends_at: new Date(end).toISOString(),
  };
}

/** The car of another unit is asked for. */
export function isOthersFleet(form: Pick<Form, 'fleet_unit_id'>, options: Pick<Options, 'fleets'>): boolean {
  return options.fleets.some((fleet) => fleet.id === form.fleet_unit_id);
}

/** What is still missing, as the names of the fields. */
export function missing(form: Form): string[] {
  const wants: [string, boolean][] = [
    ['reason', form.reason === ''],
    ['from', !isPlaced(form.from)],
    ['to', !isPlaced(form.to)],
    ['begins_at', fromLocal(form.begins) === null],
    ['ends_at', fromLocal(form.ends) === null],
  ];
  return wants.filter(([, is]) => is).map(([name]) => name);
}

export function noticesAt(check: Check | undefined, field: string): Notice[] {
  return check?.notices.filter((notice) => notice.field === field) ?? [];
}

const keptAs = (account: string) => `motorpool.apply.${account}`;

/** Kept for this tab alone, and nothing that is confidential. */
export function keep(account: string, form: Form | null): void {
  try {
    if (form === null || form.is_confidential) sessionStorage.removeItem(keptAs(account));
    else sessionStorage.setItem(keptAs(account), JSON.stringify(form));
  } catch {
    // Without storage the sheet lasts as long as the page.
  }
}

/** What was being written when the page was left. A beginning that has passed is moved on. */
export function kept(account: string, nowMs: number): Form | null {
  try {
    const form = JSON.parse(sessionStorage.getItem(keptAs(account)) ?? 'null') as Form | null;
    if (form === null) return null;
    return (fromLocal(form.begins) ?? 0) < nowMs ? beginAt(form, toLocal(firstBegin(nowMs, form.is_emergency))) : form;
  } catch {
    return null;
  }
}
