import { describe, expect, it } from 'vitest';
import { bars, dayOf, groups, lastDay, type LifeMark, nextMonth, scale, sourceOf, spanOf, years } from '../src/whole-life/line';

const NOW = Date.parse('2026-12-01T00:00:00Z');
const mark = (at: string, kind = 'policy'): LifeMark => ({ lane: 'papers', kind, at: `${at}T00:00:00Z`, until: null, subject_id: null, title: '', word: '', note: '', amount_fen: null });

describe('the line of a life', () => {
  it('begins with the first thing that is known, and ends a little after today', () => {
    const [from, to] = spanOf({ marks: [mark('2019-03-01')], months: [{ month: '2020-01-01', trips: 1, distance_km: 1 }], years: [{ year: 2019, running_fen: 1, total_fen: 1, heads: [] }] }, NOW);
    // 2019-01-01 to 2026-12-01 are 2891 days, of which a fiftieth is room: 57.82 days.
    expect(Math.round((Date.UTC(2019, 0, 1) - from) / 86_400)).toBe(57_820);
    expect(to).toBeGreaterThan(NOW);
    const fresh = spanOf({ marks: [], months: [], years: [] }, NOW);
    expect(fresh[1] - fresh[0]).toBeGreaterThan(90 * 86_400_000);
  });
  it('puts an instant between its edges, and what is beyond onto them', () => {
    const x = scale([0, 100], 50, 250);
    expect([x(0), x(50), x(100), x(-9), x(999)]).toEqual([50, 150, 250, 50, 250]);
  });
  it('names as many years as have room, always the last one', () => {
    const span = [Date.UTC(2015, 5, 1), Date.UTC(2026, 11, 1)] as const;
    expect(years(span, 900)).toEqual([2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026]);
    expect(years(span, 250)).toEqual([2016, 2018, 2020, 2022, 2024, 2026]);
  });
  it('puts marks that stand too close under one sign, and loses none', () => {
    const x = scale([Date.parse('2026-01-01'), Date.parse('2026-12-31')], 0, 364);
    const found = groups([mark('2026-06-10'), mark('2026-01-01'), mark('2026-01-15'), mark('2026-06-01')], x);
    // A pixel a day: 1 and 15 January are 14 apart, 1 and 10 June 9; the two pairs are far from each other.
    expect(found.map((group) => group.marks.map((one) => one.at.slice(5, 10)))).toEqual([['01-01', '01-15'], ['06-01', '06-10']]);
    expect(found[0]!.x).toBe(0);
    expect(groups([mark('2026-01-01'), mark('2026-01-25')], x)).toHaveLength(2);
  });
  it('a bar is as high as its share of the highest, and a year without costs has none', () => {
    const x = scale([0, 100], 0, 100);
    expect(bars([{ from: 0, to: 50, value: 20 }, { from: 50, to: 100, value: 40 }], x)).toEqual([{ x: 0, width: 49, share: 0.5 }, { x: 50, width: 49, share: 1 }]);
    expect(bars([{ from: 0, to: 0, value: 0 }], x)).toEqual([{ x: 0, width: 1, share: 0 }]);
  });
  it('the month behind December is in another year', () => {
    expect(new Date(nextMonth('2025-12-01')).toISOString().slice(0, 10)).toBe('2026-01-01');
  });
  it('days are those of Beijing, and a span that ends at midnight has the day before as its last', () => {
    expect([dayOf('2026-08-06T16:00:00Z'), lastDay('2027-08-06T16:00:00Z'), lastDay('2026-10-15T05:00:00Z')]).toEqual(['2026-08-07', '2027-08-06', '2026-10-15']);
  });
  it('every kind of mark but the registration has a page of its own', () => {
    expect(sourceOf({ kind: 'repair', subject_id: 'x' })).toBe('/maintenance');
    expect(sourceOf({ kind: 'terminal', subject_id: 'a b' })).toBe('/admin/terminals?terminal=a%20b');
    expect(sourceOf({ kind: 'plate', subject_id: null })).toBeNull();
  });
});
