/** Repairs and what falls due of cars (维修保养): a board by state, and due days with their colours. */

import '../styles/admin.css';
import '../styles/units.css';
import '../styles/drivers.css';
import '../styles/running.css';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../api/client';
import { useText } from '../i18n';
import { yuan } from '../trips/words';
import { NONE } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Repair, useDue, useRepairs } from './api';
import { PaperSheet } from './PaperSheets';
import { BillSheet, ProposeSheet, QuoteSheet, StepSheet } from './RepairSheets';
import { board, buttons, left, price, tone } from './words';

type Step = { is: 'propose' } | { is: 'plan' | 'policy' | 'inspection' } | { is: 'move'; action: string; repair: Repair };

export default function MaintenancePage() {
  const t = useText();
  const queries = useQueryClient();
  const repairs = useRepairs();
  const [step, setStep] = useState<Step | null>(null);
  const [said, setSaid] = useState('');
  const close = () => setStep(null);
  const done = () => {
    void queries.invalidateQueries({ queryKey: ['running'] });
    setSaid(t('running.done'));
    close();
  };
  const may = repairs.data;
  return (
    <main id="main" tabIndex={-1} className="page devices running">
      <header className="page-head">
        <div>
          <h1>{t('running.maintenance_title')}</h1>
          <p className="muted">{t('running.maintenance_lead')}</p>
        </div>
        {may?.may_change && (
          <div className="page-actions">
            <Button look="primary" icon="plus" onPress={() => setStep({ is: 'propose' })}>
              {t('running.propose')}
            </Button>
            {(['plan', 'policy', 'inspection'] as const).map((kind) => (
              <Button key={kind} onPress={() => setStep({ is: kind })}>
                {t(`running.enter_${kind}`)}
              </Button>
            ))}
          </div>
        )}
      </header>
      <div role="status">{said && <p className="notice notice-good">{said}</p>}</div>
      {repairs.isPending ? (
        <Skeleton rows={4} kind="row" />
      ) : !may ? (
        repairs.error instanceof ApiError && repairs.error.status === 403 ? (
          <Empty title={t('running.forbidden')} />
        ) : (
          <Failed error={repairs.error} retry={() => void repairs.refetch()} />
        )
      ) : (
        <div className="repair-board" role="group" aria-label={t('running.board')} tabIndex={0}>
          {board(may.items).map((column) => (
            <section key={column.state} aria-label={t(`running.state_${column.state}`)}>
              <h2>
                {t(`running.state_${column.state}`)} <span className="muted num">{column.repairs.length}</span>
              </h2>
              {column.repairs.map((repair) => (
                <article key={repair.id} className="repair-card">
                  <p>
                    <strong className="mono">{repair.plate}</strong> <span className="muted">{t(`running.kind_${repair.kind}`)}</span>
                  </p>
                  <p>{repair.what}</p>
                  <p className="muted">
                    <span className="num">{repair.number}</span> · {repair.unit_name} · <span className="num">{price(repair) === null ? NONE : yuan(price(repair))}</span>
                  </p>
                  {repair.exception_document && <p className="muted">{t('running.by_exception', { document: repair.exception_document })}</p>}
                  <p className="page-actions">
                    {buttons(repair, may).map((action) => (
                      <Button key={action} look="quiet" onPress={() => setStep({ is: 'move', action, repair })} aria-label={t('running.step_of', { step: t(`running.step_${action}`), number: repair.number })}>
                        {t(`running.step_${action}`)}
                      </Button>
                    ))}
                  </p>
                </article>
              ))}
            </section>
          ))}
        </div>
      )}
      <DueTable />
      {step?.is === 'propose' && <ProposeSheet onClose={close} onDone={done} />}
      {(step?.is === 'plan' || step?.is === 'policy' || step?.is === 'inspection') && <PaperSheet kind={step.is} onClose={close} onDone={done} />}
      {step?.is === 'move' && <MoveSheet action={step.action} repair={step.repair} onClose={close} onDone={done} />}
    </main>
  );
}

function MoveSheet({ action, ...rest }: { action: string; repair: Repair; onClose: () => void; onDone: () => void }) {
  if (action === 'quote') return <QuoteSheet {...rest} />;
  if (action === 'settle') return <BillSheet {...rest} />;
  return <StepSheet action={action} {...rest} />;
}

/** What falls due, what is overdue first. */
function DueTable() {
  const t = useText();
  const due = useDue();
  const title = t('running.due_title');
  return (
    <section className="table-card" aria-label={title}>
      <h2 className="running-list">{title}</h2>
      {due.isPending ? (
        <Skeleton rows={6} kind="row" />
      ) : !due.data ? (
        <Failed error={due.error} retry={() => void due.refetch()} />
      ) : due.data.items.length === 0 ? (
        <Empty title={t('running.due_none')} />
      ) : (
        <div className="table-scroll" tabIndex={0} role="group" aria-label={title}>
          <table>
            <thead>
              <tr>
                {['car', 'unit', 'kind', 'due', 'left', 'told'].map((column) => (
                  <th key={column} scope="col">
                    {t(`running.column_${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {due.data.items.map((item) => (
                <tr key={item.id}>
                  <th scope="row" className="mono">
                    {item.plate}
                  </th>
                  <td>{item.unit_name}</td>
                  <td>
                    {t(`running.due_${item.kind}`)} <small className="muted">{item.label}</small>
                  </td>
                  <td className="num">{[item.due_on, item.due_km && `${item.due_km} km`].filter(Boolean).join(' · ')}</td>
                  <td>
                    <span className={`due due-${tone(item.nearness)}`}>{t(`running.near_${item.nearness}`)}</span> <span className="num">{left(item, t)}</span>
                  </td>
                  <td className="num muted">{item.told.map((one) => one.step).join('、') || NONE}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
