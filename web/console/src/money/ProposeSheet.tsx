/** Proposes a loan of the pool, or to spend more than is there by a document (申请额度调整); somebody else decides. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useText } from '../i18n';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { yuan } from '../trips/words';
import { type Chosen, UnitPick } from '../units/UnitPick';
import type { Adjustment } from './api';
import { MONTHS } from './GiveSheet';
import { beijingMonth, fenOf, monthName } from './words';

interface ProposeProps {
  unit: Chosen;
  year: number;
  onClose: () => void;
  onDone: (words: string) => void;
}

export function ProposeSheet({ unit, year, onClose, onDone }: ProposeProps) {
  const t = useText();
  const change = useChange();
  const now = beijingMonth(Date.now());
  const [of, setOf] = useState<Chosen | null>(unit);
  const [kind, setKind] = useState<Adjustment['kind']>('loan');
  const [month, setMonth] = useState(String(year === now.year ? now.month : 1));
  const [amount, setAmount] = useState('');
  const [document, setDocument] = useState('');
  const [reason, setReason] = useState('');
  const fen = fenOf(amount);
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!of || fen === null) return;
    const body = { kind, unit_id: of.id, year, month: Number(month), amount_fen: fen, document, reason };
    const made = await change.run((key) => post<Adjustment>('/allowances/adjustments', body, key));
    if (made) onDone(t('allowances.proposed', { kind: t(`allowances.adjust_${made.kind}`), unit: made.unit_name, amount: yuan(made.amount_fen) }));
  }
  return (
    <Sheet title={t('allowances.propose')} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <Pick label={t('allowances.adjustment')} choices={(['loan', 'over_quota'] as const).map((id) => ({ id, text: t(`allowances.adjust_${id}`) }))} value={kind} onChange={(id) => setKind(id as Adjustment['kind'])} error={change.field('kind')} />
        <p className="muted">{t(`allowances.help_${kind}`)}</p>
        <UnitPick label={t('allowances.unit')} value={of} onChange={setOf} error={change.field('unit_id')} />
        <Pick label={t('allowances.month')} choices={MONTHS.map((n) => ({ id: String(n), text: monthName(year, n) }))} value={month} onChange={setMonth} error={change.field('month')} />
        <Field label={t('allowances.amount_yuan')} inputMode="decimal" value={amount} onChange={setAmount} error={change.field('amount_fen') ?? (amount !== '' && fen === null ? t('allowances.no_amount') : undefined)} autoComplete="off" />
        {kind === 'over_quota' && <Field label={t('allowances.document')} value={document} onChange={setDocument} error={change.field('document')} autoComplete="off" />}
        <Field label={t('allowances.reason')} value={reason} onChange={setReason} error={change.field('reason')} autoComplete="off" />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !of || fen === null || fen <= 0}>
            {t('allowances.propose_send')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
