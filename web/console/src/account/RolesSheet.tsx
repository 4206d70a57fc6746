/** Local roles (地方角色): those of the unit and of the units above it; made of some functions of a built-in role. */

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useUnits } from '../api/queries';
import { useServices } from '../app/services';
import { language, useText } from '../i18n';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { Failed, Skeleton } from '../ui/states';
import { type LocalRole, type LocalRoles, useLocalRoles } from './api';
import { ReasonSheet } from './ReasonSheet';

/** What a unit calls its role, in the reader's language. */
export const roleName = (role: Named) => (language() === 'en' ? role.name_en : role.name_zh);
interface Named {
  name_zh: string;
  name_en: string;
}

export function RolesSheet({ onClose }: { onClose: () => void }) {
  const t = useText();
  const queries = useQueryClient();
  const roles = useLocalRoles(true);
  const [step, setStep] = useState<'new' | LocalRole | null>(null);
  const take = (answer: LocalRoles) => {
    queries.setQueryData(['local-roles'], answer);
    setStep(null);
  };
  if (step === 'new' && roles.data) return <MakeRole bases={roles.data.bases} onClose={() => setStep(null)} onDone={take} />;
  if (step !== null && step !== 'new') {
    return (
      <ReasonSheet
        title={t('accounts.role_retire_title', { name: roleName(step) })}
        text={t('accounts.role_retire_text')}
        action={t('accounts.role_retire')}
        send={(reason, key) => post<LocalRoles>(`/local-roles/${encodeURIComponent(step.id)}/retirement`, { reason }, key)}
        onClose={() => setStep(null)}
        onDone={take}
      />
    );
  }
  const makes = (roles.data?.bases.length ?? 0) > 0;
  return (
    <Sheet title={t('accounts.roles')} isOpen onClose={onClose} wide>
      <p className="muted">{t('accounts.roles_lead')}</p>
      {roles.isPending ? (
        <Skeleton rows={4} />
      ) : roles.isError ? (
        <Failed error={roles.error} retry={() => void roles.refetch()} />
      ) : roles.data.items.length === 0 ? (
        <p>{t('accounts.roles_none')}</p>
      ) : (
        <ul className="grants">
          {roles.data.items.map((role) => (
            <li key={role.id} className={role.retired_at ? 'grant-over' : undefined}>
              <p>
                <strong>{roleName(role)}</strong> <span>{role.unit_name}</span> <span className="muted">{t('accounts.role_of', { role: t(`role.${role.base_role}`) })}</span>
              </p>
              <p className="muted">{role.functions.map((name) => t(`function.${name}`)).join(t('accounts.between'))}</p>
              <p className="muted">{role.retired_at ? t('accounts.role_retired', { count: role.holders }) : t('accounts.role_holders', { count: role.holders })}</p>
              {makes && !role.retired_at && (
                <Button look="quiet" onPress={() => setStep(role)}>
                  {t('accounts.role_retire')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <footer className="dialog-foot">
        <Button onPress={onClose}>{t('action.close')}</Button>
        {makes && (
          <Button look="primary" icon="plus" onPress={() => setStep('new')}>
            {t('accounts.role_make')}
          </Button>
        )}
      </footer>
    </Sheet>
  );
}

function MakeRole({ bases, onClose, onDone }: { bases: LocalRoles['bases']; onClose: () => void; onDone: (answer: LocalRoles) => void }) {
  const t = useText();
  const change = useChange();
  const units = useUnits();
  const { session } = useServices();
  const [form, setForm] = useState({ unit_id: session.account.unit_id as string, name_zh: '', name_en: '', base_role: bases[0]?.role ?? '', reason: '' });
  const [functions, setFunctions] = useState<string[]>([]);
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });
  const offered = bases.find((base) => base.role === form.base_role)?.functions ?? [];
  const chosen = functions.filter((name) => offered.includes(name));
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const answer = await change.run((key) => post<LocalRoles>('/local-roles', { ...form, functions: chosen }, key));
    if (answer) onDone(answer);
  }
  return (
    <Sheet title={t('accounts.role_make')} isOpen onClose={onClose} wide>
      <form className="form form-two" onSubmit={submit} noValidate>
        <Field label={t('accounts.role_name_zh')} autoFocus value={form.name_zh} onChange={set('name_zh')} error={change.field('name_zh')} autoComplete="off" />
        <Field label={t('accounts.role_name_en')} value={form.name_en} onChange={set('name_en')} error={change.field('name_en')} autoComplete="off" />
        <Pick label={t('accounts.column_unit')} choices={(units.data?.items ?? []).map((unit) => ({ id: unit.id, text: unit.name }))} value={form.unit_id} onChange={set('unit_id')} error={change.field('unit_id')} />
        <Pick label={t('accounts.role_base')} choices={bases.map(({ role }) => ({ id: role, text: t(`role.${role}`) }))} value={form.base_role} onChange={set('base_role')} error={change.field('base_role')} />
        <fieldset className="field form-wide" data-invalid={change.field('functions') ? true : undefined}>
          <legend>{t('accounts.role_functions')}</legend>
          {offered.map((name) => (
            <label key={name} className="tick">
              <input type="checkbox" checked={chosen.includes(name)} onChange={(event) => setFunctions(event.target.checked ? [...chosen, name] : chosen.filter((one) => one !== name))} />
              <span>{t(`function.${name}`)}</span>
            </label>
          ))}
          <span className={change.field('functions') ? 'field-error' : 'field-help'}>{change.field('functions') ?? t('accounts.role_functions_help')}</span>
        </fieldset>
        <Field label={t('terminal.reason')} help={t('terminal.reason_help')} value={form.reason} onChange={set('reason')} error={change.field('reason')} autoComplete="off" />
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy}>
            {t('accounts.role_make')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
