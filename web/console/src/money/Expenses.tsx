/** The journal of a trip's expenses (费用台账): each with its receipt; what is wrong is taken back by a reversal, never changed. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post, url } from '../api/client';
import { useText } from '../i18n';
import { dateTime, number } from '../ui/format';
import { Button, Field, Sheet } from '../ui/kit';
import { yuan } from '../trips/words';
import type { Expense, Expenses as List } from './api';
import { fenOf } from './words';

interface ExpensesProps {
  list: List;
  order: string;
  onSay: (words: string) => void;
}

export function Expenses({ list, onSay }: ExpensesProps) {
  const t = useText();
  const [taking, setTaking] = useState<Expense | null>(null);
  if (list.items.length === 0) return <p className="muted">{t('settle.no_expenses')}</p>;
  return (
    <>
      <table className="money-lines">
        <tbody>
          {list.items.map((item) => (
            <tr key={item.id} data-gone={item.is_reversed || item.reverses !== null || undefined}>
              <th scope="row">
                {t(`settle.kind_${item.kind}`)}
                {item.reverses !== null && <span className="state">{t('settle.reversal')}</span>}
                {item.is_reversed && <span className="state">{t('settle.reversed')}</span>}
                {item.twin !== null && <span className="state settle-twin">{t('settle.twin')}</span>}
                <small className="muted money-line">
                  {[item.place, item.fuel_l !== null && `${number(item.fuel_l, 2)} L`, item.energy_kwh !== null && `${number(item.energy_kwh, 2)} kWh`, item.reason].filter(Boolean).join(' · ')}{' '}
                  <span className="num">{dateTime(item.occurred_at)}</span> {item.by}
                </small>
              </th>
              <td className="settle-receipt">
                {item.receipt_media_type && (
                  <a href={url(`/expenses/${item.id}/receipt`)} download>
                    {t('settle.receipt')}
                    <span className="visually-hidden"> {t(`settle.kind_${item.kind}`)} {yuan(item.amount_fen)}</span>
                  </a>
                )}
                {list.may_reverse && item.reverses === null && !item.is_reversed && (
                  <Button look="quiet" aria-label={t('settle.reverse_of', { kind: t(`settle.kind_${item.kind}`), amount: yuan(item.amount_fen) })} onPress={() => setTaking(item)}>
                    {t('settle.reverse')}
                  </Button>
                )}
              </td>
              <td className="num">{yuan(item.amount_fen)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              {t('settle.expenses_sum')}
            </th>
            <td className="num">{yuan(list.total_fen)}</td>
          </tr>
        </tfoot>
      </table>
      {taking && (
        <ReverseSheet
          expense={taking}
          onClose={() => setTaking(null)}
          onDone={() => {
            onSay(t('settle.reverse_done', { kind: t(`settle.kind_${taking.kind}`), amount: yuan(taking.amount_fen) }));
            setTaking(null);
          }}
        />
      )}
    </>
  );
}

function ReverseSheet({ expense, onClose, onDone }: { expense: Expense; onClose: () => void; onDone: () => void }) {
  const t = useText();
  const change = useChange();
  const [reason, setReason] = useState('');
  const [instead, setInstead] = useState('');
  const fen = instead.trim() === '' ? null : fenOf(instead);
  const isWrong = instead.trim() !== '' && fen === null;
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const made = await change.run((key) => post<Expense>(`/expenses/${expense.id}/reversal`, { reason, instead_fen: fen }, key));
    if (made) onDone();
  }
  return (
    <Sheet title={t('settle.reverse')} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <p>{t('settle.reverse_help', { kind: t(`settle.kind_${expense.kind}`), amount: yuan(expense.amount_fen) })}</p>
        <Field label={t('settle.reason')} value={reason} onChange={setReason} error={change.field('reason')} autoComplete="off" autoFocus />
        <Field label={t('settle.instead')} help={t('settle.instead_help')} inputMode="decimal" value={instead} onChange={setInstead} error={change.field('instead_fen') ?? change.field('amount_fen') ?? (isWrong ? t('settle.no_amount') : undefined)} autoComplete="off" />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || reason.trim() === '' || isWrong}>
            {t('settle.reverse')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
