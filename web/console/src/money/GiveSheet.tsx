/** Gives to a pool of the year, or from the pool to a month of a unit (下达额度); what is below nothing is taken back. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useText } from '../i18n';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { yuan } from '../trips/words';
import { type Chosen, UnitPick } from '../units/UnitPick';
import type { Allowance } from './api';
import { fenOf, monthName } from './words';

interface GiveProps {
  unit: Chosen;
  year: number;
  onClose: () => void;
  onDone: (words: string) => void;
}

export const MONTHS = Array.from({ length: 12 }, (_, index) => index + 1);

export function GiveSheet({ unit, year, onClose, onDone }: GiveProps) {
  const t = useText();
  const change = useChange();
  const [to, setTo] = useState<Chosen | null>(unit);
  const [month, setMonth] = useState('pool');
  const [amount, setAmount] = useState('');
  const [reason, setReason] = useState('');
  const fen = fenOf(amount);
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!to || fen === null) return;
    const body = { unit_id: to.id, year, month: month === 'pool' ? null : Number(month), amount_fen: fen, reason };
    const made = await change.run((key) => post<Allowance>('/allowances', body, key));
    if (made) onDone(t('allowances.given_to', { unit: made.unit_name, amount: yuan(fen), left: yuan(made.left_fen) }));
  }
  const choices = [{ id: 'pool', text: t('allowances.to_pool', { year }) }, ...MONTHS.map((n) => ({ id: String(n), text: monthName(year, n) }))];
  return (
    <Sheet title={t('allowances.give')} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <UnitPick label={t('allowances.unit')} value={to} onChange={setTo} error={change.field('unit_id')} />
        <Pick label={t('allowances.account')} choices={choices} value={month} onChange={setMonth} error={change.field('month')} />
        <Field label={t('allowances.amount_yuan')} help={t('allowances.amount_help')} inputMode="decimal" value={amount} onChange={setAmount} error={change.field('amount_fen') ?? (amount !== '' && fen === null ? t('allowances.no_amount') : undefined)} autoComplete="off" />
        <Field label={t('allowances.reason')} value={reason} onChange={setReason} error={change.field('reason')} autoComplete="off" />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !to || fen === null}>
            {t('allowances.give')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
