/** Adds a car that a supplier brings (登记供应商车辆). */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useText } from '../i18n';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { type Contract, POWERTRAINS, type Supplier } from './api';

export function CarSheet({ contract, onClose, onDone }: { contract: Contract; onClose: () => void; onDone: (plate: string) => void }) {
  const t = useText();
  const change = useChange();
  const [form, setForm] = useState({ plate: '', model: '', seats: '5', powertrain: 'electric' });
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const made = await change.run((key) => post<Supplier>(`/supplier-contracts/${contract.id}/cars`, { ...form, seats: Number(form.seats) || 0 }, key));
    if (made) onDone(form.plate);
  }
  return (
    <Sheet title={t('suppliers.add_car')} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <Field label={t('suppliers.field_plate')} autoFocus mono value={form.plate} onChange={set('plate')} error={change.field('plate')} autoComplete="off" />
        <Field label={t('suppliers.field_model')} value={form.model} onChange={set('model')} error={change.field('model')} autoComplete="off" />
        <Field label={t('suppliers.field_seats')} value={form.seats} onChange={set('seats')} error={change.field('seats')} inputMode="numeric" />
        <Pick label={t('suppliers.field_power')} choices={POWERTRAINS.map((id) => ({ id, text: t(`suppliers.power_${id}`) }))} value={form.powertrain} onChange={set('powertrain')} error={change.field('powertrain')} />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy}>
            {t('suppliers.save')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
