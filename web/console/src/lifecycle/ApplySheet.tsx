/** Applies for an indicator (申请指标): the standard is checked as the form is filled in. */

import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { type Chosen, UnitPick } from '../units/UnitPick';
import type { Paper, Renewal, Standard } from './api';
import { Fields } from './Fields';
import { begin, bodyOf, isWhole, type Values, WANTED } from './forms';
import { yuanText } from './words';

/** What is asked of the car that goes. */
type Going = Pick<Renewal, 'vehicle_id' | 'plate' | 'unit_id' | 'unit_name' | 'category' | 'odometer_km'>;

/** `renewed`: the car that goes; none: one car more. */
export function ApplySheet({ renewed, onClose, onDone }: { renewed: Going | null; onClose: () => void; onDone: (number: string) => void }) {
  const t = useText();
  const { session } = useServices();
  const change = useChange();
  const [unit, setUnit] = useState<Chosen | null>(renewed ? { id: renewed.unit_id, name: renewed.unit_name } : { id: session.account.unit_id, name: session.account.unit_name });
  const [car, setCar] = useState<Values>(() => begin(WANTED, renewed ? { category: renewed.category } : {}));
  const [form, setForm] = useState({ fund_source: '', reason: '', nev_exception: '', odometer_km: String(renewed?.odometer_km ?? ''), condition: 'worn', early_document: '' });
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });
  // What is asked and whether it is whole come of the same moment.
  const typed = useDeferredValue(car);
  const wanted = JSON.stringify(bodyOf(WANTED, typed));
  const check = useQuery({
    queryKey: ['lifecycle', 'standard', unit?.id, wanted],
    enabled: unit !== null && (typed.price_fen ?? '') !== '' && isWhole(WANTED, typed),
    queryFn: () => post<Standard>('/standards/check', { unit_id: unit!.id, wanted: JSON.parse(wanted) as unknown }),
    retry: false,
  });
  const whole = unit !== null && isWhole(WANTED, car) && form.fund_source.trim() !== '' && form.reason.trim() !== '';
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!whole) return;
    const { fund_source, reason, nev_exception, odometer_km, condition, early_document } = form;
    const goes = renewed ? { vehicle_id: renewed.vehicle_id, odometer_km: Number(odometer_km) || 0, condition, early_document } : null;
    const body = { unit_id: unit.id, kind: renewed ? 'renewal' : 'addition', wanted: bodyOf(WANTED, car), renewed: goes, fund_source, reason, nev_exception };
    const made = await change.run((key) => post<Paper>('/indicators', body, key));
    if (made) onDone(made.number);
  }
  return (
    <Sheet title={renewed ? t('life.renew_of', { plate: renewed.plate }) : t('life.apply')} isOpen onClose={onClose} wide>
      <form className="form form-two" onSubmit={submit} noValidate>
        {!renewed && <UnitPick label={t('life.field_unit_id')} value={unit} onChange={setUnit} error={change.field('unit_id')} />}
        <Fields fields={WANTED} values={car} onChange={setCar} error={change.field} />
        {check.data?.needs_nev_exception && <Field label={t('life.field_nev_exception')} value={form.nev_exception} onChange={set('nev_exception')} error={change.field('nev_exception')} autoComplete="off" />}
        {renewed && (
          <>
            <Field label={t('life.field_odometer_km')} value={form.odometer_km} onChange={set('odometer_km')} inputMode="numeric" autoComplete="off" />
            <Pick label={t('life.field_condition')} choices={['worn', 'usable', 'failed'].map((id) => ({ id, text: t(`life.condition_${id}`) }))} value={form.condition} onChange={set('condition')} error={change.field('condition')} />
            <Field label={t('life.field_early_document')} value={form.early_document} onChange={set('early_document')} error={change.field('early_document')} autoComplete="off" />
          </>
        )}
        <Field label={t('life.field_fund_source')} value={form.fund_source} onChange={set('fund_source')} error={change.field('fund_source')} autoComplete="off" />
        <Field label={t('life.field_reason')} value={form.reason} onChange={set('reason')} error={change.field('reason')} autoComplete="off" />
        <div className="form-wide" role="status">
          {check.data && <Verdict said={check.data} />}
        </div>
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !whole}>
            {t('life.hand_in')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}

/** What the standard says of the car, in words and with its source. */
function Verdict({ said }: { said: Standard }) {
  const t = useText();
  const { ceiling, breaches } = said.verdict;
  return (
    <div className={breaches.length > 0 ? 'notice notice-bad' : 'notice notice-good'}>
      <p>{breaches.length > 0 ? breaches.map((breach) => t(`life.breach_${breach}`)).join('；') : t('life.within_standard')}</p>
      {ceiling && (
        <p className="muted">
          {t('life.ceiling', { price: yuanText(ceiling.price_fen), displacement: ceiling.displacement_ml ? `${ceiling.displacement_ml / 1000} L` : '—', from: ceiling.from })} {ceiling.source}
        </p>
      )}
      {said.needs_nev_exception && <p>{t('life.needs_nev_exception')}</p>}
    </div>
  );
}
