import { describe, expect, it } from 'vitest';
import zh from '../src/i18n/zh-CN.json';
import type { Allowance, AllowanceEntry } from '../src/money/api';
import { CLASSES, newSettleForm, toSettle } from '../src/money/settle-form';
import { beijingMonth, byUnit, fenOf, ledger, monthBefore, quantityOf, usedShare } from '../src/money/words';
import type { Order } from '../src/trips/types';

const texts = zh as Record<string, string>;
const account = (more: Partial<Allowance>): Allowance => ({
  id: `${more.unit_id ?? 'u1'}-${more.month ?? 'pool'}`, unit_id: 'u1', unit_name: '西湖区府', year: 2026, month: null, left_fen: 0, held_fen: 0, spent_fen: 0, given_fen: 0, permitted_fen: 0, warns: false, ...more,
});
const entry = (kind: AllowanceEntry['kind'], amount_fen: number): AllowanceEntry => ({ kind, amount_fen, permits_fen: 0, order: null, document: null, by: null, reason: '', at: '2026-03-02T04:00:00Z' });

describe('amounts and months', () => {
  it('yuan as people type them become fen, and what is no amount is none', () => {
    expect(['12', '12.5', '0.05', ' 1,234.50 ', '-3', '1，000'].map(fenOf)).toEqual([1200, 1250, 5, 123_450, -300, 100_000]);
    expect(['', '1.234', '1.', 'abc', '--1', '12345678901'].map(fenOf)).toEqual([null, null, null, null, null, null]);
  });
  it('a month is that of Beijing, and before January comes December', () => {
    expect(beijingMonth(Date.parse('2026-02-28T16:00:00Z'))).toEqual({ year: 2026, month: 3 });
    expect(monthBefore({ year: 2026, month: 1 })).toEqual({ year: 2025, month: 12 });
    expect(monthBefore({ year: 2026, month: 3 })).toEqual({ year: 2026, month: 2 });
  });
});

describe('allowances', () => {
  it('each entry stands with what was left after it, and the last of them is the sum', () => {
    // Newest first, as the service gives them.
    const { lines, sum_fen } = ledger([entry('debit', -7500), entry('release', 8000), entry('hold', -8000), entry('grant', 10_000)]);
    expect(lines.map((line) => [line.kind, line.balance_fen])).toEqual([['debit', 2500], ['release', 10_000], ['hold', 2000], ['grant', 10_000]]);
    expect(sum_fen).toBe(2500);
    expect(ledger([])).toEqual({ lines: [], sum_fen: 0 });
  });
  it('accounts are gathered by unit: the pool, and twelve months of which some are not there', () => {
    const units = byUnit([account({ given_fen: 9 }), account({ month: 3 }), account({ unit_id: 'u2', unit_name: '上城区府', month: 12 })]);
    expect(units.map((unit) => [unit.unit_name, unit.pool?.given_fen ?? null, unit.months.map((month) => month?.month ?? 0).filter(Boolean)])).toEqual([['西湖区府', 9, [3]], ['上城区府', null, [12]]]);
    expect(units.every((unit) => unit.months.length === 12)).toBe(true);
  });
  it('the bar is what is held and spent, never more than the whole', () => {
    const of = (given_fen: number, left_fen: number) => usedShare({ given_fen, left_fen });
    expect([of(100, 100), of(100, 20), of(100, -10), of(0, 0), of(0, -5), of(100, 120)]).toEqual([0, 0.8, 1, 0, 1, 0]);
  });
});

describe('settling', () => {
  const order = (more: object = {}) => ({ distance_m: 38_500, depart_odometer_km: null, return_odometer_km: null, ...more }) as unknown as Order;
  it('begins by the tariff, with the way as reckoned where nobody read the odometer', () => {
    expect(newSettleForm(order()).distance).toBe('38.5');
    expect(newSettleForm(order({ depart_odometer_km: 1, return_odometer_km: 2 })).distance).toBe('');
    expect(toSettle(newSettleForm(order()), false)).toEqual({ basis: 'tariff', area: 'outside', class: null, days_out_of_town: 0, distance_m: 38_500, hour_fen: null });
  });
  it('says of each basis only what it is settled by', () => {
    const form = { ...newSettleForm(order()), tariffClass: 'bus', days: '2', hour: '5' };
    expect(toSettle(form, true)).toMatchObject({ class: 'bus', days_out_of_town: 2, distance_m: null, hour_fen: null });
    expect(toSettle({ ...form, basis: 'time_share' }, true)).toEqual({ basis: 'time_share', area: null, class: null, days_out_of_town: 0, distance_m: null, hour_fen: 500 });
    expect(toSettle({ ...form, basis: 'expenses' }, true)).toMatchObject({ area: null, class: null, days_out_of_town: 0 });
  });
  it('is not asked while something is no number', () => {
    const form = newSettleForm(order());
    expect([toSettle({ ...form, days: 'x' }, false), toSettle({ ...form, distance: '' }, false), toSettle({ ...form, basis: 'time_share' }, false)]).toEqual([null, null, null]);
    expect(toSettle({ ...form, distance: '' }, true)).not.toBeNull();
  });
  it('metres are told in kilometres', () => {
    expect([quantityOf({ measure: 'metre', quantity: 60_000 }), quantityOf({ measure: 'hour', quantity: 3 })]).toEqual([60, 3]);
  });
});

it('every word of money that is put together has its text', () => {
  const wanted = [
    ...['grant', 'allot', 'loan', 'carry', 'hold', 'release', 'debit', 'over_quota'].map((kind) => `allowances.kind_${kind}`),
    ...['loan', 'over_quota'].flatMap((kind) => [`allowances.adjust_${kind}`, `allowances.help_${kind}`]),
    ...['proposed', 'approved', 'rejected'].map((state) => `allowances.state_${state}`),
    ...['approve', 'reject'].flatMap((action) => [`allowances.${action}`, `allowances.done_${action}`]),
    ...['adjustment', 'unit', 'month', 'amount', 'why', 'people', 'state'].map((column) => `allowances.column_${column}`),
    ...['to_settle', 'settled'].flatMap((view) => [`settle.view_${view}`, `settle.none_${view}`, `settle.none_${view}_help`]),
    ...['order', 'unit', 'car', 'trip', 'back', 'driver'].map((column) => `settle.column_${column}`),
    ...['tariff', 'expenses', 'time_share'].map((basis) => `settle.basis_${basis}`),
    ...['inside', 'outside'].map((area) => `settle.area_${area}`),
    ...CLASSES.map((name) => `settle.class_${name}`),
    ...['distance', 'short_trip', 'waiting', 'time', 'extra_hours', 'meals', 'time_share', 'cap', 'expense'].map((item) => `settle.item_${item}`),
    ...['metre', 'hour', 'day', 'piece'].map((measure) => `settle.measure_${measure}`),
    ...['fuel', 'charge', 'toll', 'parking', 'wash', 'repair', 'meal', 'lodging', 'other'].map((kind) => `settle.kind_${kind}`),
    ...['made', 'checked', 'unit'].map((who) => `settle.sign_${who}`),
    ...['unit', 'when', 'why', 'where', 'distance', 'energy', 'cost'].map((column) => `public.column_${column}`),
    ...['settlements', 'allowances', 'public'].map((tab) => `money.tab_${tab}`),
  ];
  expect(wanted.filter((key) => !(key in texts))).toEqual([]);
});
