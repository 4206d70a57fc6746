/** What wants somebody at once (紧急提醒): calls for help and red alarms among the unread messages, and which of them nobody has heard. */

import type { InboxMessage } from '../api/types';

type Told = Pick<InboxMessage, 'id' | 'kind' | 'severity' | 'created_at' | 'read_at'>;
export type Tone = 'help' | 'alarm';

/** An alarm that is older stands in the message centre; a call for help stands here until somebody has read it. */
const ALARM_MS = 12 * 3_600_000;

export const isCall = (message: Pick<InboxMessage, 'severity'>) => message.severity === 'emergency';

/** Calls for help before alarms, each part from the newest on. */
export function urgentOf<T extends Told>(messages: readonly T[], now: number): T[] {
  const wanted = messages.filter((one) => one.read_at === null && (isCall(one) || (one.kind === 'alarm_raised' && now - Date.parse(one.created_at) <= ALARM_MS)));
  return wanted.sort((a, b) => Number(isCall(b)) - Number(isCall(a)) || (a.id < b.id ? 1 : -1));
}

/** How those sound that came after the last one that was heard; null: nothing new. Keys are in the order in which they were made. */
export function toneOf(urgent: readonly Told[], heard: string): Tone | null {
  const fresh = urgent.filter((one) => one.id > heard);
  if (fresh.length === 0) return null;
  return fresh.some(isCall) ? 'help' : 'alarm';
}

/** The newest of them, or what was heard before where that is newer. */
export function newest(urgent: readonly Pick<InboxMessage, 'id'>[], heard: string): string {
  return urgent.reduce((last, one) => (one.id > last ? one.id : last), heard);
}
