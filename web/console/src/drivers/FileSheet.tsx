/** Enters or changes the file of a driver (驾驶员档案). */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post, put } from '../api/client';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { CLASSES, type Driver, driverPath, STATUSES } from './api';

interface FileProps {
  /** None: a new one. */
  driver: Driver | null;
  onClose: () => void;
  onDone: (driver: Driver) => void;
}

export function FileSheet({ driver, onClose, onDone }: FileProps) {
  const t = useText();
  const { session } = useServices();
  const change = useChange();
  const [unit, setUnit] = useState<Chosen | null>(driver ? { id: driver.unit_id, name: driver.unit_name } : { id: session.account.unit_id, name: session.account.unit_name });
  const [form, setForm] = useState({
    name: driver?.name ?? '',
    phone: driver?.phone ?? '',
    login: driver?.login ?? '',
    licence_class: driver?.licence_class ?? 'C1',
    licence_tail: driver?.licence_tail ?? '',
    licence_until: driver?.licence_until ?? '',
    status: driver?.status ?? 'on_duty',
    joined_on: driver?.joined_on ?? '',
  });
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });
  const isWhole = unit !== null && form.licence_until !== '' && form.joined_on !== '';
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!isWhole) return;
    const body = { ...form, login: form.login.trim() || null, unit_id: unit.id };
    const made = await change.run((key) => (driver ? put<Driver>(driverPath(driver.id), body) : post<Driver>('/drivers', body, key)));
    if (made) onDone(made);
  }
  return (
    <Sheet title={t(driver ? 'drivers.change' : 'drivers.enter')} isOpen onClose={onClose} wide>
      <form className="form form-two" onSubmit={submit} noValidate>
        <Field label={t('drivers.column_name')} autoFocus value={form.name} onChange={set('name')} error={change.field('name')} autoComplete="off" />
        <Field label={t('drivers.column_phone')} value={form.phone} onChange={set('phone')} error={change.field('phone')} autoComplete="off" />
        <UnitPick label={t('drivers.field_unit')} value={unit} onChange={setUnit} error={change.field('unit_id')} />
        <Field label={t('drivers.field_login')} help={t('drivers.field_login_help')} mono value={form.login} onChange={set('login')} error={change.field('login')} autoComplete="off" />
        <Pick label={t('drivers.column_licence')} choices={CLASSES.map((id) => ({ id, text: id }))} value={form.licence_class} onChange={set('licence_class')} error={change.field('licence_class')} />
        <Field label={t('drivers.field_tail')} help={t('drivers.field_tail_help')} mono maxLength={4} value={form.licence_tail} onChange={set('licence_tail')} error={change.field('licence_tail')} autoComplete="off" />
        <DayField label={t('drivers.column_until')} value={form.licence_until} onChange={set('licence_until')} />
        <DayField label={t('drivers.fact_joined')} value={form.joined_on} onChange={set('joined_on')} />
        <Pick label={t('drivers.column_status')} choices={STATUSES.map((id) => ({ id, text: t(`drivers.status_${id}`) }))} value={form.status} onChange={set('status')} error={change.field('status')} />
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !isWhole}>
            {t('drivers.save')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}

export function DayField({ label, value, onChange, error }: { label: string; value: string; onChange: (day: string) => void; error?: string }) {
  return (
    <label className="field" data-invalid={error ? true : undefined}>
      <span>{label}</span>
      <input className="input" type="date" required value={value} onChange={(event) => onChange(event.target.value)} aria-invalid={error ? true : undefined} />
      {error && <span className="field-error">{error}</span>}
    </label>
  );
}
