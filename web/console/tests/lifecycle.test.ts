import { describe, expect, it } from 'vitest';
import { mayBeAt } from '../src/app/places';
import texts from '../src/i18n/zh-CN.json';
import { CATEGORIES, type Paper, STATES, type Sum } from '../src/lifecycle/api';
import { begin, bodyOf, CHANGE, DISPOSAL, fenOf, fieldsOf, type FieldSpec, GATES, isWhole, MARKING, PLATE, REGISTRATION, stepBody, TRANSFER, WANTED } from '../src/lifecycle/forms';
import { byState, lineOf, rowsOf, shareText, yuanText } from '../src/lifecycle/words';

const words: { [key: string]: string } = texts;
const t = (key: string, values: Record<string, string | number> = {}) => (words[key] ?? `!${key}`).replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]));

function paper(kind: string, facts: object, more: object = {}): Paper {
  return { id: '1', paper: kind, number: 'N-1', unit_id: 'u', unit_name: '西湖区府', state: 'proposed', category: 'other', facts, lines: [], moves: [], steps: [], plate: '浙A00001', ...more } as unknown as Paper;
}

describe('forms of the life of cars', () => {
  it('send yuan as fen, numbers as numbers and nothing as null', () => {
    expect(['180000', '1,234.5', '0.05', 'x', ''].map(fenOf)).toEqual([18_000_000, 123_450, 5, -1, -1]);
    const values = { ...begin(WANTED), price_fen: '158000', displacement_ml: '' };
    expect(bodyOf(WANTED, values)).toMatchObject({ category: 'other', price_fen: 15_800_000, displacement_ml: null, is_domestic: true, document: '' });
    expect(bodyOf(WANTED, { ...values, is_domestic: 'no' }).is_domestic).toBe(false);
  });
  it('are whole when everything is there that must be', () => {
    expect(isWhole(PLATE, { plate: '浙A1', from: '2026-03-02', reason: '换', document: '' })).toBe(false);
    expect(isWhole(TRANSFER, { ...begin(TRANSFER), vehicle_id: 'v', reason: '闲置' })).toBe(true);
    expect(bodyOf(TRANSFER, { ...begin(TRANSFER), vehicle_id: 'v', reason: '闲置' }).to_unit_id).toBeNull();
  });
  it('ask at each gate for what it wants and put it into its part', () => {
    expect(fieldsOf('approve').map((field) => field.name)).toEqual(['document', 'words']);
    expect(fieldsOf('reject').find((field) => field.name === 'words')?.optional).toBe(false);
    expect(fieldsOf('tender').filter((field) => !field.optional)).toEqual([]);
    const sent = stepBody('pay', { on: '2026-03-02', paid_fen: '30000', receipt: '1', words: ' 全额 ' });
    expect(sent).toEqual({ action: 'pay', words: '全额', document: '', payment: { on: '2026-03-02', paid_fen: 3_000_000, receipt: '1' } });
    expect(stepBody('claim', { to_unit_id: 'u' })).toMatchObject({ to_unit_id: 'u' });
  });
  it('have a word for every field, choice, state and move', () => {
    const forms: readonly (readonly FieldSpec[])[] = [WANTED, CHANGE, DISPOSAL, TRANSFER, PLATE, MARKING, REGISTRATION, fieldsOf('register'), fieldsOf('claim'), ...Object.keys(GATES).map(fieldsOf)];
    const fields = forms.flat();
    const choices = fields.flatMap(({ name, choices: of = [] }) => of.map((one) => (name === 'category' ? `category.${one}` : name === 'powertrain' ? `suppliers.power_${one}` : `life.${name}_${one}`)));
    const states = Object.values(STATES).flat().map((state) => `life.state_${state}`);
    const keys = [...fields.map(({ name }) => `life.field_${name}`), ...choices, ...states, ...CATEGORIES.map((one) => `category.${one}`)];
    expect(keys.filter((key) => !(key in words))).toEqual([]);
  });
});

describe('papers in words', () => {
  it('say what they are about', () => {
    const wanted = { powertrain: 'electric', body: 'sedan', price_fen: 16_000_000 };
    expect(lineOf(paper('indicator', { kind: 'renewal', wanted }), t)).toBe('更新 · 其他公务用车 · 纯电动 轿车 · ¥160,000 · 更新 浙A00001');
    expect(lineOf(paper('establishment', { change: { kind: 'grant', count: 2 } }), t)).toBe('核增 2 辆 · 其他公务用车');
    const disposal = { way: 'auction', cause: 'surplus', odometer_km: 1 };
    const sale = { sale_fen: 3_150_000, costs_fen: 150_000 };
    expect(lineOf(paper('disposal', { disposal, sale }), t)).toBe('浙A00001 · 公开拍卖 · 超编或闲置 · 成交 ¥31,500，费用 ¥1,500，应缴 ¥30,000');
    expect(lineOf(paper('transfer', { transfer: { plate: '浙A00001' } }, { to_unit_name: null }), t)).toBe('浙A00001 · 西湖区府 → 公物仓');
    expect(yuanText(null)).toBe('—');
  });
  it('warn of too few new-energy cars: two of ten', () => {
    const share = (new_energy: number) => paper('budget', { share: { cars: 10, new_energy, required: 3_000, is_short: new_energy < 3 } });
    expect(shareText(share(2), t)).toContain('新能源 2/10，低于 30%');
    expect(shareText(share(3), t)).toBe('新能源 3/10，不低于 30%');
  });
  it('stand in the order of their way, and none is lost', () => {
    const papers = ['closed', 'proposed', 'valued', 'proposed'].map((state) => paper('disposal', {}, { state }));
    expect(byState('disposal', papers).map((group) => [group.state, group.papers.length])).toEqual([['proposed', 2], ['valued', 1], ['closed', 1]]);
  });
  it('make a row a unit of the board, and a cell a category', () => {
    const sum = (unit_id: string, category: string) => ({ unit_id, unit_name: unit_id, has_below: false, category, authorised: 1, held: 2, promised: 0, vacant: 0, over: 1 }) as Sum;
    const rows = rowsOf([sum('a', 'other'), sum('a', 'law_enforcement'), sum('b', 'other')]);
    expect(rows.map((row) => [row.unit_id, [...row.cells.keys()]])).toEqual([['a', ['other', 'law_enforcement']], ['b', ['other']]]);
  });
  it('are for who watches the life of cars', () => {
    expect(['/establishment', '/purchases', '/disposals'].map((path) => [mayBeAt(path, ['watch_lifecycle']), mayBeAt(path, ['watch_vehicles'])])).toEqual([[true, false], [true, false], [true, false]]);
  });
});
