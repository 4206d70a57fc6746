/** Adjustments of allowances (额度调整): loans of the pool and more by a document, proposed by one and decided by another. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useText } from '../i18n';
import { dateTime } from '../ui/format';
import { Button, Field, Sheet } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { yuan } from '../trips/words';
import { type Adjustment, useAdjustments } from './api';
import { monthName } from './words';

const COLUMNS = ['adjustment', 'unit', 'month', 'amount', 'why', 'people', 'state'];

export function Adjustments({ onDone }: { onDone: (words: string) => void }) {
  const t = useText();
  const adjustments = useAdjustments();
  const [step, setStep] = useState<{ adjustment: Adjustment; action: 'approve' | 'reject' } | null>(null);
  const rows = adjustments.data?.items ?? [];
  return (
    <section className="table-card" aria-label={t('allowances.adjustments')}>
      <h2 className="money-head">{t('allowances.adjustments')}</h2>
      {adjustments.isPending ? (
        <Skeleton rows={3} kind="row" />
      ) : !adjustments.data ? (
        <Failed error={adjustments.error} retry={() => void adjustments.refetch()} />
      ) : rows.length === 0 ? (
        <Empty title={t('allowances.no_adjustments')} />
      ) : (
        <div className="table-scroll money-rows" tabIndex={0} role="group" aria-label={t('allowances.adjustments')}>
          <table>
            <thead>
              <tr>
                {COLUMNS.map((column) => (
                  <th key={column} scope="col" className={column === 'amount' ? 'money-number' : undefined}>
                    {t(`allowances.column_${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <th scope="row">{t(`allowances.adjust_${row.kind}`)}</th>
                  <td>{row.unit_name}</td>
                  <td>{monthName(row.year, row.month)}</td>
                  <td className="num money-number">{yuan(row.amount_fen)}</td>
                  <td className="money-wrap">
                    {row.document && <strong>{row.document} </strong>}
                    {row.reason}
                  </td>
                  <td>
                    {row.proposed_by}
                    <small className="muted money-line num">{dateTime(row.proposed_at)}</small>
                  </td>
                  <td className="money-wrap">
                    <span className={`state adjust-${row.state}`}>{t(`allowances.state_${row.state}`)}</span>
                    {row.may_decide && (
                      <span className="money-steps">
                        <Button icon="check" onPress={() => setStep({ adjustment: row, action: 'approve' })}>
                          {t('allowances.approve')}
                        </Button>
                        <Button look="quiet" onPress={() => setStep({ adjustment: row, action: 'reject' })}>
                          {t('allowances.reject')}
                        </Button>
                      </span>
                    )}
                    {row.decided_by && (
                      <small className="muted money-line">
                        {row.decided_by} {row.opinion}
                      </small>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {step && (
        <StepSheet
          key={step.adjustment.id}
          {...step}
          onClose={() => setStep(null)}
          onDone={(words) => {
            setStep(null);
            onDone(words);
          }}
        />
      )}
    </section>
  );
}

interface StepProps {
  adjustment: Adjustment;
  action: 'approve' | 'reject';
  onClose: () => void;
  onDone: (words: string) => void;
}

function StepSheet({ adjustment, action, onClose, onDone }: StepProps) {
  const t = useText();
  const change = useChange();
  const [opinion, setOpinion] = useState('');
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const made = await change.run((key) => post<Adjustment>(`/allowances/adjustments/${adjustment.id}/steps`, { action, opinion }, key));
    if (made) onDone(t(`allowances.done_${action}`, { unit: made.unit_name, amount: yuan(made.amount_fen) }));
  }
  return (
    <Sheet title={t(`allowances.${action}`)} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <p>
          {t('allowances.step_of', { kind: t(`allowances.adjust_${adjustment.kind}`), unit: adjustment.unit_name, month: monthName(adjustment.year, adjustment.month), amount: yuan(adjustment.amount_fen) })}
        </p>
        <Field label={t('allowances.opinion')} value={opinion} onChange={setOpinion} error={change.field('opinion')} autoComplete="off" autoFocus />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || (action === 'reject' && opinion.trim() === '')}>
            {t(`allowances.${action}`)}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
