/** Enters an accident, or corrects what is known of one (登记与完善事故). */

import { useState } from 'react';
import { useChange } from '../../admin/use-change';
import { post, put } from '../../api/client';
import { useText } from '../../i18n';
import { Button, Field, Pick, Sheet } from '../../ui/kit';
import { type Accident, KINDS, LIABILITIES } from './api';
import { At, CarFind, type FoundCar, instant } from './CarFind';
import { fen, yuan } from './money';

interface AccidentProps {
  /** None: a new one. */
  accident: Accident | null;
  onClose: () => void;
  onDone: (made: Accident) => void;
}

export function AccidentSheet({ accident, onClose, onDone }: AccidentProps) {
  const t = useText();
  const change = useChange();
  const [car, setCar] = useState<FoundCar | null>(null);
  const [at, setAt] = useState('');
  const [form, setForm] = useState({
    kind: accident?.kind ?? 'collision',
    place_name: accident?.place_name ?? '',
    injured: String(accident?.injured ?? 0),
    what: accident?.what ?? '',
    liability: accident?.liability ?? 'pending',
    insurer: accident?.insurer ?? '',
    policy_number: accident?.policy_number ?? '',
    claim_number: accident?.claim_number ?? '',
    damage: yuan(accident?.damage_fen ?? null),
    third: yuan(accident?.third_party_fen ?? null),
    paid: yuan(accident?.paid_fen ?? null),
  });
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const { damage, third, paid, injured, ...texts } = form;
    const facts = { ...texts, injured: Number(injured), damage_fen: fen(damage), third_party_fen: fen(third), paid_fen: fen(paid) };
    const made = await change.run((key) =>
      accident ? put<Accident>(`/accidents/${accident.id}`, facts) : post<Accident>('/accidents', { ...facts, vehicle_id: car?.id, at: instant(at) }, key),
    );
    if (made) onDone(made);
  }
  return (
    <Sheet title={accident ? `${t('incidents.correct')} · ${accident.number}` : t('incidents.enter_accident')} isOpen onClose={onClose} wide>
      <form className="form form-two" onSubmit={submit} noValidate>
        {!accident && <CarFind value={car} onChange={setCar} error={change.field('vehicle_id')} />}
        {!accident && <At label={t('incidents.field_at')} value={at} onChange={setAt} error={change.field('at')} />}
        <Pick label={t('incidents.field_kind')} choices={KINDS.map((id) => ({ id, text: t(`incidents.kind_${id}`) }))} value={form.kind} onChange={set('kind')} error={change.field('kind')} />
        <Field label={t('incidents.field_place')} value={form.place_name} onChange={set('place_name')} error={change.field('place_name')} autoComplete="off" />
        <Field label={t('incidents.field_injured')} inputMode="numeric" value={form.injured} onChange={set('injured')} error={change.field('injured')} autoComplete="off" />
        <Field label={t('incidents.field_what')} value={form.what} onChange={set('what')} error={change.field('what')} autoComplete="off" />
        <Pick label={t('incidents.field_liability')} choices={LIABILITIES.map((id) => ({ id, text: t(`incidents.liability_${id}`) }))} value={form.liability} onChange={set('liability')} error={change.field('liability')} />
        <Field label={t('incidents.field_insurer')} value={form.insurer} onChange={set('insurer')} error={change.field('insurer')} autoComplete="off" />
        <Field label={t('incidents.field_policy')} mono value={form.policy_number} onChange={set('policy_number')} error={change.field('policy_number')} autoComplete="off" />
        <Field label={t('incidents.field_claim')} mono value={form.claim_number} onChange={set('claim_number')} error={change.field('claim_number')} autoComplete="off" />
        <Field label={t('incidents.field_damage')} inputMode="decimal" value={form.damage} onChange={set('damage')} error={change.field('damage_fen')} autoComplete="off" />
        <Field label={t('incidents.field_third')} inputMode="decimal" value={form.third} onChange={set('third')} error={change.field('third_party_fen')} autoComplete="off" />
        <Field label={t('incidents.field_paid')} inputMode="decimal" value={form.paid} onChange={set('paid')} error={change.field('paid_fen')} autoComplete="off" />
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || (!accident && !car)}>
            {t('incidents.save')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
