import { describe, expect, it } from 'vitest';
import texts from '../src/i18n/zh-CN.json';
import type { Repair, UnitFigures, VehicleFigures } from '../src/running/api';
import { amount, bars, board, buttons, cards, COLUMNS, fenOf, left, price, tone, wholeOf } from '../src/running/words';

const words: { [key: string]: string } = texts;
const t = (key: string, values: Record<string, string | number> = {}) => (words[key] ?? key).replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]));
const repair = (state: string, more: Partial<Repair> = {}) => ({ id: state, state, quotes: [], moves: [], bill: null, quote_id: null, ...more }) as unknown as Repair;

describe('running cars', () => {
  it('lay repairs out by state, and show little of what is over', () => {
    const settled = Array.from({ length: 20 }, () => repair('settled'));
    const columns = board([repair('proposed'), repair('in_shop'), repair('rejected'), ...settled]);
    expect(columns.map((column) => column.state)).toEqual([...COLUMNS]);
    expect(columns.map((column) => column.repairs.length)).toEqual([1, 0, 0, 1, 0, 8]);
  });

  it('tell what a repair comes to: the bill, the quote that was taken, or the cheapest', () => {
    const quotes = [{ id: 'a', total_fen: 100 }, { id: 'b', total_fen: 200 }] as Repair['quotes'];
    expect(price(repair('proposed'))).toBeNull();
    expect(price(repair('quoted', { quotes }))).toBe(100);
    expect(price(repair('approved', { quotes, quote_id: 'b' }))).toBe(200);
    expect(price(repair('settled', { quotes, quote_id: 'b', bill: { lines: [], parts_fen: 1, labour_fen: 2, total_fen: 3 } }))).toBe(3);
  });

  it('offer what may be done: deciding is another right than keeping', () => {
    const quoted = { moves: ['quote', 'approve', 'reject', 'cancel'] };
    expect(buttons(quoted, { may_change: true, may_decide: false })).toEqual(['quote', 'cancel']);
    expect(buttons(quoted, { may_change: false, may_decide: true })).toEqual(['approve', 'reject']);
  });

  it('colour due days and say what is left', () => {
    expect(['overdue', 'near', 'coming', 'far', 'x'].map(tone)).toEqual(['bad', 'warn', 'note', 'plain', 'plain']);
    expect(left({ days_left: 7 }, t)).toBe('还有 7 天');
    expect(left({ days_left: 0 }, t)).toBe('今天到期');
    expect(left({ days_left: -3, km_left: 300 }, t)).toBe('已过 3 天 · 还有 300 公里');
    expect(left({ km_left: -20 }, t)).toBe('已超 20 公里');
  });

  it('write amounts by what they count', () => {
    expect([amount('fuel_taken', 3_995_000, t), amount('carbon', 18_360, t), amount('stock', 4, t)]).toEqual(['3,995.00 L', '18.36 kgCO₂', '4']);
  });

  const shares = (fen_per_km: number | null) => ({ fen_per_km, l_per_100km: null }) as UnitFigures['shares'];
  const unit = (unit_id: string, fen: number | null, is_own = false, running = 0) => ({ unit_id, unit_name: unit_id, is_own, figures: [{ figure: 'running', rows: 1, amount: running }], shares: shares(fen) }) as UnitFigures;

  it('draw a bar a unit, the longest first, and none for a unit without a value', () => {
    const units = [unit('甲', 50), unit('乙', 200), unit('丙', null), unit('市', 100, true)];
    const drawn = bars(units, 'fen_per_km', 'running', t);
    expect(drawn.map((bar) => [bar.name, bar.length])).toEqual([['乙', 100], ['市（本级）', 50], ['甲', 25]]);
    expect(bars([unit('甲', null, false, 10), unit('乙', null, false, 40)], 'running', 'running', t).map((bar) => bar.length)).toEqual([100, 25]);
    expect(bars([], 'running', 'running', t)).toEqual([]);
  });

  it('have words for every card, and stand new energy beside fuel', () => {
    const half = { figures: [{ figure: 'running', rows: 1, amount: 100 }], shares: shares(20) };
    const all = cards({ ...half, nev_cars: half, fuel_cars: { figures: [], shares: shares(null) } } as unknown as VehicleFigures, t);
    expect(all.flatMap((one) => [`running.figure_${one.id}`, `running.list_${one.figure}`]).filter((key) => !(key in texts))).toEqual([]);
    const cost = all.find((one) => one.id === 'fen_per_km')!;
    expect([cost.nev === cost.value, cost.fuel]).toEqual([true, '—']);
  });

  it('take yuan and whole numbers as they are typed', () => {
    expect(['300', ' 1.2 ', '0.05', 'x', '', '1.234'].map(fenOf)).toEqual([30_000, 120, 5, null, null, null]);
    expect(['42000', ' 6 ', '-1', '1.5', ''].map(wholeOf)).toEqual([42_000, 6, null, null, null]);
  });
});
