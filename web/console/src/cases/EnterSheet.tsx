/** Enters a complaint or a case (登记投诉与案件): from where, its number there, about whom and what. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useServices } from '../app/services';
import { DayField } from '../drivers/FileSheet';
import { Words } from '../findings/Words';
import { useText } from '../i18n';
import { useCarsFound } from '../seals/api';
import { FindPick, type Found } from '../seals/FindPick';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { type Case, ENTERED } from './api';

const today = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);

export function EnterSheet({ onClose, onDone }: { onClose: () => void; onDone: (made: Case) => void }) {
  const t = useText();
  const { session } = useServices();
  const change = useChange();
  const [unit, setUnit] = useState<Chosen | null>({ id: session.account.unit_id, name: session.account.unit_name });
  const [car, setCar] = useState<Found | null>(null);
  const [form, setForm] = useState({ source: ENTERED[0] as string, number: '', received_on: today(), matter: '' });
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });
  const isWhole = unit !== null && form.received_on !== '' && form.number.trim() !== '' && form.matter.trim() !== '';
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!isWhole) return;
    const made = await change.run((key) => post<Case>('/cases', { ...form, unit_id: unit.id, vehicle_id: car?.id ?? null }, key));
    if (made) onDone(made);
  }
  return (
    <Sheet title={t('cases.enter')} isOpen onClose={onClose} wide>
      <form className="form form-two" onSubmit={submit} noValidate>
        <Pick label={t('cases.field_source')} choices={ENTERED.map((id) => ({ id, text: t(`cases.source_${id}`) }))} value={form.source} onChange={set('source')} error={change.field('source')} />
        <Field label={t('cases.field_number')} help={t('cases.number_help')} value={form.number} onChange={set('number')} error={change.field('number')} autoComplete="off" />
        <DayField label={t('cases.field_received')} value={form.received_on} onChange={set('received_on')} error={change.field('received_on')} />
        <UnitPick label={t('cases.field_unit')} value={unit} onChange={setUnit} error={change.field('unit_id')} />
        <div className="form-wide">
          <FindPick label={t('cases.field_vehicle')} help={t('cases.vehicle_help')} value={car} onChange={setCar} useFound={useCarsFound} error={change.field('vehicle_id')} />
        </div>
        <div className="form-wide">
          <Words label={t('cases.field_matter')} most={2000} value={form.matter} onChange={set('matter')} error={change.field('matter')} />
        </div>
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !isWhole}>
            {t('cases.enter')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
