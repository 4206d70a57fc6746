/** Seals the cars of a unit over a holiday (节假日封存), but for those that stay in use, each with what for (报备). */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useServices } from '../app/services';
import { DayField } from '../drivers/FileSheet';
import { useText } from '../i18n';
import { plate } from '../ui/format';
import { Button, Field, Sheet } from '../ui/kit';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { type HolidaySealed, useCarsFound, usePeopleFound } from './api';
import { FindPick, type Found } from './FindPick';
import { type SealTexts, TextFields } from './PutSheet';

type Kept = Found & { reason: string };

export function HolidaySheet({ onClose, onDone }: { onClose: () => void; onDone: (made: HolidaySealed) => void }) {
  const t = useText();
  const { session } = useServices();
  const change = useChange();
  const [unit, setUnit] = useState<Chosen | null>({ id: session.account.unit_id, name: session.account.unit_name });
  const [days, setDays] = useState({ first: '', last: '' });
  const [texts, setTexts] = useState<SealTexts>({ place: '', key_custodian: '', reason: '' });
  const [approver, setApprover] = useState<Found | null>(null);
  const [kept, setKept] = useState<Kept[]>([]);
  const isWhole = unit !== null && approver !== null && days.first !== '' && days.last !== '';
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!isWhole) return;
    const body = { ...texts, ...days, unit_id: unit.id, approver_id: approver.id, kept: kept.map(({ id, reason }) => ({ vehicle_id: id, reason })) };
    const made = await change.run((key) => post<HolidaySealed>('/seals/holiday', body, key));
    if (made) onDone(made);
  }
  const add = (car: Found | null) => car && !kept.some((one) => one.id === car.id) && setKept([...kept, { ...car, reason: '' }]);
  return (
    <Sheet title={t('seals.holiday')} isOpen onClose={onClose} wide>
      <form className="form form-two" onSubmit={submit} noValidate>
        <UnitPick label={t('seals.field_unit')} value={unit} onChange={setUnit} error={change.field('unit_id')} />
        <FindPick label={t('seals.field_approver')} help={t('seals.person_help')} value={approver} onChange={setApprover} useFound={usePeopleFound} error={change.field('approver_id')} />
        <DayField label={t('seals.field_first')} value={days.first} onChange={(first) => setDays({ ...days, first })} />
        <DayField label={t('seals.field_last')} value={days.last} onChange={(last) => setDays({ ...days, last })} error={change.field('last')} />
        <TextFields texts={texts} onChange={setTexts} field={change.field} />
        <FindPick label={t('seals.field_kept')} help={t('seals.field_vehicle_help')} value={null} onChange={add} useFound={useCarsFound} />
        {kept.length > 0 && (
          <ul className="seal-kept form-wide" aria-label={t('seals.field_kept')}>
            {kept.map((car) => (
              <li key={car.id}>
                <strong>{plate(car.name)}</strong>
                <Field
                  label={t('seals.kept_reason', { plate: plate(car.name) })}
                  value={car.reason}
                  onChange={(reason) => setKept(kept.map((one) => (one.id === car.id ? { ...one, reason } : one)))}
                  error={car.reason.trim() === '' ? change.field('kept') : undefined}
                  autoComplete="off"
                />
                <Button look="quiet" icon="close" aria-label={t('seals.kept_away', { plate: plate(car.name) })} onPress={() => setKept(kept.filter((one) => one.id !== car.id))} />
              </li>
            ))}
          </ul>
        )}
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !isWhole}>
            {t('seals.holiday')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
