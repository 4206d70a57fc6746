import { describe, expect, it } from 'vitest';
import { type Case, caseActions, casesOf, ofCarFirst } from '../src/cases/api';
import { type CarDefect, each, inOrder as defectsInOrder } from '../src/defects/api';
import type { Finding } from '../src/findings/api';
import { inOrder, playbackOf, sinceOf, unsettledStates, waitsFor, within } from '../src/findings/order';
import { figure, pasted, type Place, placesOf } from '../src/places/api';
import { pathOf, projectionAt } from '../src/places/projection';

const finding = (id: string, change: Partial<Finding>): Finding =>
  ({ id, state: 'open', actions: [], explain_by: null, found_at: '2026-03-02T00:00:00Z', at: '2026-03-02T00:00:00Z', vehicle_id: 'car', trip_id: null, ...change }) as Finding;

describe('findings', () => {
  it('what waits for the reader is what the service lets the reader explain or decide', () => {
    expect(waitsFor(finding('a', { actions: ['explain', 'escalate'] }))).toBe('explain');
    expect(waitsFor(finding('a', { actions: ['escalate'] }))).toBe(null);
    expect(waitsFor(finding('a', { state: 'explained', actions: ['explain'] }))).toBe(null);
    expect(waitsFor(finding('a', { state: 'explained', actions: ['accept', 'escalate'] }))).toBe('decide');
    expect(waitsFor(finding('a', { state: 'escalated', actions: ['explain', 'accept', 'violation'] }))).toBe('decide');
    expect([unsettledStates(['drive_trips']), unsettledStates(['approve_trips'])]).toEqual([['open'], ['open', 'explained', 'escalated']]);
  });
  it('one that waits comes first however old it is, the one whose time runs out before the others, and none twice', () => {
    const explain = { actions: ['explain' as const] };
    const later = finding('later', { ...explain, explain_by: '2026-03-04T00:00:00Z' });
    const sooner = finding('sooner', { ...explain, explain_by: '2026-03-03T00:00:00Z' });
    const old = finding('old', { ...explain, found_at: '2026-01-01T00:00:00Z' });
    const fresh = finding('fresh', { ...explain, found_at: '2026-03-01T00:00:00Z' });
    const closed = finding('closed', { state: 'accepted' });
    const { waiting, others } = inOrder([old, later, sooner, fresh], [closed, later]);
    expect([waiting, others].map((part) => part.map((one) => one.id))).toEqual([['sooner', 'later', 'fresh', 'old'], ['closed']]);
  });
  it('a span of time ends the list where the first one is older', () => {
    const now = Date.parse('2026-03-10T00:00:00Z');
    const list = ['2026-03-09T12:00:00Z', '2026-03-04T00:00:00Z', '2026-02-01T00:00:00Z'].map((found_at) => ({ found_at }));
    expect(within(list, sinceOf(7, now))).toEqual({ items: list.slice(0, 2), isComplete: true });
    expect(within(list.slice(0, 1), sinceOf(7, now))).toEqual({ items: list.slice(0, 1), isComplete: false });
    expect(within(list, sinceOf(0, now))).toEqual({ items: list, isComplete: false });
  });
  it('the way to the trip names the day in Beijing and the instant; of a trip that is not told there is none', () => {
    const at = '2026-03-01T17:30:00Z';
    expect(playbackOf(finding('a', { trip_id: 'trip', at }))).toBe('/?v=car&panel=playback&day=2026-03-02&at=2026-03-01T17%3A30%3A00Z');
    expect(playbackOf(finding('a', { at, is_masked: true }))).toBe(null);
  });
});

describe('cases', () => {
  it('who settles links, who leads closes, and nobody touches a closed one', () => {
    expect(caseActions({ state: 'open' }, ['settle_trips', 'watch_trips'])).toEqual(['link']);
    expect(caseActions({ state: 'linked' }, ['approve_trips'])).toEqual(['close']);
    expect(caseActions({ state: 'closed' }, ['settle_trips', 'approve_trips'])).toEqual([]);
    expect(caseActions({ state: 'open' }, ['watch_trips'])).toEqual([]);
  });
  it('what was found of the named car is offered first, each part as it came', () => {
    const found = [finding('a', { plate: '浙A1' }), finding('b', { plate: '浙A2' }), finding('c', { plate: '浙A1' }), finding('d', { plate: '浙A2' })];
    expect([ofCarFirst(found, '浙A2'), ofCarFirst(found, null)].map((part) => part.map((one) => one.id).join(''))).toEqual(['bdac', 'abcd']);
  });
  it('they are found by number, plate as people write it, and words, within a source', () => {
    const cases = [
      { number: 'XF-1', plate: '浙A12345', matter: '停在景区', source: 'letter' },
      { number: '20260302', plate: null, matter: '周末用车', source: 'hotline_12345' },
    ] as Case[];
    const found = (source: string, text: string) => casesOf(cases, source, text).map((one) => one.number);
    expect([found('', '浙A·12345'), found('', 'xf'), found('hotline_12345', ''), found('letter', '周末')]).toEqual([['XF-1'], ['XF-1'], ['20260302'], []]);
  });
});

describe('defects', () => {
  const defect = (id: string, reported_at: string, is_safety: boolean, closed = false) =>
    ({ car: { id: 'car' }, may_close: true, defect: { id, reported_at, is_safety, closing: closed ? { at: reported_at, by: null, reason: 'x' } : null } }) as CarDefect;
  it('open ones come first, of these the ones that keep a car from driving, each part from the newest on', () => {
    const all = [defect('closed', '2026-03-05', true, true), defect('old', '2026-03-01', false), defect('danger', '2026-02-01', true), defect('new', '2026-03-02', false)];
    expect(defectsInOrder(all).map((one) => one.defect.id)).toEqual(['danger', 'new', 'old', 'closed']);
  });
  it('cars are asked so many at once, and their answers stand in their order', async () => {
    let [open, most] = [0, 0];
    const answers = await each([3, 1, 2, 0, 4], 2, async (n) => {
      most = Math.max(most, ++open);
      for (let turn = 0; turn < n; turn++) await Promise.resolve();
      open--;
      return n * 10;
    });
    expect([answers, most]).toEqual([[30, 10, 20, 0, 40], 2]);
    expect(await each([], 2, async () => 1)).toEqual([]);
  });
});

describe('sensitive places', () => {
  it('figures are numbers or nothing, and a pasted pair fills both fields', () => {
    expect([figure('120.15'), figure(' '), figure('1e'), figure('0')]).toEqual([120.15, null, null, 0]);
    expect([pasted('120.15507, 30.27408'), pasted('120.15507，30.27408'), pasted('120.15 30.2')]).toEqual([['120.15507', '30.27408'], ['120.15507', '30.27408'], ['120.15', '30.2']]);
    expect([pasted('120.15507'), pasted('120.1, ')]).toEqual([null, null]);
  });
  it('they are found by name and kind', () => {
    const places = [{ name: '湖滨大酒店', class: '宾馆酒店' }, { name: '西湖', class: '景区' }] as Place[];
    expect([placesOf(places, '', '湖'), placesOf(places, '景区', '湖')].map((found) => found.map((one) => one.name))).toEqual([['湖滨大酒店', '西湖'], ['西湖']]);
  });
  it('the small map puts a place where it is and reads it back, and knows how far metres reach there', () => {
    const map = projectionAt(120.2, 30.25);
    expect(map.to(120.2, 30.25)).toEqual([0, 0]);
    const [x, y] = map.to(120.1, 30.4);
    expect([x < 0, y < 0]).toEqual([true, true]);
    const [lon, lat] = map.from(x, y);
    expect([lon.toFixed(7), lat.toFixed(7)]).toEqual(['120.1000000', '30.4000000']);
    // A kilometre to the east, by the map and by its length.
    const east = map.to(120.2 + 1 / (111.3195 * Math.cos((30.25 * Math.PI) / 180)), 30.25)[0];
    expect(map.metres(1000, 30.25) / east).toBeCloseTo(1, 3);
  });
  it('rings and lines become one path, points none', () => {
    const to = (lon: number, lat: number): [number, number] => [lon, lat];
    expect(pathOf({ type: 'Polygon', coordinates: [[[0, 0], [1, 0], [0, 0]]] }, to)).toBe('M0.00 0.00L1.00 0.00L0.00 0.00');
    expect(pathOf({ type: 'MultiPolygon', coordinates: [[[[0, 0], [1, 1]]], [[[2, 2], [3, 3]]]] }, to)).toBe('M0.00 0.00L1.00 1.00M2.00 2.00L3.00 3.00');
    expect(pathOf({ type: 'LineString', coordinates: [[5, 6], [7, 8]] }, to)).toBe('M5.00 6.00L7.00 8.00');
    expect(pathOf({ type: 'Point', coordinates: [0, 0] }, to)).toBe('');
  });
});
