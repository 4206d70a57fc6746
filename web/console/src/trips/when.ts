/** Times of a trip (用车时间): sensible ones to begin with, and as a form holds them: Beijing time, which has no summer time. */

const MINUTE = 60_000;
const BEIJING_MS = 8 * 60 * MINUTE;
/** A trip is asked for half an hour ahead (domain.md 3.1), and begins on the half hour. */
const LEAD_MS = 30 * MINUTE;

/** Lengths of a trip that one click chooses, hours. */
export const HOURS = [1, 2, 4, 8] as const;
export const FIRST_HOURS = 2;

/** `2026-11-30T09:30`, as an input of the kind datetime-local has it. */
export function toLocal(ms: number): string {
  return new Date(ms + BEIJING_MS).toISOString().slice(0, 16);
}

/** The instant of what is written in the field, Unix ms; null while it is none. */
export function fromLocal(text: string): number | null {
  const ms = Date.parse(`${text}:00+08:00`);
  return Number.isFinite(ms) && text.length === 16 ? ms : null;
}

/** The first half hour that leaves the fleet its time. An emergency begins with the next minute. */
export function firstBegin(nowMs: number, isEmergency: boolean): number {
  const step = isEmergency ? MINUTE : 30 * MINUTE;
  return Math.ceil((nowMs + (isEmergency ? MINUTE : LEAD_MS)) / step) * step;
}

/** Midnight of a day of Beijing, Unix ms. */
export function dayStart(day: string): number {
  return Date.parse(`${day}T00:00:00+08:00`);
}

/** `2026-11-30`, the day of Beijing at an instant. */
export function dayOf(ms: number): string {
  return toLocal(ms).slice(0, 10);
}

export function dayAfter(day: string, days: number): string {
  return dayOf(dayStart(day) + days * 24 * 60 * MINUTE);
}
