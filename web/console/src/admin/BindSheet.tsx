/** Binds a terminal to a vehicle (绑定终端), or ends it. */

import { useState } from 'react';
import { post, remove } from '../api/client';
import { useVehicles } from '../api/queries';
import type { Device, VehicleSummary } from '../api/types';
import { useText } from '../i18n';
import { plate } from '../ui/format';
import { Button, Field, Sheet } from '../ui/kit';
import { useChange } from './use-change';

interface BindProps {
  device: Device;
  onClose: () => void;
  onDone: () => void;
}

const SHOWN = 6;

export function BindSheet({ device, onClose, onDone }: BindProps) {
  const t = useText();
  const change = useChange();
  const [q, setQ] = useState('');
  const [chosen, setChosen] = useState<VehicleSummary | null>(null);
  const [from, setFrom] = useState('');
  const [missing, setMissing] = useState(false);
  const found = useVehicles({ q: q.trim(), status: '' });
  const choices = found.data?.pages[0]?.items.slice(0, SHOWN) ?? [];

  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!chosen) return setMissing(true);
    // The field is Beijing time, as everything on the page is.
    const since = from ? { from: new Date(`${from}:00+08:00`).toISOString() } : {};
    const made = await change.run((key) => post<object>(`/devices/${encodeURIComponent(device.id)}/binding`, { vehicle_id: chosen.id, ...since }, key));
    if (made === null) return;
    onDone();
    onClose();
  }
  return (
    <Sheet title={t('devices.bind_title', { terminal: device.terminal_id })} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <Field
          label={t('devices.bind_vehicle')}
          help={t('devices.bind_vehicle_help')}
          autoFocus
          value={q}
          onChange={(text) => {
            setQ(text);
            setChosen(null);
          }}
          error={change.field('vehicle_id') ?? (missing && !chosen ? t('devices.bind_missing') : undefined)}
          autoComplete="off"
        />
        <div className="bind-choices" role="radiogroup" aria-label={t('devices.bind_vehicle')}>
          {choices.map((vehicle) => (
            <label key={vehicle.id} className="bind-choice">
              <input type="radio" name="vehicle" checked={chosen?.id === vehicle.id} onChange={() => setChosen(vehicle)} />
              <strong>{plate(vehicle.plate)}</strong>
              <span className="muted">{vehicle.unit_name}</span>
            </label>
          ))}
          {found.isSuccess && choices.length === 0 && <p className="muted">{t('devices.bind_none')}</p>}
        </div>
        <label className="field">
          <span>{t('devices.bind_from')}</span>
          <input className="input" type="datetime-local" value={from} onChange={(event) => setFrom(event.target.value)} aria-describedby="bind-from-help" />
          <span id="bind-from-help" className={change.field('from') ? 'field-error' : 'field-help'}>
            {change.field('from') ?? t('devices.bind_from_help')}
          </span>
        </label>
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy}>
            {t('devices.bind')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}

export function UnbindSheet({ device, onClose, onDone }: BindProps) {
  const t = useText();
  const change = useChange();
  async function end() {
    const done = await change.run(() => remove(`/devices/${encodeURIComponent(device.id)}/binding`).then(() => true));
    if (!done) return;
    onDone();
    onClose();
  }
  return (
    <Sheet title={t('devices.unbind_title', { terminal: device.terminal_id })} isOpen onClose={onClose}>
      <p>{t('devices.unbind_text', { plate: device.plate ? plate(device.plate) : '' })}</p>
      <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
      <footer className="dialog-foot">
        <Button onPress={onClose}>{t('action.cancel')}</Button>
        <Button look="primary" onPress={() => void end()} isDisabled={change.busy}>
          {t('devices.unbind')}
        </Button>
      </footer>
    </Sheet>
  );
}
