/** Gives a role (授权): which, over which unit, from when to when, whole or some of its functions, and why. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useUnits } from '../api/queries';
import { useText } from '../i18n';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { type AccountDetail, accountPath, ROLES, useLocalRoles } from './api';
import { roleName } from './RolesSheet';

/** Midnight in Beijing at the end of a day. */
export const endOf = (day: string) => new Date(Date.parse(`${day}T00:00:00+08:00`) + 86_400_000).toISOString();

export function GrantSheet({ account, onClose, onDone }: { account: AccountDetail; onClose: () => void; onDone: () => void }) {
  const t = useText();
  const change = useChange();
  const units = useUnits();
  const locals = (useLocalRoles(true).data?.items ?? []).filter((role) => !role.retired_at);
  const roles = [
    ...ROLES.map((id) => ({ id, text: t(`role.${id}`) })),
    ...locals.map((role) => ({ id: role.id, text: t('accounts.role_group', { name: roleName(role), unit: role.unit_name }) })),
  ];
  const [form, setForm] = useState({ role: 'dispatcher', unit_id: account.unit_id, until: '', reason: '' });
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const { until, role: chosen, ...rest } = form;
    const local = locals.find((one) => one.id === chosen);
    const role = local ? { role: local.base_role, local_role_id: local.id } : { role: chosen };
    const body = { ...rest, ...role, ...(until && { until: endOf(until) }) };
    if (await change.run((key) => post(accountPath(account.id, '/grants'), body, key))) onDone();
  }
  return (
    <Sheet title={t('accounts.grant_to', { name: account.display_name })} isOpen onClose={onClose} wide>
      <form className="form form-two" onSubmit={submit} noValidate>
        <Pick label={t('accounts.role')} choices={roles} value={form.role} onChange={set('role')} error={change.field('role')} />
        <Pick label={t('accounts.over')} choices={(units.data?.items ?? []).map((unit) => ({ id: unit.id, text: unit.name }))} value={form.unit_id} onChange={set('unit_id')} error={change.field('unit_id')} />
        <label className="field" data-invalid={change.field('until') ? true : undefined}>
          <span>{t('accounts.until')}</span>
          <input className="input" type="date" value={form.until} onChange={(event) => set('until')(event.target.value)} />
          <span className={change.field('until') ? 'field-error' : 'field-help'}>{change.field('until') ?? t('accounts.until_help')}</span>
        </label>
        <Field label={t('terminal.reason')} help={t('terminal.reason_help')} value={form.reason} onChange={set('reason')} error={change.field('reason')} autoComplete="off" />
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy}>
            {t('accounts.grant')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
