import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isDanger, ITEMS, standing, type Answer } from '../src/driver/checks';
import { fen, odometer, stopwatch } from '../src/driver/format';
import { after, inTurn, MOVES, withTaps, type DriverAction, type Order, type OrderState } from '../src/driver/order';
import type { Record } from '../src/driver/outbox';
import { alike } from '../src/driver/receipts';
import { isLocked, moved, STILL, type Fix } from '../src/driver/speed';
import { isNight } from '../src/driver/sun';
import zh from '../src/i18n/zh-CN.json';

const order = (state: OrderState, change: Partial<Order> = {}) =>
  ({ id: 'o', state, begins_at: '2026-03-02T01:00:00Z', departed_at: null, arrived_at: null, waiting_since: null, returned_at: null, depart_odometer_km: null, return_odometer_km: null, ...change }) as Order;
const record = (kind: Record['kind'], body: object, change: Partial<Record> = {}): Record => ({ seq: 1, key: 'k', account: 'a', order: 'o', lane: 'orders', kind, at: '2026-03-02T02:00:00Z', body, state: 'waiting', ...change });
const taps = (...actions: DriverAction[]) => actions.map((action) => record('action', { action }));

describe('an order on the terminal', () => {
  it('moves as the service moves it', () => {
    const source = readFileSync(new URL('../../../dispatch/src/trip/order.rs', import.meta.url), 'utf8');
    const table = [...source.matchAll(/\(S::(\w+), A::(\w+), S::(\w+), &\[([^\]]*)\]\)/g)];
    const drivers = table.filter(([, , , , by]) => by!.includes('Driver')).map(([, from, action, to]) => [from, action, to].map((word) => word!.toLowerCase()));
    expect(drivers.length).toBeGreaterThan(8);
    expect(MOVES).toEqual(drivers);
  });

  it('stands where the taps have brought it, whichever of them the service has heard already', () => {
    const cases: [OrderState, DriverAction[], OrderState][] = [
      ['issued', ['accept', 'depart'], 'underway'],
      ['accepted', ['accept', 'depart'], 'underway'],
      ['underway', ['accept', 'depart', 'wait'], 'waiting'],
      ['waiting', ['wait', 'resume', 'return'], 'returned'],
      ['returned', ['return'], 'returned'],
      ['cancelled', ['accept', 'depart'], 'cancelled'],
    ];
    for (const [from, actions, to] of cases) expect(withTaps(order(from), taps(...actions)).state, `${from} ${actions.join(' ')}`).toBe(to);
  });

  it('knows of a trip what was typed, before the service does', () => {
    const tapped = [record('action', { action: 'depart', odometer_km: 120 }), record('action', { action: 'return', odometer_km: 158 }, { at: '2026-03-02T05:00:00Z' })];
    expect(withTaps(order('accepted'), tapped)).toMatchObject({ departed_at: '2026-03-02T02:00:00Z', depart_odometer_km: 120, returned_at: '2026-03-02T05:00:00Z', return_odometer_km: 158 });
    const other = [record('action', { action: 'depart' }, { order: 'p' }), record('action', { action: 'depart' }, { state: 'refused' })];
    expect(withTaps(order('accepted'), other).state, 'taps of another order, or refused ones').toBe('accepted');
  });

  it('comes first when it is on the road, then by its time', () => {
    const all = [order('returned', { id: 'r' }), order('issued', { id: 'i', begins_at: '2026-03-02T03:00:00Z' }), order('accepted', { id: 'a' }), order('waiting', { id: 'w', begins_at: '2026-03-02T09:00:00Z' })];
    expect(inTurn(all).map((one) => one.id)).toEqual(['w', 'a', 'i', 'r']);
    expect(after('issued', 'depart')).toBeNull();
  });
});

describe('a check of the car', () => {
  const found = (bad: Partial<Answer> = {}) => ITEMS.map((item, n): Answer => ({ item, is_well: true, note: '', is_safety: false, ...(n === 0 ? bad : {}) }));
  const car = { odometer_km: null, checked_at: null, is_kept: false, defects: [] };

  it('keeps the car before the service has heard of it', () => {
    const check = (bad: Partial<Answer>) => [record('check', { kind: 'pre_trip', items: found(bad) })];
    expect(standing(order('accepted'), car, [])).toEqual({ is_checked: false, is_kept: false });
    expect(standing(order('accepted'), car, check({}))).toEqual({ is_checked: true, is_kept: false });
    expect(standing(order('accepted'), car, check({ is_well: false }))).toEqual({ is_checked: true, is_kept: false });
    expect(standing(order('accepted'), car, check({ is_well: false, is_safety: true }))).toEqual({ is_checked: true, is_kept: true });
    expect(standing(order('accepted'), { ...car, is_kept: true }, []).is_kept, 'found by somebody else').toBe(true);
    expect(isDanger(found({ is_safety: true })), 'what is well is no danger').toBe(false);
  });
});

describe('the screen on the way', () => {
  const fix = (second: number, speed: number | null, lat = 30): Fix => ({ at: second * 1000, lon: 120, lat, speed_kmh: speed, accuracy_m: 8 });
  const drive = (fixes: Fix[]) => fixes.reduce(moved, STILL);

  it('is locked above 5 km/h, and not at once free at a traffic light', () => {
    expect(isLocked(STILL, 0), 'nothing is known').toBe(false);
    expect(isLocked(drive([fix(1, 5)]), 1000)).toBe(false);
    expect(isLocked(drive([fix(1, 5.1)]), 1000)).toBe(true);
    const stopped = drive([fix(1, 40), fix(2, 0)]);
    expect(isLocked(stopped, 2500)).toBe(true);
    expect(isLocked(stopped, 6000)).toBe(false);
    expect(isLocked(drive([fix(1, 40)]), 30_000), 'the telephone has lost its place').toBe(false);
  });

  it('reckons the speed of a telephone that does not tell it', () => {
    const [before, later] = [fix(0, null), fix(10, null, 30.001)];
    expect(drive([before, later]).speed_kmh).toBeCloseTo(40, 0);
    expect(drive([before, { ...later, accuracy_m: 200 }]).speed_kmh, 'too vague').toBeNull();
  });

  it('is dark when the sun is down where the car is', () => {
    // Hangzhou: sunrise 06:22 and sunset 18:01 on 2 March 2026, 04:58 and 19:03 on 21 June (Beijing time).
    const at = (time: string) => isNight(Date.parse(`${time}+08:00`), 120.15, 30.25);
    expect([at('2026-03-02T06:10'), at('2026-03-02T06:35'), at('2026-03-02T17:50'), at('2026-03-02T18:15')]).toEqual([true, false, false, true]);
    expect([at('2026-06-21T04:45'), at('2026-06-21T05:10'), at('2026-06-21T18:50'), at('2026-06-21T19:15')]).toEqual([true, false, false, true]);
  });
});

describe('what is typed with one thumb', () => {
  it('becomes fen and kilometres, or nothing', () => {
    expect(['12.5', ' 30 ', '0.01', '12。5'].map(fen)).toEqual([1250, 3000, 1, 1250]);
    expect(['', '0', '-1', '1.234', '12元', '9999999'].map(fen)).toEqual([null, null, null, null, null, null]);
    expect(['128450', '128450.5', '', '-1', '1e9'].map(odometer)).toEqual([128450, 128450.5, null, null, null]);
    expect(stopwatch(3_909_000)).toBe('1:05:09');
  });

  it('is asked about when the same amount for the same thing was entered a moment ago', () => {
    const cost = record('expense', { kind: 'toll', amount_fen: 3000 });
    const at = Date.parse(cost.at);
    expect(alike([cost], 'o', 'toll', 3000, at + 60_000)).toBe(cost);
    for (const other of [alike([cost], 'o', 'fuel', 3000, at), alike([cost], 'o', 'toll', 3001, at), alike([cost], 'p', 'toll', 3000, at), alike([cost], 'o', 'toll', 3000, at + 3_600_000)]) expect(other).toBeUndefined();
  });
});

it('every text that is put together at run time is there', () => {
  const texts = zh as { [key: string]: string };
  const states = ['issued', 'accepted', 'underway', 'waiting', 'returned', 'settled', 'declined', 'cancelled'];
  const actions = ['accept', 'decline', 'depart', 'arrive', 'wait', 'resume', 'return', 'reopen', 'expense', 'positions', 'sos'];
  const names = [
    ...states.map((one) => `state_${one}`),
    ...actions.map((one) => `did_${one}`),
    ...ITEMS.map((one) => `item_${one}`),
    ...['fuel', 'charge', 'toll', 'parking', 'wash', 'repair', 'meal', 'lodging', 'other'].map((one) => `cost_${one}`),
    ...['unwell', 'car_broken', 'clash', 'too_long', 'other'].map((one) => `reason_${one}`),
    ...['on', 'off', 'none'].map((one) => `awake_${one}`),
    ...['sending', 'told', 'refused'].map((one) => `sos_${one}`),
    'check_pre_trip',
    'check_post_trip',
  ];
  expect(names.filter((name) => !texts[`driver_app.${name}`])).toEqual([]);
});
