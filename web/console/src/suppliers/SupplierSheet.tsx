/** Enters a supplier (登记供应商). */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { Button, Field, Sheet } from '../ui/kit';
import { type Chosen, UnitPick } from '../units/UnitPick';
import type { Supplier } from './api';

export function SupplierSheet({ onClose, onDone }: { onClose: () => void; onDone: (made: Supplier) => void }) {
  const t = useText();
  const { session } = useServices();
  const change = useChange();
  const [unit, setUnit] = useState<Chosen | null>({ id: session.account.unit_id, name: session.account.unit_name });
  const [form, setForm] = useState({ name: '', contact: '', phone: '' });
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!unit) return;
    const made = await change.run((key) => post<Supplier>('/suppliers', { ...form, unit_id: unit.id }, key));
    if (made) onDone(made);
  }
  return (
    <Sheet title={t('suppliers.enter')} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <Field label={t('suppliers.field_name')} autoFocus value={form.name} onChange={set('name')} error={change.field('name')} autoComplete="off" />
        <Field label={t('suppliers.field_contact')} value={form.contact} onChange={set('contact')} error={change.field('contact')} autoComplete="off" />
        <Field label={t('suppliers.field_phone')} value={form.phone} onChange={set('phone')} error={change.field('phone')} autoComplete="off" />
        <UnitPick label={t('drivers.field_unit')} value={unit} onChange={setUnit} error={change.field('unit_id')} />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !unit}>
            {t('suppliers.save')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
