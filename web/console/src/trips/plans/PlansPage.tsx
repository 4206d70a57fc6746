/** Recurring plans (周期用车): which run, what is done to them, and which of their days were driven, missed and why. */

import '../../styles/admin.css';
import '../../styles/terminal.css';
import '../../styles/units.css';
import '../../styles/drivers.css';
import '../../styles/plans.css';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../api/client';
import { setParams, usePlace } from '../../app/route';
import { useText } from '../../i18n';
import { Button, Pick } from '../../ui/kit';
import { Empty, Failed, Skeleton } from '../../ui/states';
import { type Plan, type PlanMove, STATES, usePlans } from './api';
import { ActSheet } from './ActSheet';
import { Days } from './Days';
import { PlanSheet } from './PlanSheet';
import { RouteSheet } from './RouteSheet';
import { cadence, time } from './words';

const COLUMNS = ['name', 'when', 'way', 'wished', 'keeper', 'state'];
/** What is done by a button of the row; a change has a form of its own. */
type Step = { plan: Plan; move: PlanMove } | 'new' | 'route' | null;

export default function PlansPage() {
  const t = useText();
  const queries = useQueryClient();
  const view = usePlace().params.get('view') === 'days' ? 'days' : 'plans';
  const [state, setState] = useState('');
  const plans = usePlans(state);
  const [step, setStep] = useState<Step>(null);
  const [said, setSaid] = useState('');
  const rows = plans.data?.pages.flatMap((page) => page.items) ?? [];
  const mayWrite = plans.data?.pages[0]?.may_write ?? false;
  const done = (words: string) => {
    void queries.invalidateQueries({ queryKey: ['plans'] });
    setSaid(words);
    setStep(null);
  };
  return (
    <main id="main" tabIndex={-1} className="page devices terminals plans">
      <header className="page-head">
        <div>
          <h1>{t('plans.title')}</h1>
          <p className="muted">{t('plans.lead')}</p>
        </div>
        <div className="page-actions">
          {mayWrite && <Button onPress={() => setStep('route')}>{t('plans.routes')}</Button>}
          {mayWrite && (
            <Button look="primary" icon="plus" onPress={() => setStep('new')}>
              {t('plans.new')}
            </Button>
          )}
        </div>
      </header>
      <div role="status">{said && <p className="notice notice-good">{said}</p>}</div>
      <section className="table-card" aria-label={t('plans.title')}>
        <div className="table-tools drivers-tools">
          <div className="plan-views" role="group" aria-label={t('plans.view')}>
            {(['plans', 'days'] as const).map((name) => (
              <Button key={name} look={view === name ? 'primary' : 'plain'} aria-pressed={view === name} onPress={() => setParams({ view: name === 'days' ? name : null })}>
                {t(`plans.view_${name}`)}
              </Button>
            ))}
          </div>
          {view === 'plans' && <Pick label={t('plans.column_state')} quiet choices={[{ id: '', text: t('plans.all_states') }, ...STATES.map((id) => ({ id, text: t(`plans.state_${id}`) }))]} value={state} onChange={setState} />}
        </div>
        {view === 'days' ? (
          <Days plans={rows} />
        ) : plans.isPending ? (
          <Skeleton rows={6} kind="row" />
        ) : plans.isError && !plans.data ? (
          plans.error instanceof ApiError && plans.error.status === 403 ? (
            <Empty title={t('plans.forbidden')} />
          ) : (
            <Failed error={plans.error} retry={() => void plans.refetch()} />
          )
        ) : rows.length === 0 ? (
          <Empty title={t('plans.none')}>
            <p>{t('plans.none_help')}</p>
          </Empty>
        ) : (
          <Rows rows={rows} act={(plan, move) => setStep({ plan, move })} />
        )}
        {view === 'plans' && plans.hasNextPage && (
          <div className="drivers-more">
            <Button isDisabled={plans.isFetchingNextPage} onPress={() => void plans.fetchNextPage()}>
              {t('plans.more')}
            </Button>
          </div>
        )}
      </section>
      {step === 'route' && <RouteSheet onClose={() => setStep(null)} />}
      {step === 'new' && <PlanSheet plan={null} onClose={() => setStep(null)} onDone={(made) => done(t('plans.written', { number: made.number }))} />}
      {step !== null && typeof step === 'object' && step.move === 'change' && (
        <PlanSheet plan={step.plan} onClose={() => setStep(null)} onDone={(made) => done(t('plans.change_written', { number: made.number }))} />
      )}
      {step !== null && typeof step === 'object' && step.move !== 'change' && (
        <ActSheet plan={step.plan} move={step.move} onClose={() => setStep(null)} onDone={(made) => done(t('plans.done', { number: made.number, what: t(`plans.move_${step.move}`) }))} />
      )}
    </main>
  );
}

function Rows({ rows, act }: { rows: Plan[]; act: (plan: Plan, move: PlanMove) => void }) {
  const t = useText();
  return (
    <div className="table-scroll plan-rows" tabIndex={0} role="group" aria-label={t('plans.title')}>
      <table>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {t(`plans.column_${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((plan) => {
            const shown = plan.current;
            return (
              <tr key={plan.id}>
                <th scope="row">
                  {plan.name}
                  <small className="num muted plan-line">
                    {plan.number} · {plan.unit_name}
                  </small>
                </th>
                <td>
                  {shown && cadence(shown, t)}
                  {shown && <small className="muted plan-line">{time(shown, t)}</small>}
                </td>
                <td>
                  {shown && [shown.from, ...shown.stops, shown.to].map((place) => place.name).join(' → ')}
                  {shown && <small className="muted plan-line">{shown.purpose}</small>}
                </td>
                <td>
                  {shown?.plate ?? t('plans.any_car')}
                  <small className="muted plan-line">{shown?.driver ?? t('plans.any_driver')}</small>
                </td>
                <td>
                  {plan.keeper}
                  <small className="muted plan-line">{plan.steps.map((one) => one.name).join(' → ')}</small>
                </td>
                <td>
                  <span className={`state plan-${plan.state}`}>{t(`plans.state_${plan.state}`)}</span>
                  {(plan.paused_from ?? plan.ended_from) && <small className="num muted plan-line">{t('plans.from_day', { day: plan.paused_from ?? plan.ended_from })}</small>}
                  <span className="plan-moves">
                    {plan.moves.map((move) => (
                      <Button key={move} look={move === 'approve' ? 'primary' : 'plain'} onPress={() => act(plan, move)}>
                        {t(`plans.move_${move}`)}
                        <span className="visually-hidden"> {plan.name}</span>
                      </Button>
                    ))}
                  </span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
