import { describe, expect, it } from 'vitest';
import { ofBreaches, ofToday, ofYear, years } from '../src/wall/tiles';

const figures = (amounts: Record<string, number>) =>
  ({ from: '2026-12-01', to: '2026-12-01', figures: Object.entries(amounts).map(([figure, amount]) => ({ figure, amount, rows: 1 })) }) as unknown as Parameters<typeof ofToday>[0];
const shares = (share: object) => ({ shares: share }) as unknown as Parameters<typeof ofYear>[0];

describe('the wall', () => {
  it('today is counted, and every number leads to its list', () => {
    const tiles = ofToday(figures({ requests: 1200, orders: 3, trips: 38_200, findings: 2 }));
    expect(tiles.map(({ id, value, isBad }) => [id, value, isBad ?? false])).toEqual([
      ['requests', '1,200', false],
      ['orders', '3', false],
      ['driven', '38.2 km', false],
      ['findings', '2', true],
    ]);
    expect(tiles[0]!.href).toBe('/figures?from=2026-12-01&to=2026-12-01');
    expect(ofToday(figures({})).at(-1)).toMatchObject({ value: '0', isBad: false });
  });
  it('this year stands beside the year before, once that is known', () => {
    const now = shares({ fen_per_km: 123.4, days_used_pct: 41.26, nev_stock_pct: null, nev_flow_pct: 50 });
    expect(ofYear(now, undefined).map(({ value, beside }) => [value, beside])).toEqual([['¥1.23', undefined], ['41.3 %', undefined], ['—', undefined], ['50.0 %', undefined]]);
    expect(ofYear(now, shares({ fen_per_km: 200 }))[0]!.beside).toEqual({ text: 'wall.year_before', value: '¥2.00' });
  });
  it('what the law says is too much is marked when there is any', () => {
    const found = { over_establishment: [{}], over_standard: [], strangers: [], late: [], unmarked: [], unregistered: 0 } as unknown as Parameters<typeof ofBreaches>[0];
    expect(ofBreaches(found).map(({ id, value, isBad }) => [id, value, isBad])).toEqual([['over_establishment', '1', true], ['over_standard', '0', false], ['strangers', '0', false]]);
  });
  it('a year and the same days of the one before', () => {
    expect(years('2026-12-01')).toEqual([{ from: '2026-01-01', to: '2026-12-01' }, { from: '2025-01-01', to: '2025-12-01' }]);
    expect(years('2028-02-29')[1]).toEqual({ from: '2027-01-01', to: '2027-02-28' });
  });
});
