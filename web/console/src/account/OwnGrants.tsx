/** One's own roles (我的授权), and lending one to a colleague for a time (委托). */

import '../styles/account.css';
import { useQueryClient } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useText } from '../i18n';
import { Button, Field, Sheet } from '../ui/kit';
import { Failed, Skeleton } from '../ui/states';
import { Grants } from './AccountDrawer';
import { type Held, useColleagues, useOwnGrants } from './api';
import { endOf } from './GrantSheet';

export default function OwnGrants({ onClose }: { onClose: () => void }) {
  const t = useText();
  const queries = useQueryClient();
  const own = useOwnGrants();
  const [lent, setLent] = useState<Held | null>(null);
  if (lent) return <LendSheet held={lent} onClose={() => setLent(null)} onDone={() => void queries.invalidateQueries({ queryKey: ['own-grants'] }).then(() => setLent(null))} />;
  return (
    <Sheet title={t('delegate.title')} isOpen onClose={onClose} wide>
      <p className="muted">{t('delegate.lead')}</p>
      {own.isPending ? <Skeleton rows={3} kind="row" /> : own.isError ? <Failed error={own.error} retry={() => void own.refetch()} /> : <Grants grants={own.data.items} lend={setLent} />}
    </Sheet>
  );
}

function LendSheet({ held, onClose, onDone }: { held: Held; onClose: () => void; onDone: () => void }) {
  const t = useText();
  const change = useChange();
  const [form, setForm] = useState({ q: '', account_id: '', until: '', reason: '' });
  const found = useColleagues(useDeferredValue(form.q.trim()));
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const { account_id, reason } = form;
    const until = form.until ? endOf(form.until) : new Date(0).toISOString();
    if (await change.run((key) => post(`/grants/${held.id}/delegations`, { account_id, until, reason }, key))) onDone();
  }
  return (
    <Sheet title={t('delegate.of', { role: t(`role.${held.role}`) })} isOpen onClose={onClose} wide>
      <form className="form" onSubmit={submit} noValidate>
        <p>{t('delegate.text')}</p>
        <Field label={t('delegate.to')} autoFocus value={form.q} onChange={(q) => setForm({ ...form, q, account_id: '' })} error={change.field('account_id')} autoComplete="off" />
        <fieldset className="bind-choices">
          <legend className="visually-hidden">{t('delegate.to')}</legend>
          {(found.data?.items ?? []).map((one) => (
            <label key={one.id} className="bind-choice">
              <input type="radio" name="colleague" checked={form.account_id === one.id} onChange={() => setForm({ ...form, account_id: one.id })} />
              <strong>{one.display_name}</strong> <span className="muted">{one.unit_name}</span>
            </label>
          ))}
        </fieldset>
        <label className="field" data-invalid={change.field('until') ? true : undefined}>
          <span>{t('delegate.until')}</span>
          <input className="input" type="date" value={form.until} onChange={(event) => setForm({ ...form, until: event.target.value })} />
          {change.field('until') && <span className="field-error">{change.field('until')}</span>}
        </label>
        <Field label={t('terminal.reason')} help={t('terminal.reason_help')} value={form.reason} onChange={(reason) => setForm({ ...form, reason })} error={change.field('reason')} autoComplete="off" />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || form.account_id === ''}>
            {t('delegate.lend')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
