/** Enters a terminal (登记终端): the protocol first, as it decides what its number is; what is wrong stands beside each field. */

import { useState } from 'react';
import { post } from '../api/client';
import { useUnits } from '../api/queries';
import { language, useText } from '../i18n';
import { type TerminalMade, usePlatforms, useTerminalOptions } from '../terminal/api';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { useChange } from './use-change';

const today = () => new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10);

export function EnterSheet({ onClose, onMade }: { onClose: () => void; onMade: (made: TerminalMade) => void }) {
  const t = useText();
  const change = useChange();
  const options = useTerminalOptions();
  const units = useUnits();
  const [form, setForm] = useState({ protocol: 'jt808', terminal_id: '', model: '', profile: 'standard', iccid: '', sim_number: '', issued_on: today(), unit_id: '', platform_id: '', note: '' });
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });
  const platforms = usePlatforms(form.protocol === 'gb32960' || form.protocol === 'jt809');
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const { iccid, ...rest } = form;
    const filled = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''));
    const body = { terminal_id: '', model: '', ...filled, iccids: iccid.split(/[\s,]+/).filter(Boolean) };
    const made = await change.run((key) => post<TerminalMade>('/terminals', body, key));
    if (made) onMade(made);
  }
  const profiles = (options.data?.profiles ?? []).map((one) => ({ id: one.name, text: language() === 'en' ? one.name_en : one.name_zh }));
  return (
    <Sheet title={t('terminal.enter')} isOpen onClose={onClose} wide>
      <form className="form form-two" onSubmit={submit} noValidate>
        <Pick label={t('terminal.protocol')} choices={(options.data?.protocols ?? []).map((one) => ({ id: one.name, text: t(`protocol.${one.name}`) }))} value={form.protocol} onChange={set('protocol')} error={change.field('protocol')} />
        <Field label={t(`terminal.number_${form.protocol}`)} help={t(`terminal.number_help_${form.protocol}`)} autoFocus mono value={form.terminal_id} onChange={set('terminal_id')} error={change.field('terminal_id')} autoComplete="off" />
        <Field label={t('terminal.model')} value={form.model} onChange={set('model')} error={change.field('model')} autoComplete="off" />
        {form.protocol === 'jt808' ? (
          <Pick label={t('terminal.profile')} choices={profiles} value={form.profile} onChange={set('profile')} error={change.field('profile')} />
        ) : form.protocol === 'gb32960' || form.protocol === 'jt809' ? (
          <Pick label={t('terminal.platform')} choices={[{ id: '', text: t(form.protocol === 'jt809' ? 'terminal.platform_pick' : 'terminal.itself_speaks') }, ...(platforms.data?.items ?? []).filter((one) => (one.access_code !== null) === (form.protocol === 'jt809')).map((one) => ({ id: one.id, text: `${one.name} (${one.login})` }))]} value={form.platform_id} onChange={set('platform_id')} error={change.field('platform_id')} />
        ) : (
          <Field label={t('terminal.note')} value={form.note} onChange={set('note')} error={change.field('note')} autoComplete="off" />
        )}
        <Field label={t('terminal.iccid')} help={t('terminal.iccid_help')} mono value={form.iccid} onChange={set('iccid')} error={change.field('iccids')} autoComplete="off" />
        <Field label={t('terminal.sim_number')} mono value={form.sim_number} onChange={set('sim_number')} error={change.field('sim_number')} autoComplete="off" />
        <label className="field">
          <span>{t('terminal.issued_on')}</span>
          <input className="input" type="date" value={form.issued_on} onChange={(event) => set('issued_on')(event.target.value)} />
        </label>
        <Pick label={t('vehicle.unit')} choices={[{ id: '', text: t('terminal.own_unit') }, ...(units.data?.items ?? []).map((unit) => ({ id: unit.id, text: unit.name }))]} value={form.unit_id} onChange={set('unit_id')} error={change.field('unit_id')} />
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy}>
            {t('devices.register')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
