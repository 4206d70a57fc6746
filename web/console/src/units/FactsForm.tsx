/** The facts of a unit as a form (单位信息), and the papers of a decision. */

import type { Change } from '../admin/use-change';
import { useText } from '../i18n';
import { Field, Pick } from '../ui/kit';
import { type Facts, today } from './api';

export const KINDS = ['organ', 'institution', 'department', 'fleet', 'other'];
const LEVELS = ['1', '2', '3', '4'];

export interface Papers {
  on: string;
  document: string;
  reason: string;
}

export const noPapers = (): Papers => ({ on: today(), document: '', reason: '' });

/** A form's texts; numbers are made of them when they are sent. */
export interface Draft {
  name: string;
  level: string;
  region_code: string;
  kind: string;
  credit_code: string;
  lon: string;
  lat: string;
}

export function factsOf(draft: Draft): Facts {
  const place = (text: string) => (text.trim() === '' ? null : Number(text));
  return { ...draft, level: Number(draft.level), credit_code: draft.credit_code.trim() || null, lon: place(draft.lon), lat: place(draft.lat) };
}

export function FactsFields({ draft, onChange, change }: { draft: Draft; onChange: (draft: Draft) => void; change: Change }) {
  const t = useText();
  const set = (key: keyof Draft) => (value: string) => onChange({ ...draft, [key]: value });
  return (
    <>
      <div className="form-wide">
        <Field label={t('units.name')} value={draft.name} onChange={set('name')} error={change.field('name')} autoFocus autoComplete="off" />
      </div>
      <Pick label={t('units.kind')} value={draft.kind} choices={KINDS.map((id) => ({ id, text: t(`units.kind_${id}`) }))} onChange={set('kind')} error={change.field('kind')} />
      <Pick label={t('units.level')} value={draft.level} choices={LEVELS.map((id) => ({ id, text: t(`units.level_${id}`) }))} onChange={set('level')} error={change.field('level')} />
      <Field label={t('units.region')} mono value={draft.region_code} onChange={set('region_code')} error={change.field('region_code')} autoComplete="off" />
      <Field label={t('units.credit')} mono value={draft.credit_code} onChange={set('credit_code')} error={change.field('credit_code')} autoComplete="off" />
      <Field label={t('units.lon')} mono value={draft.lon} onChange={set('lon')} error={change.field('lon')} autoComplete="off" />
      <Field label={t('units.lat')} mono value={draft.lat} onChange={set('lat')} error={change.field('lat')} autoComplete="off" />
    </>
  );
}

export function PapersFields({ papers, onChange, change }: { papers: Papers; onChange: (papers: Papers) => void; change: Change }) {
  const t = useText();
  return (
    <>
      <label className="field" data-invalid={change.field('on') ? true : undefined}>
        <span>{t('units.on')}</span>
        <input className="input" type="date" max={today()} value={papers.on} onChange={(event) => onChange({ ...papers, on: event.target.value })} />
        {change.field('on') && <span className="field-error">{change.field('on')}</span>}
      </label>
      <Field label={t('units.document')} value={papers.document} onChange={(document) => onChange({ ...papers, document })} error={change.field('document')} autoComplete="off" />
      <div className="form-wide">
        <Field label={t('units.reason')} value={papers.reason} onChange={(reason) => onChange({ ...papers, reason })} error={change.field('reason')} autoComplete="off" />
      </div>
    </>
  );
}
