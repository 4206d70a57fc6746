/** Opens an account (开设账号) with the role of its post. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useUnits } from '../api/queries';
import { useText } from '../i18n';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { type AccountMade, ROLES } from './api';

export function OpenSheet({ onClose, onMade }: { onClose: () => void; onMade: (made: AccountMade) => void }) {
  const t = useText();
  const change = useChange();
  const units = useUnits();
  const [form, setForm] = useState({ login: '', display_name: '', role: 'dispatcher', unit_id: '', reason: '' });
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });
  const choices = (units.data?.items ?? []).map((unit) => ({ id: unit.id, text: unit.name }));
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const unit_id = form.unit_id || (choices[0]?.id ?? '');
    const made = await change.run((key) => post<AccountMade>('/accounts', { ...form, unit_id }, key));
    if (made) onMade(made);
  }
  return (
    <Sheet title={t('accounts.open')} isOpen onClose={onClose} wide>
      <form className="form form-two" onSubmit={submit} noValidate>
        <Field label={t('accounts.login')} help={t('accounts.login_help')} autoFocus mono value={form.login} onChange={set('login')} error={change.field('login')} autoComplete="off" />
        <Field label={t('accounts.name')} value={form.display_name} onChange={set('display_name')} error={change.field('display_name')} autoComplete="off" />
        <Pick label={t('accounts.role')} choices={ROLES.map((id) => ({ id, text: t(`role.${id}`) }))} value={form.role} onChange={set('role')} error={change.field('role')} />
        <Pick label={t('vehicle.unit')} choices={choices} value={form.unit_id || null} placeholder={choices[0]?.text} onChange={set('unit_id')} error={change.field('unit_id')} />
        <Field label={t('terminal.reason')} help={t('terminal.reason_help')} value={form.reason} onChange={set('reason')} error={change.field('reason')} autoComplete="off" />
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy}>
            {t('accounts.open')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
