/** Numbers, times and lengths of time as people read them. A dash is what nobody has measured. */

import i18next from 'i18next';

export const NONE = '—';
const ZONE = 'Asia/Shanghai';

const made = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

function dateFormat(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${i18next.language}:${name}`;
  let format = made.get(key) as Intl.DateTimeFormat | undefined;
  if (!format) {
    format = new Intl.DateTimeFormat(i18next.language === 'en' ? 'en-GB' : 'zh-CN', { timeZone: ZONE, hourCycle: 'h23', ...options });
    made.set(key, format);
  }
  return format;
}

export function number(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const key = `number:${digits}`;
  let format = made.get(key) as Intl.NumberFormat | undefined;
  if (!format) {
    format = new Intl.NumberFormat('zh-CN', { minimumFractionDigits: digits, maximumFractionDigits: digits });
    made.set(key, format);
  }
  return format.format(value);
}

export function clock(at: number | string | null | undefined): string {
  if (at === null || at === undefined) return NONE;
  return dateFormat('clock', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(at));
}

export function hourMinute(at: number | string | null | undefined): string {
  if (at === null || at === undefined) return NONE;
  return dateFormat('hm', { hour: '2-digit', minute: '2-digit' }).format(new Date(at));
}

export function dateTime(at: number | string | null | undefined): string {
  if (at === null || at === undefined) return NONE;
  return dateFormat('full', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(new Date(at));
}

/** `2026-11-22` as the day's own name. */
export function dayName(day: string): string {
  return dateFormat('day', { year: 'numeric', month: 'short', day: 'numeric', weekday: 'short' }).format(new Date(`${day}T12:00:00+08:00`));
}

/** How long something took: `2 小时 05 分`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return NONE;
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours > 0) return i18next.t('time.hours_minutes', { hours, minutes: String(minutes).padStart(2, '0') });
  if (minutes > 0) return i18next.t('time.minutes', { minutes });
  return i18next.t('time.seconds', { seconds: whole });
}

/** How old something is, in one unit. */
export function age(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return NONE;
  if (seconds < 5) return i18next.t('time.now');
  if (seconds < 60) return i18next.t('time.ago_s', { n: Math.floor(seconds) });
  if (seconds < 3600) return i18next.t('time.ago_m', { n: Math.floor(seconds / 60) });
  if (seconds < 86_400) return i18next.t('time.ago_h', { n: Math.floor(seconds / 3600) });
  const days = Math.floor(seconds / 86_400);
  if (days < 60) return i18next.t('time.ago_d', { n: days });
  return dateFormat('date', { year: 'numeric', month: '2-digit', day: '2-digit' }).format(Date.now() - seconds * 1000);
}

const EIGHT = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const;

export function compass(degrees: number | null | undefined): string {
  if (degrees === null || degrees === undefined) return NONE;
  return i18next.t(`compass.${EIGHT[Math.round((((degrees % 360) + 360) % 360) / 45) % 8]!}`);
}

/** A place by its name, or, where nobody has named it, by where it is. */
export function placeName(at: { place: string | null; lon: number; lat: number }): string {
  if (at.place) return at.place;
  return `${Math.abs(at.lat).toFixed(4)}°${at.lat < 0 ? 'S' : 'N'} ${Math.abs(at.lon).toFixed(4)}°${at.lon < 0 ? 'W' : 'E'}`;
}

/** `浙A·12345`: the separator that is embossed on the plate, unless it is there already. */
export function plate(text: string): string {
  return text.length > 3 && !text.includes('·') ? `${text.slice(0, 2)}·${text.slice(2)}` : text;
}
