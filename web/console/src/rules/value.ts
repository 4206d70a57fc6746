/** Values as people read and write them: money in yuan, times of day as 22:00, words by their names. */

import i18next from 'i18next';
import { NONE } from '../ui/format';
import type { Bounds, Cell, Column, Row, Shape, Value } from './api';

const isEnglish = () => i18next.language === 'en';

/** A number with its unit of measure. */
export function amount(value: number, bounds: Bounds): string {
  if (bounds.measure === 'fen') return `¥${grouped(value / 100, value % 100 === 0 ? 0 : 2)}`;
  if (bounds.measure === 'time_of_day') return timeOfDay(value);
  if (bounds.measure === 'percent') return `${grouped(value)}%`;
  return i18next.t(`rules.measure.${bounds.measure}`, { value: grouped(value) });
}

function grouped(value: number, digits?: number): string {
  return value.toLocaleString('zh-CN', { minimumFractionDigits: digits, maximumFractionDigits: digits ?? 4 });
}

export function timeOfDay(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** A stable word of a closed list by its name. */
export function word(text: string): string {
  const key = `rules.word.${text}`;
  return i18next.exists(key) ? i18next.t(key) : text;
}

export function columnName(column: Column): string {
  return isEnglish() ? column.en : column.zh;
}

export function cellText(cell: Cell | undefined, column: Column): string {
  if (cell === null || cell === undefined) return column.holds === 'step' ? i18next.t('rules.beyond') : NONE;
  if (typeof cell === 'number') return column.bounds ? amount(cell, column.bounds) : String(cell);
  return column.holds === 'word' ? word(cell) : cell;
}

/** One line that says what holds. */
export function brief(value: Value, shape: Shape): string {
  if (value === null) return NONE;
  if (typeof value === 'number') return shape.bounds ? amount(value, shape.bounds) : String(value);
  if (value.every((item) => typeof item === 'string')) return (value as string[]).map(word).join(i18next.t('rules.comma'));
  const rows = value as Row[];
  const [only, ...more] = shape.columns;
  if (only && more.length === 0) return rows.map((row) => cellText(row[only.name], only)).join(i18next.t('rules.comma'));
  return i18next.t('rules.rows', { count: rows.length });
}

/** What stands in the field for a number: yuan, a time, or the number. */
export function toField(value: Cell | undefined, bounds: Bounds | null): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'number') return value;
  if (bounds?.measure === 'fen') return String(value / 100);
  if (bounds?.measure === 'time_of_day') return timeOfDay(value);
  return String(value);
}

/** The number that was written, or the text when it is none: the service says what is wrong with it. */
export function fromField(text: string, bounds: Bounds | null): Cell {
  const plain = text.trim().replaceAll(',', '').replaceAll('，', '');
  if (plain === '') return null;
  const time = /^(\d{1,2})[:：](\d{2})$/.exec(plain);
  if (bounds?.measure === 'time_of_day' && time) return Number(time[1]) * 60 + Number(time[2]);
  const number = Number(plain);
  if (!Number.isFinite(number)) return text;
  return bounds?.measure === 'fen' ? Math.round(number * 100) : number;
}

export function fieldUnit(bounds: Bounds): string {
  if (bounds.measure === 'fen') return i18next.t('rules.yuan');
  if (bounds.measure === 'time_of_day') return '00:00';
  if (bounds.measure === 'percent') return '%';
  return i18next.t(`rules.measure.${bounds.measure}`, { value: '' }).trim();
}

/** Rows of a file or of pasted lines: columns by their order, divided by commas, semicolons or tabs; words by name or as stored. */
export function readRows(text: string, columns: Column[]): Row[] {
  const names = new Map(columns.flatMap((column) => column.words.map((stored) => [word(stored), stored] as const)));
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  const rows = lines.map((line) => {
    const cells = line.split(/[,;\t，；]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    return Object.fromEntries(
      columns.map((column, index) => {
        const cell = cells[index] ?? '';
        if (column.holds === 'number' || column.holds === 'step') return [column.name, fromField(cell, column.bounds)];
        if (column.holds === 'day') return [column.name, cell.replaceAll('/', '-')];
        return [column.name, names.get(cell) ?? cell];
      }),
    ) as Row;
  });
  // A first line of titles is no row.
  const first = lines[0] ?? '';
  return columns.some((column) => first.includes(column.zh) || first.includes(column.name)) ? rows.slice(1) : rows;
}

/** Which cells of the new rows say something else than the old ones did: by the columns that name a row. */
export function changedRows(before: Row[], after: Row[], columns: Column[]): { row: Row; was: Row | null; gone: boolean }[] {
  const naming = columns.filter((column) => column.holds !== 'number');
  const nameOf = (row: Row) => naming.map((column) => String(row[column.name])).join('\u0000');
  const old = new Map(before.map((row) => [nameOf(row), row]));
  const now = new Map(after.map((row) => [nameOf(row), row]));
  const same = (one: Row, other: Row) => columns.every((column) => one[column.name] === other[column.name]);
  const changed = after.filter((row) => !old.has(nameOf(row)) || !same(old.get(nameOf(row))!, row));
  const gone = before.filter((row) => !now.has(nameOf(row)));
  return [...changed.map((row) => ({ row, was: old.get(nameOf(row)) ?? null, gone: false })), ...gone.map((row) => ({ row, was: row, gone: true }))];
}
