/** What is asked at each gate (办理表单): the fields of a form as data, and what is sent of what was typed. */

export type FieldKind = 'text' | 'yuan' | 'number' | 'day' | 'flag' | 'pick' | 'unit' | 'car';

export interface FieldSpec {
  /** As the service calls it. */
  name: string;
  kind: FieldKind;
  /** Of a choice: what may be chosen. */
  choices?: readonly string[];
  /** May be left out. */
  optional?: boolean;
}

export type Values = Record<string, string>;

const text = (name: string, optional = false): FieldSpec => ({ name, kind: 'text', optional });
const yuan = (name: string, optional = false): FieldSpec => ({ name, kind: 'yuan', optional });
const day = (name: string): FieldSpec => ({ name, kind: 'day' });
const count = (name: string, optional = false): FieldSpec => ({ name, kind: 'number', optional });
const pick = (name: string, choices: readonly string[]): FieldSpec => ({ name, kind: 'pick', choices });

export const BODIES = ['sedan', 'small_bus', 'suv', 'medium_bus', 'large_bus', 'special'] as const;
export const CASES = ['ordinary', 'need', 'exception', 'coach'] as const;
export const POWERS = ['electric', 'plug_in_hybrid', 'hydrogen', 'hybrid', 'petrol', 'diesel'] as const;

/** The part of a step's body that its gate asks for. */
export const GATES: Record<string, { part: string; fields: readonly FieldSpec[] }> = {
  contract: { part: 'contract', fields: [text('number'), text('supplier'), text('model'), count('seats'), yuan('price_fen'), yuan('tax_fen'), day('on')] },
  accept: { part: 'acceptance', fields: [text('vin'), text('engine_number'), text('invoice'), day('on'), text('finding')] },
  value: { part: 'valuation', fields: [yuan('appraised_fen'), text('appraiser'), text('report')] },
  execute: { part: 'sale', fields: [day('on'), text('buyer'), yuan('sale_fen'), yuan('costs_fen'), text('certificate')] },
  pay: { part: 'payment', fields: [day('on'), yuan('paid_fen'), text('receipt')] },
};

/** Actions that need words, and those that need the document that decides. */
const WITH_WORDS = ['reject', 'revoke', 'cancel', 'withdraw', 'release', 'expire'];
const WITH_DOCUMENT = ['approve', 'issue', 'close'];

/** The fields of a step: those of its gate, its document and its words. */
export function fieldsOf(action: string): readonly FieldSpec[] {
  if (action === 'register') return [text('plate'), text('certificate'), day('registered_on')];
  const own = action === 'claim' ? [{ name: 'to_unit_id', kind: 'unit' } as const] : (GATES[action]?.fields ?? []);
  return [...own, ...(WITH_DOCUMENT.includes(action) ? [text('document')] : []), text('words', !WITH_WORDS.includes(action))];
}

export const CHANGE: readonly FieldSpec[] = [
  { name: 'unit_id', kind: 'unit' },
  pick('category', ['other', 'confidential_courier', 'emergency_support', 'law_enforcement', 'special_technical', 'retired_cadre_service']),
  pick('kind', ['grant', 'opening', 'reduce', 'withdraw']),
  count('count'),
  text('reason'),
];
export const DISPOSAL: readonly FieldSpec[] = [
  { name: 'vehicle_id', kind: 'car' },
  pick('way', ['auction', 'maker_return', 'scrap', 'allotment']),
  pick('cause', ['renewal', 'surplus', 'forced_scrap', 'damage', 'reform']),
  count('odometer_km'),
  text('reason'),
];
export const TRANSFER: readonly FieldSpec[] = [
  { name: 'vehicle_id', kind: 'car' },
  { name: 'to_unit_id', kind: 'unit', optional: true },
  { name: 'with_place', kind: 'flag' },
  text('reason'),
];
export const PLATE: readonly FieldSpec[] = [text('plate'), day('from'), text('reason'), text('document')];
export const MARKING: readonly FieldSpec[] = [pick('kind', ['sticker', 'paint', 'exempt']), text('code', true), text('document', true), day('from')];
export const REGISTRATION: readonly FieldSpec[] = [
  pick('owner_kind', ['unit', 'enterprise', 'person']),
  { name: 'owner_unit_id', kind: 'unit', optional: true },
  text('owner_name'),
  text('certificate'),
  day('registered_on'),
  pick('body', BODIES),
  pick('case', CASES),
  text('case_document', true),
  count('displacement_ml', true),
  text('engine_number'),
  yuan('price_fen', true),
  yuan('tax_fen', true),
  { name: 'is_domestic', kind: 'flag' },
];
export const WANTED: readonly FieldSpec[] = [
  pick('category', CHANGE[1]!.choices!),
  pick('powertrain', POWERS),
  pick('body', BODIES),
  pick('case', CASES),
  yuan('price_fen'),
  count('displacement_ml', true),
  { name: 'is_domestic', kind: 'flag' },
  text('document', true),
];

/** Yuan as they are typed in fen; what is no amount is sent as such, and refused with its reason. */
export function fenOf(typed: string): number {
  const plain = typed.replace(/[,，\s]/g, '');
  return /^\d{1,9}(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : -1;
}

/** What the fields begin with: the first choice, and every flag set. */
export function begin(fields: readonly FieldSpec[], given: Values = {}): Values {
  return Object.fromEntries(fields.map(({ name, kind, choices }) => [name, given[name] ?? (kind === 'pick' ? choices![0]! : kind === 'flag' ? 'yes' : '')]));
}

/** Whether everything is filled in that must be. */
export function isWhole(fields: readonly FieldSpec[], values: Values): boolean {
  return fields.every(({ name, kind, optional }) => optional || kind === 'flag' || (values[name] ?? '').trim() !== '');
}

/** What is sent of what was typed. */
export function bodyOf(fields: readonly FieldSpec[], values: Values): Record<string, unknown> {
  const sent = ({ name, kind, optional }: FieldSpec): unknown => {
    const typed = (values[name] ?? '').trim();
    if (kind === 'flag') return typed === 'yes';
    if (typed === '' && kind !== 'text') return null;
    if (kind === 'yuan') return fenOf(typed);
    if (kind === 'number') return /^\d{1,9}$/.test(typed) ? Number(typed) : optional ? null : -1;
    return typed;
  };
  return Object.fromEntries(fields.map((field) => [field.name, sent(field)]));
}

/** The whole body of a step: what its gate asks for stands in a part of its own. */
export function stepBody(action: string, values: Values): Record<string, unknown> {
  const { words = '', document = '' } = values;
  const gate = GATES[action];
  const part = gate ? { [gate.part]: bodyOf(gate.fields, values) } : {};
  const to = action === 'claim' ? { to_unit_id: values.to_unit_id ?? null } : {};
  return { action, words: words.trim(), document: document.trim(), ...part, ...to };
}
