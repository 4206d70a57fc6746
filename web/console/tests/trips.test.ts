import { describe, expect, it } from 'vitest';
import { type Carried, hoursOf as hoursOfCarried, inOrder, lanes, place, refusedBy, refusedTo, requestOf, seenAgainst } from '../src/trips/board';
import { firstChoice, stillFree } from '../src/trips/choice';
import { copyOf, MOST_STEPS, moved, newFlow, newStep, wrong } from '../src/trips/flow';
import { again, beginAt, hoursOf, isOthersFleet, lastFor, missing, newForm, wishOf } from '../src/trips/form';
import { panelOf, tabsOf } from '../src/trips/panels';
import type { BoardOrder, BoardVehicle, Candidates, Flow, Options, TripRequest, VehicleCandidate } from '../src/trips/types';
import { dayAfter, dayOf, dayStart, firstBegin, fromLocal, toLocal } from '../src/trips/when';

const at = (text: string) => Date.parse(text);
const NOW = at('2026-11-30T01:12:00Z'); // 09:12 in Beijing
const OPTIONS: Options = {
  reasons: [{ reason: '参加会议、集体公务活动', is_allowed: true, clause: '正面清单' }],
  units: [{ id: 'u1', name: '办公室' }],
  fleets: [{ id: 'u9', name: '机关车队' }],
  categories: ['confidential_courier', 'other'],
  places: [],
  now: '2026-11-30T01:12:00Z',
};
const spot = (name: string, lon: number) => ({ name, lon, lat: 30.2 });
const filled = () => ({ ...newForm(OPTIONS, NOW), reason: '参加会议、集体公务活动', from: spot('市民中心', 120.2), to: spot('萧山', 120.3) });

describe('times', () => {
  it('a trip begins on the first half hour that leaves half an hour, an emergency at once', () => {
    expect(toLocal(firstBegin(NOW, false))).toBe('2026-11-30T10:00');
    expect(toLocal(firstBegin(at('2026-11-30T01:00:00Z'), false))).toBe('2026-11-30T09:30');
    expect(toLocal(firstBegin(NOW, true))).toBe('2026-11-30T09:13');
  });
  it('the fields hold Beijing time, whatever the browser thinks', () => {
    expect(fromLocal('2026-11-30T09:30')).toBe(at('2026-11-30T01:30:00Z'));
    expect(fromLocal('')).toBeNull();
    expect(dayOf(at('2026-11-30T16:30:00Z'))).toBe('2026-12-01');
    expect(dayAfter('2026-12-31', 1)).toBe('2027-01-01');
    expect(dayStart('2026-12-01')).toBe(at('2026-11-30T16:00:00Z'));
  });
});

describe('the request sheet', () => {
  it('begins with what most requests want', () => {
    const form = newForm(OPTIONS, NOW);
    expect([form.category, form.passenger_count, form.vehicle_count, form.is_round_trip]).toEqual(['other', 1, 1, true]);
    expect([form.begins, hoursOf(form)]).toEqual(['2026-11-30T10:00', 2]);
    expect(missing(form)).toEqual(['reason', 'from', 'to']);
    expect(wishOf(form)).toBeNull();
  });
  it('another beginning keeps the length, a length keeps the beginning', () => {
    const later = beginAt(filled(), '2026-11-30T22:30');
    expect([later.ends, hoursOf(later)]).toEqual(['2026-12-01T00:30', 2]);
    expect(lastFor(later, 8).ends).toBe('2026-12-01T06:30');
  });
  it('the car of another unit is asked for by name, and the own fleet is no other unit', () => {
    expect([isOthersFleet({ fleet_unit_id: 'u9' }, OPTIONS), isOthersFleet({ fleet_unit_id: 'u1' }, OPTIONS), isOthersFleet({ fleet_unit_id: null }, OPTIONS)]).toEqual([true, false, false]);
    expect(wishOf({ ...filled(), fleet_unit_id: 'u9' })!.fleet_unit_id).toBe('u9');
  });
  it('whoever writes no purpose means the reason, and people without a name are nobody', () => {
    const wish = wishOf({ ...filled(), passengers: [{ name: ' ', phone: '' }, { name: '王某', phone: '' }], stops: [{ name: '半路', lon: null, lat: null }] })!;
    expect([wish.purpose, wish.passengers.length, wish.stops.length]).toEqual(['参加会议、集体公务活动', 1, 0]);
    expect([wish.begins_at, wish.ends_at]).toEqual(['2026-11-30T02:00:00.000Z', '2026-11-30T04:00:00.000Z']);
  });
  it('the same again is as long as it was, later, and no emergency', () => {
    const request = { ...wishOf(filled())!, is_emergency: true, begins_at: '2026-03-02T01:00:00Z', ends_at: '2026-03-02T06:00:00Z' } as unknown as TripRequest;
    const form = again(request, NOW);
    expect([form.is_emergency, hoursOf(form), form.from.name]).toEqual([false, 5, '市民中心']);
    expect(fromLocal(form.begins)!).toBeGreaterThan(NOW);
  });
  it('places that were kept from the reader are asked for anew', () => {
    const nowhere = { name: '', lon: null, lat: null };
    expect(missing(again({ ...wishOf(filled())!, from: nowhere, to: nowhere } as unknown as TripRequest, NOW))).toEqual(['from', 'to']);
  });
});

const order = (begins: string, ends: string, state = 'issued') => ({ id: begins, number: '', state, driver: '', request_id: '', begins_at: `2026-12-01T${begins}:00Z`, ends_at: `2026-12-01T${ends}:00Z` }) as BoardOrder;
const car = (more: Partial<BoardVehicle> = {}): BoardVehicle => ({ id: 'v1', no: 1, plate: '浙A00001', model: '', seats: 5, powertrain: 'petrol', category: 'other', unit_name: '', status: 'in_service', orders: [], ...more });
const asked = (more: object = {}) => ({ id: 'r', begins_at: '2026-12-01T02:00:00Z', ends_at: '2026-12-01T04:00:00Z', category: 'other', seats: 5, is_emergency: false, ...more }) as unknown as TripRequest;

describe('the board', () => {
  const window = { from: at('2026-12-01T00:00:00Z'), to: at('2026-12-02T00:00:00Z') };
  it('an order lies where its hours are, cut at the edges of the day', () => {
    expect(place('2026-12-01T06:00:00Z', '2026-12-01T12:00:00Z', window)).toEqual({ left: 0.25, width: 0.25 });
    expect(place('2026-11-30T20:00:00Z', '2026-12-01T06:00:00Z', window)).toEqual({ left: 0, width: 0.25 });
    expect(place('2026-12-02T00:00:00Z', '2026-12-02T06:00:00Z', window)).toBeNull();
  });
  it('orders over one another have a lane each', () => {
    expect(lanes([order('01:00', '04:00'), order('02:00', '03:00'), order('04:00', '05:00')])).toEqual([0, 1, 0]);
  });
  it('a drop is refused by name: taken, out of use, another class, too small', () => {
    expect(seenAgainst(car(), asked())).toEqual([]);
    expect(seenAgainst(car({ orders: [order('03:59', '05:00')] }), asked())).toEqual(['taken']);
    expect(seenAgainst(car({ orders: [order('04:00', '05:00'), order('02:00', '04:00', 'declined')] }), asked())).toEqual([]);
    expect(seenAgainst(car({ status: 'in_repair', category: 'law_enforcement', seats: 4 }), asked())).toEqual(['out_of_use', 'category', 'too_small']);
    expect(seenAgainst(car({ category: 'law_enforcement' }), asked({ is_emergency: true }))).toEqual([]);
  });
  it('the service has the last word where it has judged the car', () => {
    const judged = [{ vehicle_id: 'v1', refused: [{ code: 'sealed', title: '封存期内' }] }] as VehicleCandidate[];
    expect(refusedBy(car(), asked(), judged, (rule) => rule)).toEqual(['封存期内']);
    expect(refusedBy(car({ seats: 2 }), asked(), undefined, (rule) => `!${rule}`)).toEqual(['!too_small']);
  });
  it('an order that goes to another car is refused where that one is taken, and by what the service says', () => {
    const given = order('02:00', '04:00');
    const say = (rule: string) => `!${rule}`;
    expect(refusedTo(car(), given, undefined, say)).toEqual([]);
    expect(refusedTo(car({ orders: [order('03:00', '05:00')] }), given, undefined, say)).toEqual(['!taken']);
    expect(refusedTo(car({ orders: [given, order('03:00', '05:00', 'declined')] }), given, undefined, say)).toEqual([]);
    const judged = [{ vehicle_id: 'v1', refused: [{ code: 'order.vehicle_sealed', title: '封存期内' }] }] as VehicleCandidate[];
    expect(refusedTo(car(), given, judged, say)).toEqual(['封存期内']);
    const carried: Carried = { kind: 'order', order: { ...given, request_id: 'r7' }, from: car() };
    expect([requestOf(carried), hoursOfCarried(carried).begins_at]).toEqual(['r7', given.begins_at]);
  });
  it('emergencies come first, then what begins first', () => {
    const list = [asked({ id: 'b', begins_at: '2026-12-01T05:00:00Z' }), asked({ id: 'a' }), asked({ id: 'e', begins_at: '2026-12-01T09:00:00Z', is_emergency: true })];
    expect(inOrder(list).map((one) => one.id)).toEqual(['e', 'a', 'b']);
  });
});

describe('who goes', () => {
  const refused = [{ code: 'taken', title: '时段内已有任务' }];
  const candidates = { vehicles: [{ vehicle_id: 'v1', refused }, { vehicle_id: 'v2', refused: [] }, { vehicle_id: 'v3', refused: [] }], drivers: [{ driver_id: 'd1', refused: [] }] } as unknown as Candidates;
  it('the first that may go is chosen, and what was chosen as long as it may', () => {
    expect(firstChoice(candidates)).toEqual({ vehicle: 'v2', driver: 'd1' });
    expect(stillFree({ vehicle: 'v3', driver: null }, candidates)).toEqual({ vehicle: 'v3', driver: 'd1' });
    expect(stillFree({ vehicle: 'v1', driver: 'gone' }, candidates)).toEqual({ vehicle: 'v2', driver: 'd1' });
    expect(firstChoice(undefined)).toEqual({ vehicle: null, driver: null });
  });
});

describe('flows', () => {
  it('steps are moved, and not beyond the ends', () => {
    expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
    expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
  });
  it('a flow has a name and one to five steps, each with a name', () => {
    const flow = { ...newFlow('u1', '领导审批'), name: '长途' };
    expect(wrong(flow)).toEqual([]);
    expect(wrong({ ...flow, name: ' ', steps: [] })).toEqual(['name', 'steps']);
    expect(wrong({ ...flow, steps: Array.from({ length: MOST_STEPS + 1 }, () => newStep('x')) })).toEqual(['steps']);
    expect(wrong({ ...flow, steps: [{ name: '长'.repeat(41), signer: 'own_leader', escalate_after_minutes: 0 }] })).toEqual(['steps.0.name', 'steps.0.escalate']);
  });
  it('a copy can be changed without changing what holds', () => {
    const held: Flow = { id: 'f', unit_id: 'u', unit_name: '', name: 'n', rank: 1, may_change: true, when: { categories: ['other'], at_least_m: null, at_least_fen: null, on_holiday: null }, steps: [newStep('一')] };
    const copy = copyOf(held);
    copy.when.categories.push('law_enforcement');
    copy.steps[0]!.name = '二';
    expect([held.when.categories, held.steps[0]!.name]).toEqual([['other'], '一']);
  });
});

describe('panels', () => {
  const LEADER = ['watch_vehicles', 'request_trips', 'approve_trips', 'watch_trips'];
  it('everybody has the panels of the own permissions', () => {
    expect(tabsOf(LEADER)).toEqual(['approvals', 'mine', 'trips']);
    expect(tabsOf(['watch_trips'])).toEqual(['trips']);
    expect(panelOf('dispatch', LEADER, false)).toBeNull();
  });
  it('the inbox stays open where there is room, and what the address names comes first', () => {
    expect([panelOf(null, LEADER, false), panelOf(null, LEADER, true), panelOf('mine', LEADER, true)]).toEqual([null, 'approvals', 'mine']);
  });
  it('who only asks for cars begins with the own requests', () => {
    expect(panelOf(null, ['request_trips'], false)).toBe('mine');
  });
});
