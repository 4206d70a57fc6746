/** Approval flows (审批流程): which hold for which units, in the order in which they are tried; drawn step by step. */

import '../styles/admin.css';
import '../styles/pills.css';
import '../styles/flows.css';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ReasonSheet } from '../account/ReasonSheet';
import { ApiError, post } from '../api/client';
import { useUnits } from '../api/queries';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { Button, Pick } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { useFlows } from './api';
import { copyOf, type FlowForm, newFlow } from './flow';
import { FlowEditor } from './FlowEditor';
import type { Flow, FlowCondition } from './types';
import { km, yuan } from './words';

export default function FlowsPage() {
  const t = useText();
  const queries = useQueryClient();
  const { session } = useServices();
  const units = useUnits();
  const flows = useFlows();
  const [unit, setUnit] = useState('');
  const [drawn, setDrawn] = useState<FlowForm | null>(null);
  const [retiring, setRetiring] = useState<Flow | null>(null);
  const [said, setSaid] = useState('');
  const again = (words: string) => {
    setSaid(words);
    setDrawn(null);
    setRetiring(null);
    void queries.invalidateQueries({ queryKey: ['approval-flows'] });
  };
  const items = (flows.data?.items ?? []).filter((flow) => unit === '' || flow.unit_id === unit);
  const mayChange = flows.data?.may_change ?? false;

  return (
    <main id="main" tabIndex={-1} className="page devices flows">
      <header className="page-head">
        <div>
          <h1>{t('flows.title')}</h1>
          <p className="muted">{t('flows.lead')}</p>
        </div>
        <div className="page-actions">
          <Pick label={t('flows.unit')} quiet choices={[{ id: '', text: t('flows.all_units') }, ...(units.data?.items ?? []).map((one) => ({ id: one.id, text: one.name }))]} value={unit} onChange={setUnit} />
          {mayChange && !drawn && (
            <Button look="primary" icon="plus" onPress={() => setDrawn(newFlow(unit || session.account.unit_id, t('flows.first_step')))}>
              {t('flows.new')}
            </Button>
          )}
        </div>
      </header>
      <div role="status">{said && <p className="notice notice-good">{said}</p>}</div>
      {drawn && <FlowEditor first={drawn} onClose={() => setDrawn(null)} onDone={(name) => again(t('flows.saved', { name }))} />}
      {flows.isPending ? (
        <Skeleton rows={5} kind="row" />
      ) : flows.error instanceof ApiError && flows.error.status === 403 ? (
        <Empty title={t('flows.forbidden')} />
      ) : !flows.data ? (
        <Failed error={flows.error} retry={() => void flows.refetch()} />
      ) : items.length === 0 ? (
        <Empty title={t('flows.none')}>
          <p>{t('flows.none_help')}</p>
        </Empty>
      ) : (
        <ul className="flow-list" aria-label={t('flows.title')}>
          {items.map((flow) => (
            <li key={flow.id} className="table-card flow-card">
              <header>
                <h2>{flow.name}</h2>
                <span className="muted">
                  {flow.unit_name} · {t('flows.rank_of', { n: flow.rank })}
                </span>
                {mayChange && (
                  <span className="flow-steps">
                    <Button onPress={() => setDrawn(copyOf(flow))}>
                      {t('flows.copy')}
                      <span className="visually-hidden"> {flow.name}</span>
                    </Button>
                    {flow.may_change && (
                      <Button look="quiet" onPress={() => setRetiring(flow)}>
                        {t('flows.retire')}
                        <span className="visually-hidden"> {flow.name}</span>
                      </Button>
                    )}
                  </span>
                )}
              </header>
              <p className="flow-when">{conditions(flow.when, t).join(' · ') || t('flows.always')}</p>
              <ol className="flow-line">
                {flow.steps.map((step, index) => (
                  <li key={index}>
                    <span className="flow-node">
                      <strong>{step.name}</strong>
                      <span className="muted">{t(`flows.signer_${step.signer}`)}</span>
                      {step.escalate_after_minutes !== null && <span className="muted num">{t('flows.escalates', { n: step.escalate_after_minutes })}</span>}
                    </span>
                  </li>
                ))}
              </ol>
            </li>
          ))}
        </ul>
      )}
      {retiring && (
        <ReasonSheet
          title={t('flows.retire')}
          text={t('flows.retire_text', { name: retiring.name })}
          action={t('flows.retire')}
          send={(reason) => post(`/approval-flows/${retiring.id}/retirement`, { reason }).then(() => true)}
          onClose={() => setRetiring(null)}
          onDone={() => again(t('flows.retired', { name: retiring.name }))}
        />
      )}
    </main>
  );
}

function conditions(when: FlowCondition, t: ReturnType<typeof useText>): string[] {
  const said: string[] = [];
  if (when.categories.length > 0) said.push(when.categories.map((name) => t(`category.${name}`, { defaultValue: name })).join(t('trips.join')));
  if (when.at_least_m !== null) said.push(t('flows.when_m', { km: km(when.at_least_m) }));
  if (when.at_least_fen !== null) said.push(t('flows.when_fen', { yuan: yuan(when.at_least_fen) }));
  if (when.on_holiday !== null) said.push(t(when.on_holiday ? 'flows.when_holiday' : 'flows.when_workday'));
  return said;
}
