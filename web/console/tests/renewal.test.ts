import { describe, expect, it } from 'vitest';
import texts from '../src/i18n/zh-CN.json';
import { bodyOf, electricOf, evenBudget, optionOf, type PlannedCar, type RenewalYear, reasonOf, START, targetOf, tried, undone } from '../src/lifecycle/renewal';

/** The Chinese words, as the page says them. */
const t = (key: string, values: Record<string, string | number> = {}): string => {
  const text = (texts as Record<string, string>)[key];
  if (text === undefined) throw new Error(`no text ${key}`);
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]));
};

const car = {
  decision: 'renew',
  year: 2028,
  new_car: '纯电轿车',
  is_new_energy: true,
  to_unit_name: null,
  unit_name: '西区分局',
  second: { decision: 'renew', year: 2027, new_car: '纯电轿车', is_new_energy: true, to_unit_name: null, costs_more_fen: -400_000, weighs_more_fen: 1_000 },
  decided_by: 'budget',
  decided_year: 2027,
  decided_fen: 650_000,
  electric: { fit: 'with_pile', figure: 'charging', days: 200, days_with_pile: 199, days_without: 77, longest_m: 260_400, cold_m: 240_000 },
} as unknown as PlannedCar;

describe('a plan of renewal', () => {
  it('asks for the end of the last year alone where a share or an age is moved', () => {
    const trial = { ...START, unit_id: 'u', budget: [30, 0], nev_flow: 60, nev_stock: 50, mean_age: 90 };
    expect(bodyOf(trial, 3)).toEqual({
      unit_id: 'u',
      budget_fen: [30_000_000, 0],
      nev_flow_pct: [60],
      nev_stock_pct: [null, null, 50],
      mean_age_months: [null, null, 90],
    });
    expect(bodyOf(START, 5)).toEqual({ unit_id: null });
  });

  it('begins a budget with what is spent, evened out and not less', () => {
    const years = [1_000_000, 0, 5_000_001].map((spent_fen) => ({ spent_fen }) as RenewalYear);
    expect(evenBudget(years)).toEqual([3, 3, 3]);
    expect(evenBudget([])).toEqual([]);
  });

  it('takes steps back one by one, and none before the first', () => {
    let steps = { now: START, before: [] as (typeof START)[] };
    steps = tried(tried(steps, { nev_flow: 40 }), { nev_flow: 50 });
    expect([steps.now.nev_flow, steps.before.length]).toEqual([50, 2]);
    steps = undone(steps);
    expect(steps.now.nev_flow).toBe(40);
    steps = undone(undone(steps));
    expect([steps.now, steps.before]).toEqual([START, []]);
  });

  it('says which budget decided, what it is worth, and what would have been next best', () => {
    expect(reasonOf(car, t)).toBe('因2027 年购置预算，占用代价 ¥6,500；“2027 年更新为纯电轿车”单看本车可省 ¥4,000。');
    expect(reasonOf({ ...car, decided_fen: 0 }, t)).toBe('因2027 年购置预算已用满；“2027 年更新为纯电轿车”单看本车可省 ¥4,000。');
    const own = { ...car, decided_by: null, second: { ...car.second!, decision: 'keep', costs_more_fen: 120_050 } } as unknown as PlannedCar;
    expect(reasonOf(own, t)).toBe('按本车费用最低；次优“继续使用”多花 ¥1,201。');
    expect(reasonOf({ ...car, second: null }, t)).toBe('规则下没有其他选择。');
    expect(targetOf('establishment', null, t, '西区分局')).toBe('西区分局编制数');
  });

  it('has words for everything that can be done and every figure of a battery', () => {
    for (const decision of ['renew', 'defer', 'keep', 'drop', 'move']) expect(optionOf({ ...car, decision }, t)).not.toContain('{{');
    expect(electricOf(car, t)).toBe('建桩后适合：200 个用车日中无桩可完成 38%，有桩 99%');
    for (const figure of ['days', 'longest_day', 'charging', 'known']) expect(electricOf({ ...car, electric: { ...car.electric, figure } }, t)).not.toContain('{{');
  });
});
