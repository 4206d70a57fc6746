/** Enters a violation (登记违章): what the police wrote down; order and driver are those that had the car then. */

import { useState } from 'react';
import { useChange } from '../../admin/use-change';
import { post } from '../../api/client';
import { useText } from '../../i18n';
import { Button, Field, Sheet } from '../../ui/kit';
import type { Violation } from './api';
import { At, CarFind, type FoundCar, instant } from './CarFind';
import { fen } from './money';

export function ViolationSheet({ onClose, onDone }: { onClose: () => void; onDone: (made: Violation) => void }) {
  const t = useText();
  const change = useChange();
  const [car, setCar] = useState<FoundCar | null>(null);
  const [at, setAt] = useState('');
  const [form, setForm] = useState({ place_name: '', code: '', what: '', points: '0', fine: '', notice_number: '' });
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const { fine, points, ...texts } = form;
    const body = { ...texts, vehicle_id: car?.id, at: instant(at), points: Number(points), fine_fen: fen(fine) ?? 0 };
    const made = await change.run((key) => post<Violation>('/violations', body, key));
    if (made) onDone(made);
  }
  return (
    <Sheet title={t('incidents.enter_violation')} isOpen onClose={onClose} wide>
      <form className="form form-two" onSubmit={submit} noValidate>
        <CarFind value={car} onChange={setCar} error={change.field('vehicle_id')} />
        <At label={t('incidents.field_at')} value={at} onChange={setAt} error={change.field('at')} />
        <Field label={t('incidents.field_code')} help={t('incidents.field_code_help')} mono value={form.code} onChange={set('code')} error={change.field('code')} autoComplete="off" />
        <Field label={t('incidents.field_what')} value={form.what} onChange={set('what')} error={change.field('what')} autoComplete="off" />
        <Field label={t('incidents.field_place')} value={form.place_name} onChange={set('place_name')} error={change.field('place_name')} autoComplete="off" />
        <Field label={t('incidents.field_points')} inputMode="numeric" value={form.points} onChange={set('points')} error={change.field('points')} autoComplete="off" />
        <Field label={t('incidents.field_fine')} inputMode="decimal" value={form.fine} onChange={set('fine')} error={change.field('fine_fen')} autoComplete="off" />
        <Field label={t('incidents.field_notice')} mono value={form.notice_number} onChange={set('notice_number')} error={change.field('notice_number')} autoComplete="off" />
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !car}>
            {t('incidents.save')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
