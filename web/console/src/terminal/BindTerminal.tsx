/** Binds a terminal to a vehicle (绑定), or takes it from one to another (换绑), with the reason. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { useVehicles } from '../api/queries';
import type { VehicleSummary } from '../api/types';
import { useText } from '../i18n';
import { plate } from '../ui/format';
import { Button, Field, Sheet } from '../ui/kit';
import { step, type TerminalDetail } from './api';

const SHOWN = 6;

export function BindTerminal({ detail, onClose, onDone }: { detail: TerminalDetail; onClose: () => void; onDone: () => void }) {
  const t = useText();
  const change = useChange();
  const [q, setQ] = useState('');
  const [chosen, setChosen] = useState<VehicleSummary | null>(null);
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const found = useVehicles({ q: q.trim(), status: '' });
  const choices = (found.data?.pages[0]?.items ?? []).filter((vehicle) => vehicle.id !== detail.vehicle_id).slice(0, SHOWN);

  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!chosen) return setMissing(true);
    const made = await change.run((key) => step(detail.id, 'binding', { vehicle_id: chosen.id, reason, rebind: detail.vehicle_id !== null }, key));
    if (made === null) return;
    onDone();
    onClose();
  }
  return (
    <Sheet title={t(detail.vehicle_id ? 'terminal.rebind_title' : 'devices.bind_title', { terminal: detail.terminal_id })} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        {detail.plate && <p className="notice">{t('terminal.rebind_text', { plate: plate(detail.plate) })}</p>}
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
        <Field label={t('terminal.reason')} help={t('terminal.reason_help')} value={reason} onChange={setReason} error={change.field('reason')} autoComplete="off" />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy}>
            {t(detail.vehicle_id ? 'terminal.rebind' : 'devices.bind')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
