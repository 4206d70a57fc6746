import { expect, test } from 'vitest';
import type { Bounds, Column } from '../src/rules/api';
import { changedRows, fromField, readRows, timeOfDay, toField } from '../src/rules/value';

const bounds = (measure: string): Bounds => ({ measure, measure_zh: '', min: 0, max: 1e9, digits: 2 });
const column = (name: string, holds: Column['holds'], words: string[] = []): Column => ({ name, zh: name, en: name, holds, words, bounds: holds === 'number' || holds === 'step' ? bounds('count') : null, optional: false });

test('money is written in yuan and sent in fen, a time of day in minutes', () => {
  expect(fromField('120,000', bounds('fen'))).toBe(12_000_000);
  expect(fromField('0.29', bounds('fen'))).toBe(29);
  expect(toField(8300, bounds('fen'))).toBe('83');
  expect(fromField('22:00', bounds('time_of_day'))).toBe(1320);
  expect(timeOfDay(1320)).toBe('22:00');
  expect(fromField('', bounds('percent'))).toBeNull();
  expect(fromField('三十', bounds('percent'))).toBe('三十');
});

test('a file of lines is read by the order of the columns, titles or not', () => {
  const columns = [column('first', 'day'), column('last', 'day'), column('kind', 'word', ['holiday', 'swap_workday']), column('name', 'text')];
  const rows = [
    { first: '2027-01-01', last: '2027-01-03', kind: 'holiday', name: '元旦' },
    { first: '2027-01-10', last: '2027-01-10', kind: 'swap_workday', name: '元旦' },
  ];
  const text = '2027-01-01,2027-01-03,holiday,元旦\r\n2027/01/10；2027/01/10；swap_workday；元旦\n';
  expect(readRows(text, columns)).toEqual(rows);
  expect(readRows(`first,last,kind,name\n${text}`, columns)).toEqual(rows);
});

test('what changes in a table is told row by row, by what names the row', () => {
  const columns = [column('category', 'word'), column('price', 'number')];
  const before = [{ category: 'a', price: 1 }, { category: 'b', price: 2 }, { category: 'c', price: 3 }];
  const after = [{ category: 'a', price: 1 }, { category: 'b', price: 5 }, { category: 'd', price: 4 }];
  const told = changedRows(before, after, columns).map(({ row, was, gone }) => [row.category, was?.price ?? null, gone]);
  expect(told).toEqual([['b', 2, false], ['d', null, false], ['c', 3, true]]);
});
