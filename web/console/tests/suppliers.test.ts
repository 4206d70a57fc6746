import { describe, expect, it } from 'vitest';
import texts from '../src/i18n/zh-CN.json';
import { CLASSES, fenOf, KINDS, POWERTRAINS, priceText, starsText } from '../src/suppliers/api';

const words: { [key: string]: string } = texts;
const t = (key: string, values: Record<string, string | number> = {}) => (words[key] ?? key).replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]));

describe('suppliers', () => {
  it('tell their prices by day and kilometre or by the hour', () => {
    expect(priceText({ kind: 'rental', day_fen: 30_000, km_fen: 120, hour_fen: null }, t)).toBe('¥300.00/天 + ¥1.20/公里');
    expect(priceText({ kind: 'time_share', day_fen: null, km_fen: null, hour_fen: 500 }, t)).toBe('¥5.00/小时');
  });

  it('have stars by what people said of their trips', () => {
    expect([starsText({ stars_hundredths: 433, ratings: 3 }), starsText({ stars_hundredths: null, ratings: 0 })]).toEqual(['★ 4.33（3）', '★ —']);
  });

  it('take yuan as they are typed', () => {
    expect(['300', ' 1.2 ', '0.05', 'x', '', '1.234'].map(fenOf)).toEqual([30_000, 120, 5, null, null, null]);
  });

  it('have words for every kind, class and powertrain', () => {
    const keys = [...KINDS.map((id) => `suppliers.kind_${id}`), ...CLASSES.map((id) => `suppliers.class_${id}`), ...POWERTRAINS.map((id) => `suppliers.power_${id}`)];
    expect(keys.filter((key) => !(key in texts))).toEqual([]);
  });
});
