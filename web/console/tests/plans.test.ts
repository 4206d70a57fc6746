import { describe, expect, it } from 'vitest';
import type { Version } from '../src/trips/plans/api';
import { bodyOf, formOf, newForm, numbers, tomorrow } from '../src/trips/plans/form';
import { cadence } from '../src/trips/plans/words';
import { fen, yuan } from '../src/trips/incidents/money';
import { instant } from '../src/trips/incidents/CarFind';

const version: Version = {
  version: 1, reason: '调研、检查、督导', purpose: '河道巡查', category: 'other', seats: 5, passenger_count: 2, is_poolable: false, route_id: null,
  from: { name: '甲', lon: 120.1, lat: 30.2 }, to: { name: '乙', lon: 120.2, lat: 30.3 }, stops: [{ name: '丙', lon: 120.15, lat: 30.25 }], is_round_trip: true, note: '',
  weekdays: [], every_days: null, month_days: [1, 31], workdays_only: true, starts_at: '08:30', lasts_minutes: 90, from_on: '2026-03-02', until_on: null,
  vehicle_id: null, plate: null, driver_id: null, driver: null, state: 'approved', written_at: '', decided_by: null, decided_at: null,
};
const say = (key: string, values: Record<string, unknown> = {}) => [key, ...Object.values(values)].join(' ');

describe('a plan as it is filled in', () => {
  it('sends one way of coming round and no other', () => {
    const form = { ...newForm('公务接待', 'other'), monthDays: '15, 1、15', count: '3', weekdays: [2, 3] };
    expect(bodyOf(form, [])).toMatchObject({ weekdays: [2, 3], every_days: null, month_days: [] });
    expect(bodyOf({ ...form, every: 'days' }, [])).toMatchObject({ weekdays: [], every_days: 3, month_days: [] });
    expect(bodyOf({ ...form, every: 'month' }, [])).toMatchObject({ weekdays: [], every_days: null, month_days: [1, 15] });
  });

  it('takes its places from a route, or sends its own', () => {
    const form = formOf('河道巡查', version);
    expect(bodyOf(form, version.stops)).toMatchObject({ route_id: null, from: version.from, stops: version.stops });
    expect(bodyOf({ ...form, route: 'r' }, version.stops)).toMatchObject({ route_id: 'r', from: null, to: null, stops: [] });
  });

  it('changes as it is, from tomorrow on in Beijing', () => {
    expect(formOf('河道巡查', version)).toMatchObject({ every: 'month', monthDays: '1, 31', lasts: '90', fromOn: tomorrow() });
    expect(tomorrow(Date.parse('2026-03-02T15:59:00Z'))).toBe('2026-03-03');
    expect(tomorrow(Date.parse('2026-03-02T16:00:00Z'))).toBe('2026-03-04');
    expect(numbers('31; 1 1')).toEqual([1, 31]);
  });

  it('is said in words', () => {
    expect(cadence(version, say)).toBe('plans.month_days_of 1、31 · plans.workdays_only');
    expect(cadence({ ...version, month_days: [], weekdays: [1, 5], workdays_only: false }, say)).toBe('plans.weekday_1 plans.weekday_5');
    expect(cadence({ ...version, month_days: [], every_days: 3, workdays_only: false }, say)).toBe('plans.every_days_of 3');
  });
});

describe('amounts and instants of a case', () => {
  it('nothing typed is nothing known, and what is no amount is refused by the service', () => {
    expect([fen(''), fen(' 1,800.50 '), fen('abc')]).toEqual([null, 180_050, -1]);
    expect([yuan(null), yuan(180_050)]).toEqual(['', '1800.5']);
  });
  it('an instant is typed in the time of Beijing', () => {
    expect(instant('2026-03-02T12:30')).toBe('2026-03-02T04:30:00.000Z');
  });
});
