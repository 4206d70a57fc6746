import { describe, expect, it } from 'vitest';
import { amountOf, starText } from '../src/drivers/score';
import texts from '../src/i18n/zh-CN.json';

const t = (key: string, values: Record<string, string | number> = {}) => `${key} ${Object.values(values).join(' ')}`;

describe('the score of a driver', () => {
  it('is told in stars of two decimals, and as a dash where nothing was driven', () => {
    expect([starText(412), starText(0), starText(null)]).toEqual(['★ 4.12', '★ 0.00', '★ —']);
  });

  it('says what each thing that counts amounts to', () => {
    const amounts = [
      ['rating', 14],
      ['departure', 1260],
      ['return', -5400],
      ['unchecked', 38_500],
      ['hasty_fill', 30_000],
      ['speeding', 0],
    ] as const;
    const said = amounts.map(([fact, amount]) => amountOf({ fact, amount }, t));
    expect(said).toEqual(['★ 4.67', 'drivers.score_late 21', 'drivers.score_early 90', '38.5 km', '¥300.00', '']);
  });

  it('has words for every part and every thing that counts', () => {
    const parts = ['ratings', 'punctuality', 'safety', 'care'].flatMap((part) => [`drivers.score_${part}`, `driver_app.score_${part}`]);
    const facts = ['rating', 'departure', 'return', 'speeding', 'alarm', 'checked', 'unchecked', 'defect', 'hasty_fill'].map((fact) => `drivers.fact_${fact}`);
    expect([...parts, ...facts].filter((key) => !(key in texts))).toEqual([]);
  });
});
