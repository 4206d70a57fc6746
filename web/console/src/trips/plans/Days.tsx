/** Days of plans (计划趟次): planned, driven, missed and why. */

import { useState } from 'react';
import { useText } from '../../i18n';
import { dateTime, plate } from '../../ui/format';
import { Pick } from '../../ui/kit';
import { Empty, Failed, Skeleton } from '../../ui/states';
import { OUTCOMES, type Plan, usePlanDays } from './api';

const COLUMNS = ['day', 'plan', 'request', 'car', 'outcome'];

export function Days({ plans }: { plans: Plan[] }) {
  const t = useText();
  const [plan, setPlan] = useState('');
  const [outcome, setOutcome] = useState('');
  const days = usePlanDays({ plan_id: plan, outcome });
  return (
    <>
      <div className="table-tools drivers-tools">
        <Pick label={t('plans.column_plan')} quiet choices={[{ id: '', text: t('plans.all_plans') }, ...plans.map((one) => ({ id: one.id, text: one.name }))]} value={plan} onChange={setPlan} />
        <Pick label={t('plans.column_outcome')} quiet choices={[{ id: '', text: t('plans.all_outcomes') }, ...OUTCOMES.map((id) => ({ id, text: t(`plans.outcome_${id}`) }))]} value={outcome} onChange={setOutcome} />
        {days.data && <p className="muted num">{t('plans.tally', { driven: days.data.driven, missed: days.data.missed })}</p>}
      </div>
      {days.isPending ? (
        <Skeleton rows={6} kind="row" />
      ) : !days.data ? (
        <Failed error={days.error} retry={() => void days.refetch()} />
      ) : days.data.items.length === 0 ? (
        <Empty title={t('plans.no_days')} />
      ) : (
        <div className="table-scroll plan-rows" tabIndex={0} role="group" aria-label={t('plans.view_days')}>
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
              {days.data.items.map((day) => (
                <tr key={`${day.plan_id} ${day.day}`}>
                  <th scope="row" className="num">
                    {day.day}
                    <small className="num muted plan-line">{dateTime(day.begins_at)}</small>
                  </th>
                  <td>
                    {day.plan_name}
                    <small className="muted plan-line">{day.unit_name}</small>
                  </td>
                  <td className="num">{day.request_number}</td>
                  <td>
                    {day.plate && plate(day.plate)}
                    <small className="muted plan-line">{day.driver}</small>
                  </td>
                  <td>
                    <span className={`state day-${day.outcome}`}>{t(`plans.outcome_${day.outcome}`)}</span>
                    {day.missed_why && <small className="plan-line">{t(`plans.why_${day.missed_why}`)}</small>}
                    {day.skip_reason && <small className="muted plan-line">{day.skip_reason}</small>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
