import i18next from 'i18next';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { initReactI18next } from 'react-i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import en from '../src/i18n/en.json';
import zh from '../src/i18n/zh-CN.json';
import { Paper } from '../src/trips/Paper';
import type { Order, TripRequest } from '../src/trips/types';

/** The items of the sheet as domain.md 3.1 names them, and those that make up the nineteen, with what has to stand on the paper. */
const ITEMS: [label: string, value: string][] = [
  ['用车单位', '市机关事务管理局'],
  ['派车单位', '机关车队'],
  ['用车人', '周婷'],
  ['用车事由', '公务接待'],
  ['乘车人及人数', '王某 13900000000'],
  ['事由说明', '接站'],
  ['出车地点', '市民中心'],
  ['目的地', '杭州东站'],
  ['行驶路线', '市民中心 → 武林门 → 杭州东站 → 市民中心'],
  ['计划用车时间', '10:00–12:00'],
  ['车牌号及车型', '浙A·12345 红旗 H5'],
  ['驾驶员及电话', '赵师傅 13800000000'],
  ['派车人及时间', '李调度'],
  ['审批意见', '王主任 同意'],
  ['出车时间及里程表', '20000.5 km'],
  ['交车时间及里程表', '20030.7 km'],
  ['行驶里程', '30.2 km'],
  ['过路费等费用', '¥45.00'],
  ['签字', '驾驶员：'],
];

const spot = (name: string) => ({ name, lon: 120.2, lat: 30.2 });
const ORDER = {
  number: 'PC-330106-2026-9', request_number: 'YC-330106-2026-17', state: 'returned', unit_name: '市机关事务管理局', fleet_name: '机关车队', applicant: '周婷', plate: '浙A12345', model: '红旗 H5', seats: 5,
  driver: '赵师傅', driver_phone: '13800000000', issued_by: '李调度', issued_at: '2026-12-01T01:00:00Z', begins_at: '2026-12-01T02:00:00Z', ends_at: '2026-12-01T04:00:00Z', departed_at: '2026-12-01T02:01:00Z',
  returned_at: '2026-12-01T04:02:00Z', depart_odometer_km: 20000.5, return_odometer_km: 20030.7, reason: '公务接待', purpose: '接站', passengers: [{ name: '王某', phone: '13900000000' }], passenger_count: 2,
  from: spot('市民中心'), to: spot('杭州东站'), stops: [spot('武林门')], is_round_trip: true, is_masked: false, is_emergency: false, substitution: null,
} as unknown as Order;
const REQUEST = { approvals: [{ action: 'approved', by: '王主任', at: '2026-12-01T00:30:00Z', opinion: '同意', undone_at: null }] } as unknown as TripRequest;
/** As it leaves the clerk's hands: given a car, and neither driven nor decided on. */
const BLANK = { ...ORDER, departed_at: null, returned_at: null, depart_odometer_km: null, return_odometer_km: null } as unknown as Order;

/** Number, label and value of each item, in the order of the paper. */
function printed(order: Order, request: TripRequest | undefined, paid: number | undefined): [number, string, string][] {
  const paper = renderToStaticMarkup(createElement(Paper, { order, request, paid }));
  const plain = (markup: string) => markup.replace(/<[^>]+>/g, '').trim();
  return [...paper.matchAll(/<dt><span class="num">(\d+)<\/span>(.*?)<\/dt><dd>(.*?)<\/dd>/gs)].map(([, number, label, value]) => [Number(number), plain(label!), plain(value!)]);
}

describe('the dispatch sheet on paper', () => {
  beforeAll(async () => {
    await i18next.use(initReactI18next).init({
      lng: 'zh-CN', fallbackLng: false, keySeparator: false, nsSeparator: false, interpolation: { escapeValue: false },
      resources: { 'zh-CN': { translation: zh }, en: { translation: en } },
    });
  });
  it('has every one of the nineteen items, numbered, named and filled', () => {
    const items = printed(ORDER, REQUEST, 4500);
    expect(items.map(([number, label]) => [number, label])).toEqual(ITEMS.map(([label], index) => [index + 1, label]));
    for (const [index, [label, value]] of ITEMS.entries()) expect(items[index]![2], label).toContain(value);
  });
  it('keeps all nineteen when nothing is known yet: what is written by hand has its line', () => {
    const items = printed(BLANK, undefined, undefined);
    expect(items.map(([, label]) => label)).toEqual(ITEMS.map(([label]) => label));
    const empty = items.filter(([, , value]) => value === '').map(([, label]) => label);
    expect(empty).toEqual(['审批意见', '出车时间及里程表', '交车时间及里程表', '行驶里程', '过路费等费用']);
  });
  it('of a confidential trip has all nineteen, and neither why nor where', () => {
    const items = printed({ ...ORDER, is_masked: true } as Order, REQUEST, 4500);
    expect(items.length).toBe(19);
    for (const secret of ['公务接待', '接站', '市民中心', '杭州东站', '王某']) expect(items.map(([, , value]) => value).join(' ')).not.toContain(secret);
  });
  it('has them in English as well', async () => {
    await i18next.changeLanguage('en');
    const labels = printed(ORDER, REQUEST, 4500).map(([, label]) => label);
    await i18next.changeLanguage('zh-CN');
    expect(new Set(labels).size).toBe(19);
    expect(labels.filter((label) => /[\u4e00-\u9fff]|sheet\./.test(label))).toEqual([]);
  });
});
