/** What is done to a plan (计划操作): decided on, left out for a day, paused, gone on with, ended; with the day and the reason. */

import { useState } from 'react';
import { useChange } from '../../admin/use-change';
import { post } from '../../api/client';
import { useText } from '../../i18n';
import { Button, Field, Sheet } from '../../ui/kit';
import type { Plan, PlanMove } from './api';
import { cadence, time } from './words';

/** Moves that are about a day. */
const OF_A_DAY: PlanMove[] = ['skip', 'pause', 'end'];

interface ActProps {
  plan: Plan;
  move: PlanMove;
  onClose: () => void;
  onDone: (plan: Plan) => void;
}

export function ActSheet({ plan, move, onClose, onDone }: ActProps) {
  const t = useText();
  const change = useChange();
  const [day, setDay] = useState('');
  const [opinion, setOpinion] = useState('');
  const decided = plan.waiting ?? plan.current;
  const isOfDay = OF_A_DAY.includes(move);
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const made = await change.run((key) => post<Plan>(`/trip-plans/${plan.id}/actions`, { action: move, day: isOfDay && day ? day : null, opinion }, key));
    if (made) onDone(made);
  }
  return (
    <Sheet title={`${t(`plans.move_${move}`)} · ${plan.name}`} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        {(move === 'approve' || move === 'reject') && decided && (
          <p>
            {cadence(decided, t)} · {time(decided, t)}
            <br />
            {[decided.from, ...decided.stops, decided.to].map((place) => place.name).join(' → ')} · {decided.purpose}
            <br />
            {t('plans.from_day', { day: decided.from_on })}
          </p>
        )}
        <p className="muted">{t(`plans.move_${move}_help`)}</p>
        {isOfDay && (
          <label className="field" data-invalid={change.field('day') ? true : undefined}>
            <span>{t(move === 'skip' ? 'plans.field_day' : 'plans.field_from_day')}</span>
            <input className="input" type="date" value={day} onChange={(event) => setDay(event.target.value)} />
            {change.field('day') && <span className="field-error">{change.field('day')}</span>}
          </label>
        )}
        <Field label={t('plans.field_opinion')} autoFocus value={opinion} onChange={setOpinion} error={change.field('opinion')} autoComplete="off" />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || (move === 'skip' && day === '')}>
            {t(`plans.move_${move}`)}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
