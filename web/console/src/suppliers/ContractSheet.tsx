/** Keeps a contract with a supplier (登记合同): rented by day and kilometre, or shared by the hour. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { DayField } from '../drivers/FileSheet';
import { useText } from '../i18n';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { CLASSES, fenOf, KINDS, type Supplier } from './api';

export function ContractSheet({ supplier, onClose, onDone }: { supplier: Supplier; onClose: () => void; onDone: () => void }) {
  const t = useText();
  const change = useChange();
  const [unit, setUnit] = useState<Chosen | null>({ id: supplier.unit_id, name: supplier.unit_name });
  const [form, setForm] = useState({ number: '', kind: 'rental', first: '', last: '', day: '', km: '', hour: '' });
  const [classes, setClasses] = useState<string[]>(['sedan']);
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });
  const isWhole = unit !== null && form.first !== '' && form.last !== '';
  const isRental = form.kind === 'rental';
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!isWhole) return;
    const { number, kind, first, last } = form;
    const prices = isRental ? { day_fen: fenOf(form.day), km_fen: fenOf(form.km) } : { hour_fen: fenOf(form.hour) };
    const made = await change.run((key) => post<Supplier>(`/suppliers/${supplier.id}/contracts`, { unit_id: unit.id, number, kind, classes, first, last, ...prices }, key));
    if (made) onDone();
  }
  return (
    <Sheet title={t('suppliers.sign')} isOpen onClose={onClose} wide>
      <form className="form form-two" onSubmit={submit} noValidate>
        <Field label={t('suppliers.column_number')} autoFocus value={form.number} onChange={set('number')} error={change.field('number')} autoComplete="off" />
        <Pick label={t('suppliers.column_kind')} choices={KINDS.map((id) => ({ id, text: t(`suppliers.kind_${id}`) }))} value={form.kind} onChange={set('kind')} error={change.field('kind')} />
        <DayField label={t('suppliers.field_first')} value={form.first} onChange={set('first')} />
        <DayField label={t('suppliers.field_last')} value={form.last} onChange={set('last')} error={change.field('last')} />
        {isRental ? (
          <>
            <Field label={t('suppliers.field_day')} value={form.day} onChange={set('day')} error={change.field('day_fen')} inputMode="decimal" />
            <Field label={t('suppliers.field_km')} value={form.km} onChange={set('km')} error={change.field('km_fen')} inputMode="decimal" />
          </>
        ) : (
          <Field label={t('suppliers.field_hour')} value={form.hour} onChange={set('hour')} error={change.field('hour_fen')} inputMode="decimal" />
        )}
        <UnitPick label={t('suppliers.field_users')} value={unit} onChange={setUnit} error={change.field('unit_id')} />
        <fieldset className="form-wide">
          <legend>{t('suppliers.field_classes')}</legend>
          {CLASSES.map((name) => (
            <label key={name}>
              <input type="checkbox" checked={classes.includes(name)} onChange={(event) => setClasses(event.target.checked ? [...classes, name] : classes.filter((one) => one !== name))} /> {t(`suppliers.class_${name}`)}
            </label>
          ))}
          {change.field('classes') && <span className="field-error">{change.field('classes')}</span>}
        </fieldset>
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !isWhole}>
            {t('suppliers.save')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
