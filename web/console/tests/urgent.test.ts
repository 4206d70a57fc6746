import { describe, expect, it } from 'vitest';
import { BEEPS } from '../src/urgent/sound';
import { newest, toneOf, urgentOf } from '../src/urgent/urgent';

const NOW = Date.parse('2026-03-02T12:00:00Z');
const told = (id: string, kind: string, created_at = '2026-03-02T11:00:00Z', read_at: string | null = null) => ({
  id, kind, created_at, read_at, severity: kind === 'sos_pressed' ? ('emergency' as const) : ('important' as const),
});

describe('emergencies', () => {
  it('unread calls for help come before red alarms, and nothing else is one', () => {
    const messages = [told('5', 'alarm_raised'), told('4', 'finding_raised'), told('3', 'sos_pressed'), told('2', 'alarm_raised'), told('1', 'sos_pressed')];
    expect(urgentOf(messages, NOW).map((one) => one.id)).toEqual(['3', '1', '5', '2']);
    expect(urgentOf([told('1', 'sos_pressed', undefined, '2026-03-02T11:30:00Z')], NOW)).toEqual([]);
  });
  it('an alarm of yesterday stands in the message centre alone, a call for help until somebody has read it', () => {
    const yesterday = '2026-03-01T11:00:00Z';
    expect(urgentOf([told('2', 'alarm_raised', yesterday), told('1', 'sos_pressed', yesterday)], NOW).map((one) => one.id)).toEqual(['1']);
  });
  it('each is heard once: what is older than the last one that was heard is silent', () => {
    const urgent = [told('3', 'sos_pressed'), told('4', 'alarm_raised')];
    expect([toneOf(urgent, ''), toneOf(urgent, '3'), toneOf(urgent, '4'), toneOf([], '')]).toEqual(['help', 'alarm', null, null]);
    expect([newest(urgent, ''), newest(urgent, '9')]).toEqual(['4', '9']);
  });
  it('a call for help sounds otherwise than an alarm, and neither for longer than two seconds', () => {
    expect(BEEPS.help.map((beep) => beep.hz)).not.toEqual(BEEPS.alarm.map((beep) => beep.hz));
    for (const beeps of Object.values(BEEPS)) for (const { at, length } of beeps) expect(at + length).toBeLessThan(2);
  });
});
