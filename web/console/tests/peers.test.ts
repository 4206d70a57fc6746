import { expect, it } from 'vitest';
import { mayBeAt } from '../src/app/places';
import zh from '../src/i18n/zh-CN.json';
import { line } from '../src/peers/RecordsSheet';
import { toggled } from '../src/peers/ReachSheet';
import { partOf } from '../tools/text-parts';

const texts = zh as Record<string, string>;

it('every state of a request between platforms has its words, where they are read', () => {
  const states = ['sent', 'taken', 'ordered', 'underway', 'returned', 'settled', 'calling_back', 'refused', 'cancelled'].map((state) => `hand_over.state_${state}`);
  const ways = ['out', 'in'].map((direction) => `hand_over.${direction}`);
  const register = [1, 2, 3, 4].map((level) => `peers.level_${level}`).concat(['hmac_sha256', 'hmac_sm3', 'sm2'].map((one) => `peers.algorithm_${one}`));
  expect([...states, ...ways, ...register].filter((key) => !(key in texts))).toEqual([]);
  expect(new Set([...states, ...ways].map(partOf))).toEqual(new Set(['trips']));
  expect(new Set(register.map(partOf))).toEqual(new Set(['people']));
});

it('what a message waits for is said in words, whatever code it came to', () => {
  const codes = ['unreachable', 'answer', 'not_taken', 'signature', 'clock', 'replayed', 'disabled', 'departed', 'confidential'];
  expect(codes.filter((code) => !(`error.exchange.${code}` in texts))).toEqual([]);
});

it('the register of platforms is for who keeps it', () => {
  expect(mayBeAt('/admin/peers', ['manage_peers'])).toBe(true);
  expect(mayBeAt('/admin/peers', ['dispatch_trips', 'manage_fleet'])).toBe(false);
});

it('every state of a report between platforms has its words on the page of reports', () => {
  const states = ['sent', 'received', 'returned', 'accepted', 'refused', 'reopened'].map((state) => `report.way_state_${state}`);
  const ways = ['out', 'in'].map((direction) => `report.way_${direction}`);
  const traffic = ['push', 'pull'].map((kind) => `peers.traffic_${kind}`);
  expect([...states, ...ways, ...traffic].filter((key) => !(key in texts))).toEqual([]);
  expect(new Set([...states, ...ways].map(partOf))).toEqual(new Set(['life']));
});

it('an interface is granted and taken back, and a record is read on one line', () => {
  expect([toggled(['vehicle'], 'driver'), toggled(['vehicle', 'driver'], 'vehicle')]).toEqual([['vehicle', 'driver'], ['driver']]);
  expect(line({ plate: '浙A00001', seats: 5, of: { a: 1 } })).toBe('plate: 浙A00001 · seats: 5 · of: {"a":1}');
});
