/** Times and numbers as the terminal shows them, in Beijing time. */

import { language } from './texts';

const ZONE = 'Asia/Shanghai';
const locale = () => (language() === 'en' ? 'en-GB' : 'zh-CN');

export function hourMinute(at: string | number): string {
  return new Intl.DateTimeFormat(locale(), { timeZone: ZONE, hourCycle: 'h23', hour: '2-digit', minute: '2-digit' }).format(new Date(at));
}

export function day(at: string | number): string {
  return new Intl.DateTimeFormat(locale(), { timeZone: ZONE, month: 'short', day: 'numeric', weekday: 'short' }).format(new Date(at));
}

const dayKey = (at: string | number) => new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(new Date(at));
export const isSameDay = (a: string | number, b: string | number) => dayKey(a) === dayKey(b);

/** `1:05:09`. */
export function stopwatch(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

export function km(value: number): string {
  return new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 1 }).format(value);
}

export const yuan = (fen: number) => (fen / 100).toFixed(2);

/** `浙A·12345`. */
export function plate(text: string): string {
  return text.length > 3 && !text.includes('·') ? `${text.slice(0, 2)}·${text.slice(2)}` : text;
}

/** Yuan as they are typed, in fen; null: no amount. */
export function fen(typed: string): number | null {
  const [, whole, part = ''] = /^\s*(\d{1,6})(?:[.。](\d{1,2}))?\s*$/.exec(typed) ?? [];
  const amount = whole === undefined ? 0 : Number(whole) * 100 + Number(part.padEnd(2, '0'));
  return amount > 0 ? amount : null;
}

/** Kilometres as they are typed; null: no reading. */
export function odometer(typed: string): number | null {
  return /^\s*\d{1,7}(\.\d)?\s*$/.test(typed) ? Number(typed) : null;
}
