/** Words of trips: money from fen, ways, times and names of a request, masked where it is confidential. */

import i18next from 'i18next';
import { NONE, number } from '../ui/format';
import type { ToldSpot, TripRequest } from './types';

/** `¥12.30`: money is kept in fen. */
export function yuan(fen: number | null | undefined): string {
  return fen === null || fen === undefined ? NONE : `${fen < 0 ? '−' : ''}¥${number(Math.abs(fen) / 100, 2)}`;
}

export function km(metres: number | null | undefined): string {
  return metres === null || metres === undefined ? NONE : `${number(metres / 1000, 1)} km`;
}

const made = new Map<string, Intl.DateTimeFormat>();
function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${i18next.language} ${JSON.stringify(options)}`;
  const known = made.get(key) ?? new Intl.DateTimeFormat(i18next.language === 'en' ? 'en-GB' : 'zh-CN', { timeZone: 'Asia/Shanghai', hourCycle: 'h23', ...options });
  made.set(key, known);
  return known;
}
const day = (at: Date) => format({ month: 'numeric', day: 'numeric', weekday: 'short' }).format(at);
const time = (at: Date) => format({ hour: '2-digit', minute: '2-digit' }).format(at);

/** `11/30 周一 09:30–11:30`; the second day is named where it is another. */
export function span(begins: string, ends: string): string {
  const [from, to] = [new Date(begins), new Date(ends)];
  return `${day(from)} ${time(from)}–${day(from) === day(to) ? '' : `${day(to)} `}${time(to)}`;
}

/** `11/30 09:30`. */
export function shortTime(at: string | null | undefined): string {
  return at ? format({ month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }).format(new Date(at)) : NONE;
}

/** The places in their order; 涉密 where they are kept from who asks. */
export function way(request: { is_masked: boolean; from: ToldSpot; to: ToldSpot; stops: ToldSpot[] }): string {
  if (request.is_masked) return i18next.t('trips.masked');
  return [request.from, ...request.stops, request.to].map((spot) => spot.name).join(' → ');
}

/** Why, in one line; the list's own line and what was written, unless that is the same. */
export function why(request: { is_masked: boolean; reason: string; purpose: string }): string {
  if (request.is_masked) return i18next.t('trips.masked');
  return request.purpose && request.purpose !== request.reason ? `${request.reason} · ${request.purpose}` : request.reason;
}

/** Whether the request may be moved so by who asks. */
export const may = (request: TripRequest, move: TripRequest['moves'][number]): boolean => request.moves.includes(move);
