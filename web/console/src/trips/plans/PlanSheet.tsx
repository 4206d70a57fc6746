/** Writes a plan, or a change of one (填写周期用车计划): what for, where to, on which days, and with which car if any. */

import { useState } from 'react';
import { useChange } from '../../admin/use-change';
import { post } from '../../api/client';
import { useServices } from '../../app/services';
import { useText } from '../../i18n';
import { Button, Field, Pick, Sheet } from '../../ui/kit';
import { useOptions } from '../api';
import { type Plan, useRoutes, useWished } from './api';
import { bodyOf, type Every, formOf, newForm, type PlanForm } from './form';
import { PlacePick } from './PlacePick';

const EVERY: Every[] = ['week', 'days', 'month'];
const WEEK = [1, 2, 3, 4, 5, 6, 7];

interface PlanProps {
  /** None: a new one. */
  plan: Plan | null;
  onClose: () => void;
  onDone: (plan: Plan) => void;
}

export function PlanSheet({ plan, onClose, onDone }: PlanProps) {
  const t = useText();
  const { session } = useServices();
  const options = useOptions();
  const routes = useRoutes();
  const may = (one: string) => session.permissions.includes(one);
  const wished = useWished(may('watch_vehicles'), may('dispatch_trips') || may('manage_drivers') || may('watch_trips'));
  const change = useChange();
  const [form, setForm] = useState<PlanForm>(plan?.current ? formOf(plan.name, plan.current) : newForm('', 'other'));
  const [unit, setUnit] = useState(plan?.unit_id ?? '');
  const set = <Name extends keyof PlanForm>(name: Name) => (value: PlanForm[Name]) => setForm((now) => ({ ...now, [name]: value }));
  const reasons = (options.data?.reasons ?? []).filter((one) => one.is_allowed);
  const units = options.data?.units ?? [];
  const reason = form.reason || (reasons[0]?.reason ?? '');
  const whose = unit || (units[0]?.id ?? '');
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const asks = bodyOf({ ...form, reason }, plan?.current?.stops ?? []);
    const made = await change.run((key) => (plan ? post<Plan>(`/trip-plans/${plan.id}/changes`, asks, key) : post<Plan>('/trip-plans', { ...asks, unit_id: whose, name: form.name }, key)));
    if (made) onDone(made);
  }
  const recent = options.data?.places ?? [];
  const none = { id: '', text: t('plans.no_wish') };
  return (
    <Sheet title={t(plan ? 'plans.change_title' : 'plans.new')} isOpen onClose={onClose} wide firm>
      <form className="form form-two" onSubmit={submit} noValidate>
        {!plan && <Field label={t('plans.column_name')} autoFocus value={form.name} onChange={set('name')} error={change.field('name')} maxLength={60} autoComplete="off" />}
        {!plan && <Pick label={t('plans.field_unit')} choices={units.map((one) => ({ id: one.id, text: one.name }))} value={whose} onChange={setUnit} error={change.field('unit_id')} />}
        <Pick label={t('plans.field_reason')} choices={reasons.map((one) => ({ id: one.reason, text: one.reason }))} value={reason} onChange={set('reason')} error={change.field('reason')} />
        <Field label={t('plans.field_purpose')} value={form.purpose} onChange={set('purpose')} error={change.field('purpose')} maxLength={300} autoComplete="off" />
        <Pick label={t('plans.field_category')} choices={(options.data?.categories ?? []).map((id) => ({ id, text: t(`category.${id}`) }))} value={form.category} onChange={set('category')} error={change.field('category')} />
        <Field label={t('plans.field_seats')} inputMode="numeric" value={form.seats} onChange={set('seats')} error={change.field('seats')} autoComplete="off" />
        <Field label={t('plans.field_passengers')} inputMode="numeric" value={form.passengers} onChange={set('passengers')} error={change.field('passenger_count')} autoComplete="off" />
        <Pick label={t('plans.field_route')} choices={[{ id: '', text: t('plans.no_route') }, ...(routes.data?.items ?? []).map((one) => ({ id: one.id, text: one.name }))]} value={form.route} onChange={set('route')} error={change.field('route_id')} />
        {form.route === '' && <PlacePick label={t('plans.field_from')} value={form.from} recent={recent} onChange={set('from')} error={change.field('from')} />}
        {form.route === '' && <PlacePick label={t('plans.field_to')} value={form.to} recent={recent} onChange={set('to')} error={change.field('to')} />}
        {form.route === '' && (
          <label className="plan-check form-wide">
            <input type="checkbox" checked={form.isRoundTrip} onChange={(event) => set('isRoundTrip')(event.target.checked)} /> {t('plans.field_round_trip')}
          </label>
        )}
        <Pick label={t('plans.field_every')} choices={EVERY.map((id) => ({ id, text: t(`plans.every_${id}`) }))} value={form.every} onChange={(id) => set('every')(id as Every)} error={form.every === 'week' ? undefined : change.field('weekdays')} />
        {form.every === 'days' && <Field label={t('plans.field_count')} inputMode="numeric" value={form.count} onChange={set('count')} error={change.field('every_days')} autoComplete="off" />}
        {form.every === 'month' && <Field label={t('plans.field_month_days')} help={t('plans.field_month_days_help')} value={form.monthDays} onChange={set('monthDays')} error={change.field('month_days')} autoComplete="off" />}
        {form.every === 'week' && (
          <fieldset className="plan-week">
            <legend>{t('plans.field_weekdays')}</legend>
            {WEEK.map((day) => (
              <label key={day} className="plan-check">
                <input
                  type="checkbox"
                  checked={form.weekdays.includes(day)}
                  onChange={(event) => set('weekdays')(event.target.checked ? [...form.weekdays, day].sort() : form.weekdays.filter((one) => one !== day))}
                />{' '}
                {t(`plans.weekday_${day}`)}
              </label>
            ))}
            {change.field('weekdays') && <span className="field-error">{change.field('weekdays')}</span>}
          </fieldset>
        )}
        <label className="plan-check form-wide">
          <input type="checkbox" checked={form.workdaysOnly} onChange={(event) => set('workdaysOnly')(event.target.checked)} /> {t('plans.workdays_only')}
        </label>
        <Typed label={t('plans.field_starts_at')} type="time" value={form.startsAt} onChange={set('startsAt')} error={change.field('starts_at')} />
        <Field label={t('plans.field_lasts')} inputMode="numeric" value={form.lasts} onChange={set('lasts')} error={change.field('lasts_minutes')} autoComplete="off" />
        <Typed label={t('plans.field_from_on')} type="date" value={form.fromOn} onChange={set('fromOn')} error={change.field('from_on')} />
        <Typed label={t('plans.field_until_on')} type="date" value={form.untilOn} onChange={set('untilOn')} error={change.field('until_on')} />
        {wished.cars.length > 0 && <Pick label={t('plans.field_vehicle')} choices={[none, ...wished.cars.map((car) => ({ id: car.id, text: `${car.plate} ${car.unit_name}` }))]} value={form.vehicle} onChange={set('vehicle')} error={change.field('vehicle_id')} />}
        {wished.drivers.length > 0 && <Pick label={t('plans.field_driver')} choices={[none, ...wished.drivers.map((one) => ({ id: one.id, text: `${one.name} ${one.unit_name}` }))]} value={form.driver} onChange={set('driver')} />}
        <p className="muted form-wide">{t('plans.wish_help')}</p>
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !options.data}>
            {t('plans.submit')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}

/** A day or a time of day, as the browser asks for it. */
function Typed({ label, type, value, onChange, error }: { label: string; type: 'date' | 'time'; value: string; onChange: (value: string) => void; error?: string }) {
  return (
    <label className="field" data-invalid={error ? true : undefined}>
      <span>{label}</span>
      <input className="input" type={type} value={value} onChange={(event) => onChange(event.target.value)} aria-invalid={error ? true : undefined} />
      {error && <span className="field-error">{error}</span>}
    </label>
  );
}
