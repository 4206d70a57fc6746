/** Adds a vehicle to the register (新增车辆). */

import { useState } from 'react';
import { post } from '../api/client';
import { useUnits } from '../api/queries';
import { useText } from '../i18n';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { useServices } from '../app/services';
import { useChange } from './use-change';

const CATEGORIES = ['confidential_courier', 'emergency_support', 'law_enforcement', 'special_technical', 'retired_cadre_service', 'other'];
const POWERTRAINS = ['petrol', 'diesel', 'hybrid', 'plug_in_hybrid', 'electric', 'hydrogen'];

export function VehicleSheet({ onClose, onMade }: { onClose: () => void; onMade: (plate: string) => void }) {
  const t = useText();
  const { session } = useServices();
  const change = useChange();
  const units = useUnits();
  const [plate, setPlate] = useState('');
  const [unit, setUnit] = useState<string>(session.account.unit_id);
  const [category, setCategory] = useState('other');
  const [powertrain, setPowertrain] = useState('petrol');
  const [model, setModel] = useState('');
  const [seats, setSeats] = useState('5');
  const [vin, setVin] = useState('');
  const [alias, setAlias] = useState('');

  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const body = {
      plate: plate.trim().replace('·', ''),
      unit_id: unit,
      category,
      powertrain,
      model: model.trim(),
      seats: Number(seats) || 0,
      vin: vin.trim() || null,
      alias: alias.trim() || null,
    };
    const made = await change.run((key) => post<{ plate: string }>('/vehicles', body, key));
    if (made) onMade(made.plate ?? body.plate);
  }
  return (
    <Sheet title={t('devices.new_vehicle')} isOpen onClose={onClose} wide>
      <form className="form form-two" onSubmit={submit} noValidate>
        <Field label={t('vehicle.plate')} placeholder="浙A12345" autoFocus value={plate} onChange={setPlate} error={change.field('plate')} autoComplete="off" />
        <Pick label={t('vehicle.unit')} placeholder={t('vehicle.choose')} choices={(units.data?.items ?? []).map(({ id, name }) => ({ id, text: name }))} value={unit} onChange={setUnit} error={change.field('unit_id')} />
        <Pick label={t('vehicle.category')} choices={CATEGORIES.map((id) => ({ id, text: t(`category.${id}`) }))} value={category} onChange={setCategory} error={change.field('category')} />
        <Pick label={t('vehicle.powertrain')} choices={POWERTRAINS.map((id) => ({ id, text: t(`powertrain.${id}`) }))} value={powertrain} onChange={setPowertrain} error={change.field('powertrain')} />
        <Field label={t('vehicle.model')} value={model} onChange={setModel} error={change.field('model')} autoComplete="off" />
        <Field label={t('vehicle.seats')} inputMode="numeric" value={seats} onChange={setSeats} error={change.field('seats')} autoComplete="off" />
        <Field label={t('vehicle.vin')} mono value={vin} onChange={setVin} error={change.field('vin')} autoComplete="off" />
        <Field label={t('vehicle.alias')} value={alias} onChange={setAlias} error={change.field('alias')} autoComplete="off" />
        <div role="alert" className="form-wide">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !plate.trim()}>
            {t('devices.new_vehicle')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
