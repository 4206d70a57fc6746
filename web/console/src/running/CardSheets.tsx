/** What is done with cards and with records that wait (卡与待关联费用办理). */

import { useState } from 'react';
import { post } from '../api/client';
import { useText } from '../i18n';
import { useCarsFound } from '../seals/api';
import { FindPick, type Found } from '../seals/FindPick';
import { Pick } from '../ui/kit';
import type { Waiting } from './api';
import { FormSheet } from './FormSheet';
import { fenOf } from './words';

const NOBODY = '00000000-0000-0000-0000-000000000000';
const GRADES = ['petrol_92', 'petrol_95', 'petrol_98', 'diesel', 'electricity'];

interface Props {
  onClose: () => void;
  onDone: () => void;
}

/** Gives a card out for one car. */
export function CardSheet({ onClose, onDone }: Props) {
  const t = useText();
  const [car, setCar] = useState<Found | null>(null);
  const kinds = ['fuel', 'charge'].map((id) => ({ id, text: t(`running.card_${id}`) }));
  const limit = (typed: string | undefined) => (typed ? (fenOf(typed) ?? 0) : null);
  return (
    <FormSheet
      title={t('running.give_card')}
      begin={{ kind: 'fuel', number: '', single: '', day: '', month: '' }}
      fields={[
        { name: 'number', sent: 'number', label: t('running.field_card'), mono: true },
        { name: 'single', sent: 'single_fen', label: t('running.field_single'), number: true },
        { name: 'day', sent: 'day_fen', label: t('running.field_day'), number: true },
        { name: 'month', sent: 'month_fen', label: t('running.field_month'), number: true },
      ]}
      extra={(form, set, change) => (
        <>
          <FindPick label={t('running.column_car')} help={t('running.find_car')} value={car} onChange={setCar} useFound={useCarsFound} error={change.field('vehicle_id')} />
          <Pick label={t('running.column_kind')} choices={kinds} value={form.kind ?? ''} onChange={set('kind')} error={change.field('kind')} />
        </>
      )}
      send={({ kind, number, single, day, month }, key) => post('/cards', { kind, number, vehicle_id: car?.id ?? NOBODY, single_fen: limit(single), day_fen: limit(day), month_fen: limit(month) }, key)}
      onClose={onClose}
      onDone={onDone}
    />
  );
}

/** Enters what was done with a card. */
export function UseSheet({ onClose, onDone }: { onClose: () => void; onDone: (outcome: string) => void }) {
  const t = useText();
  const [outcome, setOutcome] = useState('entered');
  const grades = GRADES.map((id) => ({ id, text: t(`running.grade_${id}`) }));
  return (
    <FormSheet
      title={t('running.enter_use')}
      begin={{ number: '', card_number: '', at: '', plate: '', grade: 'petrol_92', quantity: '', amount: '', place: '' }}
      fields={[
        { name: 'card_number', sent: 'card_number', label: t('running.field_card'), mono: true },
        { name: 'number', sent: 'number', label: t('running.field_receipt') },
        { name: 'plate', sent: 'plate', label: t('running.field_plate'), mono: true },
        { name: 'quantity', sent: 'quantity', label: t('running.field_taken'), number: true },
        { name: 'amount', sent: 'amount_fen', label: t('running.field_amount'), number: true },
        { name: 'place', sent: 'place', label: t('running.field_place') },
      ]}
      extra={(form, set, change) => (
        <>
          <Pick label={t('running.column_grade')} choices={grades} value={form.grade ?? ''} onChange={set('grade')} error={change.field('grade')} />
          <label className="field">
            <span>{t('running.column_at')}</span>
            <input type="datetime-local" className="input" value={form.at ?? ''} onChange={(event) => set('at')(event.target.value)} />
            {change.field('at') && <span className="field-error">{change.field('at')}</span>}
          </label>
        </>
      )}
      send={async ({ amount, quantity, at, ...form }, key) => {
        const body = { ...form, act: 'take', at: new Date(at || Date.now()).toISOString(), quantity: Number(quantity) || null, amount_fen: fenOf(amount ?? '') ?? 0 };
        const answer = await post<{ outcome: string }>('/card-transactions', body, key);
        setOutcome(answer.outcome);
        return answer;
      }}
      onClose={onClose}
      onDone={() => onDone(outcome)}
    />
  );
}

/** Links a record with its car; the trip that had it then is found by the service. */
export function LinkSheet({ waiting, onClose, onDone }: Props & { waiting: Waiting }) {
  const t = useText();
  const [car, setCar] = useState<Found | null>(null);
  return (
    <FormSheet
      title={t('running.link_of', { number: waiting.number })}
      begin={{}}
      fields={[]}
      extra={(_, __, change) => <FindPick label={t('running.column_car')} help={t('running.find_car')} value={car} onChange={setCar} useFound={useCarsFound} error={change.field('vehicle_id')} />}
      send={(_, key) => post(`/cost-exceptions/${waiting.id}/link`, { vehicle_id: car?.id ?? NOBODY }, key)}
      onClose={onClose}
      onDone={onDone}
    />
  );
}

/** Puts a record aside that is none of ours. */
export function DismissSheet({ waiting, onClose, onDone }: Props & { waiting: Waiting }) {
  const t = useText();
  return (
    <FormSheet
      title={t('running.dismiss_of', { number: waiting.number })}
      begin={{ reason: '' }}
      fields={[{ name: 'reason', sent: 'reason', label: t('running.field_reason') }]}
      send={(form, key) => post(`/cost-exceptions/${waiting.id}/dismissal`, { reason: form.reason }, key)}
      onClose={onClose}
      onDone={onDone}
    />
  );
}
