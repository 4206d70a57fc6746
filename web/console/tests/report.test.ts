import { describe, expect, it } from 'vitest';
import english from '../src/i18n/en.json';
import chinese from '../src/i18n/zh-CN.json';
import { columnsOf, difference, filled, leadsOn, linesOf, needsReason, quotient, type Report, SECTIONS, shown, type Sum, WAY } from '../src/lifecycle/report';

const sum = (item: string, section: string, measure: string, total: number, before: number | null = null) => ({ item, term: item, section, measure, own: total, total, before }) as Sum;
const report = {
  sums: [sum('opening', 'stock', 'count', 0), sum('closing', 'stock', 'count', 3, 2), sum('distance', 'use', 'metres', 0), sum('trips', 'use', 'count', 0, 4)],
  total: [
    { category: 'other', powertrain: 'petrol', figures: { closing: 3 } },
    { category: 'other', powertrain: null, figures: { authorised: 2, closing: 0 } },
  ],
} as unknown as Report;

describe('the annual report', () => {
  it('reads figures in the measure that people read', () => {
    expect([shown('metres', 35_157_700), shown('fen', 123_456), shown('count', 12), shown('grams', null)]).toEqual(['35,157.7', '1,234.56', '12', '—']);
    expect([quotient('nev_flow', 0.3), quotient('fuel_per_100km', 11.363), quotient('over', null)]).toEqual(['30.0%', '11.36', '—']);
  });

  it('tells the difference to the year before with its sign, and nothing of a year that nobody knows', () => {
    expect([3, 2, 1].map((before) => difference(sum('closing', 'stock', 'count', 2, before)))).toEqual(['−1', '±0', '+1']);
    expect(difference(sum('closing', 'stock', 'count', 2))).toBe('');
  });

  it('shows all of the cars, and of other sections what there is or was', () => {
    expect(columnsOf(report, 'stock').map((one) => one.item)).toEqual(['opening', 'closing']);
    expect(columnsOf(report, 'use').map((one) => one.item)).toEqual(['trips']);
    expect(linesOf(report, 'stock').map((line) => line.powertrain)).toEqual(['petrol']);
  });

  it('fills a section by the cars of which nothing lacks', () => {
    expect([filled({ cars: 0, lacking: 0 }), filled({ cars: 3, lacking: 1 }), filled({ cars: 4, lacking: 4 })]).toEqual([100, 67, 0]);
  });

  it('has words for every stage, step, section, figure and quotient of the service', async () => {
    const { readFileSync } = await import('node:fs');
    const words = (file: string, name: string) => {
      const source = readFileSync(new URL(`../../../dispatch/src/annual/${file}.rs`, import.meta.url), 'utf8');
      const list = source.slice(source.indexOf(`${name}, ${name}Error`));
      return [...list.slice(0, list.indexOf('\n}')).matchAll(/= "(\w+)", "/g)].map((match) => match[1]!);
    };
    const keys = [
      ...words('flow', 'ReportStage').map((word) => `report.stage_${word}`),
      ...words('flow', 'ReportAction').flatMap((word) => [`report.move_${word}`, `report.about_${word}`]),
      ...words('item', 'AnnualSection').map((word) => `report.section_${word}`),
      ...words('item', 'AnnualMeasure').map((word) => `report.measure_${word}`),
      ...words('item', 'AnnualItem').map((word) => `report.item_${word}`),
      ...words('rate', 'AnnualRate').map((word) => `report.rate_${word}`),
    ];
    expect(keys.length).toBeGreaterThan(60);
    expect(keys.filter((key) => !(key in chinese) || !(key in english))).toEqual([]);
    expect(words('item', 'AnnualSection')).toEqual([...SECTIONS]);
    expect(WAY.every((stage) => words('flow', 'ReportStage').includes(stage))).toBe(true);
    expect([needsReason('return'), needsReason('accept'), leadsOn('accept'), leadsOn('redo')]).toEqual([true, false, true, false]);
  });
});
