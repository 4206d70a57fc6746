/** Hands a budget in (上报预算): indicators that were issued, each with its money. 先指标后预算. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { Button, Field, Sheet } from '../ui/kit';
import { Empty } from '../ui/states';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { type Paper, usePapers } from './api';
import { fenOf } from './forms';
import { lineOf } from './words';

export function BudgetSheet({ onClose, onDone }: { onClose: () => void; onDone: (number: string) => void }) {
  const t = useText();
  const { session } = useServices();
  const change = useChange();
  const indicators = usePapers('indicator');
  const issued = (indicators.data?.items ?? []).filter((paper) => paper.state === 'issued');
  const [unit, setUnit] = useState<Chosen | null>({ id: session.account.unit_id, name: session.account.unit_name });
  const [form, setForm] = useState({ year: String(new Date().getFullYear()), reason: '' });
  const [amounts, setAmounts] = useState<Record<string, string>>({});
  const chosen = issued.filter((paper) => (amounts[paper.id] ?? '').trim() !== '');
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!unit || chosen.length === 0) return;
    const lines = chosen.map((paper) => ({ indicator_id: paper.id, amount_fen: fenOf(amounts[paper.id]!) }));
    const made = await change.run((key) => post<Paper>('/budgets', { unit_id: unit.id, year: Number(form.year) || 0, lines, reason: form.reason }, key));
    if (made) onDone(made.number);
  }
  return (
    <Sheet title={t('life.budget')} isOpen onClose={onClose} wide>
      <form className="form form-two" onSubmit={submit} noValidate>
        <UnitPick label={t('life.field_unit_id')} value={unit} onChange={setUnit} error={change.field('unit_id')} />
        <Field label={t('life.field_year')} value={form.year} onChange={(year) => setForm({ ...form, year })} error={change.field('year')} inputMode="numeric" autoComplete="off" />
        <Field label={t('life.field_reason')} value={form.reason} onChange={(reason) => setForm({ ...form, reason })} error={change.field('reason')} autoComplete="off" />
        <fieldset className="form-wide">
          <legend>{t('life.budget_lines')}</legend>
          {issued.length === 0 && <Empty title={t('life.none_issued')} />}
          {issued.map((paper) => (
            <Field key={paper.id} label={`${paper.number} ${lineOf(paper, t)}`} help={t('life.budget_amount')} value={amounts[paper.id] ?? ''} onChange={(typed) => setAmounts({ ...amounts, [paper.id]: typed })} error={change.field('amount_fen')} inputMode="decimal" autoComplete="off" />
          ))}
        </fieldset>
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !unit || chosen.length === 0 || form.reason.trim() === ''}>
            {t('life.hand_in')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
