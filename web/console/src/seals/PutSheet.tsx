/** Seals a car (封存): which, where, who has its keys, why, and who approved it. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useText } from '../i18n';
import { Button, Field, Sheet } from '../ui/kit';
import { type Seal, useCarsFound, usePeopleFound } from './api';
import { FindPick, type Found } from './FindPick';

export interface SealTexts {
  place: string;
  key_custodian: string;
  reason: string;
}

/** The odometer as typed in; nothing is nothing. */
export const reading = (text: string) => (text.trim() === '' ? null : Number(text));

export function PutSheet({ onClose, onDone }: { onClose: () => void; onDone: (seal: Seal) => void }) {
  const t = useText();
  const change = useChange();
  const [car, setCar] = useState<Found | null>(null);
  const [approver, setApprover] = useState<Found | null>(null);
  const [texts, setTexts] = useState<SealTexts>({ place: '', key_custodian: '', reason: '' });
  const [odometer, setOdometer] = useState('');
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!car || !approver) return;
    const body = { ...texts, odometer_km: reading(odometer), approver_id: approver.id };
    const made = await change.run((key) => post<Seal>(`/vehicles/${car.id}/seals`, body, key));
    if (made) onDone(made);
  }
  return (
    <Sheet title={t('seals.put')} isOpen onClose={onClose} wide>
      <form className="form form-two" onSubmit={submit} noValidate>
        <FindPick label={t('seals.field_vehicle')} help={t('seals.field_vehicle_help')} value={car} onChange={setCar} useFound={useCarsFound} />
        <FindPick label={t('seals.field_approver')} help={t('seals.person_help')} value={approver} onChange={setApprover} useFound={usePeopleFound} error={change.field('approver_id')} />
        <TextFields texts={texts} onChange={setTexts} field={change.field} />
        <Field label={t('seals.field_odometer')} inputMode="decimal" value={odometer} onChange={setOdometer} error={change.field('odometer_km')} autoComplete="off" />
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !car || !approver}>
            {t('seals.put')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}

interface TextFieldsProps {
  texts: SealTexts;
  onChange: (texts: SealTexts) => void;
  field: (name: string) => string | undefined;
}

/** Where, who has the keys, why. */
export function TextFields({ texts, onChange, field }: TextFieldsProps) {
  const t = useText();
  const set = (name: keyof SealTexts) => (value: string) => onChange({ ...texts, [name]: value });
  return (
    <>
      <Field label={t('seals.field_place')} value={texts.place} onChange={set('place')} error={field('place')} autoComplete="off" />
      <Field label={t('seals.field_keys')} value={texts.key_custodian} onChange={set('key_custodian')} error={field('key_custodian')} autoComplete="off" />
      <Field label={t('seals.field_reason')} value={texts.reason} onChange={set('reason')} error={field('reason')} autoComplete="off" />
    </>
  );
}
