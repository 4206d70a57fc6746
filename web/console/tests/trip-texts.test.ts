import { expect, it } from 'vitest';
import zh from '../src/i18n/zh-CN.json';
import { REASONS } from '../src/trips/DecideBar';
import { SIGNERS } from '../src/trips/flow';
import { sheetItems } from '../src/trips/sheet';
import type { Order, TripRequest } from '../src/trips/types';

const texts = zh as Record<string, string>;
const spot = (name: string) => ({ name, lon: 120.2, lat: 30.2 });
const ORDER = {
  number: 'PC-1', state: 'returned', unit_name: '办公室', fleet_name: '车队', applicant: '周婷', plate: '浙A12345', model: '红旗 H5', seats: 5, driver: '赵师傅', driver_phone: '138', issued_by: '李调度',
  issued_at: '2026-12-01T01:00:00Z', begins_at: '2026-12-01T02:00:00Z', ends_at: '2026-12-01T04:00:00Z', departed_at: '2026-12-01T02:01:00Z', returned_at: '2026-12-01T04:02:00Z', depart_odometer_km: 20000.5, return_odometer_km: 20030.7,
  reason: '公务接待', purpose: '接站', passengers: [{ name: '王某', phone: '139' }], passenger_count: 2, from: spot('市府'), to: spot('东站'), stops: [], is_round_trip: true, is_masked: false, substitution: null,
} as unknown as Order;
const REQUEST = { approvals: [{ action: 'approved', by: '王主任', at: '2026-12-01T00:30:00Z', opinion: '同意', undone_at: null }, { action: 'approved', by: '张处', at: '2026-12-01T00:20:00Z', opinion: '', undone_at: '2026-12-01T00:21:00Z' }] } as unknown as TripRequest;

it('the sheet has its nineteen items, each named and filled as far as it is known', () => {
  const items = sheetItems(ORDER, REQUEST, 4500);
  expect(items.length).toBe(19);
  expect(new Set(items.map((item) => item.name)).size).toBe(19);
  expect(items.filter((item) => !(`sheet.item_${item.name}` in texts))).toEqual([]);
  const value = (name: string) => items.find((item) => item.name === name)!.value;
  expect([value('reason'), value('way'), value('distance')]).toEqual(['公务接待', '市府 → 东站 → 市府', '30.2 km']);
  expect(value('approval')).toContain('王主任 同意');
  expect(value('approval')).not.toContain('张处');
});

it('a confidential sheet tells neither why nor where', () => {
  const told = sheetItems({ ...ORDER, is_masked: true } as Order, undefined, undefined).map((item) => item.value).join(' ');
  for (const secret of ['公务接待', '接站', '市府', '东站', '王某']) expect(told).not.toContain(secret);
});

it('every word that is put together has its text', () => {
  const STATES = ['draft', 'submitted', 'approved', 'ordered', 'closed', 'rejected', 'withdrawn', 'cancelled'];
  const wanted = [
    ...STATES.map((state) => `request.state_${state}`),
    ...['issued', 'accepted', 'underway', 'waiting', 'returned', 'settled', 'declined', 'cancelled'].map((state) => `order.state_${state}`),
    ...['approved', 'rejected', 'returned', 'added_signer', 'transferred', 'escalated', 'ratified'].map((did) => `request.did_${did}`),
    ...['submit', 'approve', 'reject', 'send_back', 'ratify', 'withdraw', 'cancel', 'transfer', 'add_signer'].flatMap((move) => [`decide.${move}`, `decide.done_${move}`]),
    ...Object.entries(REASONS).flatMap(([decision, reasons]) => [`decide.why_${decision}`, ...reasons.map((reason) => `decide.${reason}`)]),
    ...SIGNERS.map((signer) => `flows.signer_${signer}`),
    ...['approvals', 'dispatch', 'mine', 'trips'].flatMap((tab) => [`trips.tab_${tab}`, `trips.title_${tab}`]),
    ...['taken', 'out_of_use', 'category', 'too_small'].map((rule) => `board.rule_${rule}`),
  ];
  expect(wanted.filter((key) => !(key in texts))).toEqual([]);
});
