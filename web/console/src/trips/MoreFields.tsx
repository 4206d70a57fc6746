/** What few requests need (更多): another class of car, more cars, names, who goes along, a note. */

import { useText } from '../i18n';
import { Pick } from '../ui/kit';
import { type Form, isOthersFleet } from './form';
import { People } from './People';
import { Tick } from './Pills';
import type { Options } from './types';

interface MoreProps {
  form: Form;
  set: (part: Partial<Form>) => void;
  options: Options;
  notes: (field: string) => React.ReactNode;
}

export function MoreFields({ form, set, options, notes }: MoreProps) {
  const t = useText();
  const whole = (text: string, least: number) => Math.max(least, Math.trunc(Number(text)) || least);
  return (
    <details className="apply-more">
      <summary>{t('apply.more')}</summary>
      <div className="apply-more-body">
        <div className="apply-two">
          <Pick label={t('apply.category')} choices={options.categories.map((name) => ({ id: name, text: t(`category.${name}`, { defaultValue: name }) }))} value={form.category} onChange={(category) => set({ category })} />
          <label className="field">
            <span>{t('apply.seats')}</span>
            <input className="input" type="number" name="seats" min={1} max={99} value={form.seats} onChange={(event) => set({ seats: whole(event.target.value, 1) })} />
            {notes('seats')}
          </label>
          <label className="field">
            <span>{t('apply.cars')}</span>
            <input className="input" type="number" name="cars" min={1} max={20} value={form.vehicle_count} onChange={(event) => set({ vehicle_count: whole(event.target.value, 1) })} />
            {notes('vehicle_count')}
          </label>
          {options.units.length > 1 && <Pick label={t('apply.unit')} choices={options.units.map((unit) => ({ id: unit.id, text: unit.name }))} value={form.unit_id} onChange={(unit_id) => set({ unit_id, fleet_unit_id: null })} />}
          {options.fleets.length > 0 && (
            <Pick
              label={t('apply.fleet')}
              choices={[{ id: '', text: t('apply.fleet_own') }, ...options.fleets.map((fleet) => ({ id: fleet.id, text: fleet.name }))]}
              value={isOthersFleet(form, options) ? form.fleet_unit_id : ''}
              onChange={(fleet) => set({ fleet_unit_id: fleet || null })}
            />
          )}
        </div>
        <People people={form.passengers} onChange={(passengers) => set({ passengers, passenger_count: Math.max(form.passenger_count, passengers.length) })} />
        {notes('passengers')}
        <Tick label={t('apply.poolable')} help={t('apply.poolable_help')} value={form.is_poolable} onChange={(is_poolable) => set({ is_poolable })} />
        <Tick label={t('apply.confidential')} help={t('apply.confidential_help')} value={form.is_confidential} onChange={(is_confidential) => set({ is_confidential })} />
        <label className="field">
          <span>{t('apply.note')}</span>
          <input className="input" name="note" value={form.note} maxLength={300} autoComplete="off" onChange={(event) => set({ note: event.target.value })} />
          {notes('note')}
        </label>
      </div>
    </details>
  );
}
