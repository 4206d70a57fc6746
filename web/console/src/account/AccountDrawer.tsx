/** An account beside the list (账号抽屉): who it is, which roles it holds and held, and what can be done with it. */

import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ApiError, post } from '../api/client';
import { useKeys } from '../app/keys';
import { setParams } from '../app/route';
import { useServices } from '../app/services';
import { language, useText } from '../i18n';
import { dateTime, NONE } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type AccountDetail, type AccountMade, accountPath, type Held, standing, useAccount } from './api';
import { GrantSheet } from './GrantSheet';
import { ReasonSheet } from './ReasonSheet';
import { SignIn } from './SignIn';

type Step = 'grant' | 'password' | 'disable' | 'enable' | Held;

export function AccountDrawer({ id, onPassword }: { id: string; onPassword: (made: AccountMade) => void }) {
  const t = useText();
  const queries = useQueryClient();
  const { session } = useServices();
  const account = useAccount(id);
  const [step, setStep] = useState<Step | null>(null);
  const head = useRef<HTMLHeadingElement>(null);
  const close = () => setParams({ account: null });
  useKeys({ Escape: close });
  const detail = account.data;
  const isThere = detail !== undefined;
  useEffect(() => head.current?.focus(), [isThere]);
  const changed = () => {
    void queries.invalidateQueries({ queryKey: ['account', id] });
    void queries.invalidateQueries({ queryKey: ['accounts'] });
    setStep(null);
  };
  const isOneself = session.account.id === id;
  return (
    <aside className="drawer" aria-label={detail ? t('accounts.of', { name: detail.display_name }) : t('accounts.title')} data-covers="right">
      <header className="drawer-head">
        {detail ? (
          <div>
            <h2 ref={head} tabIndex={-1}>
              {detail.display_name}
            </h2>
            <p className="drawer-line">
              <span className="mono">{detail.login}</span>
              <span className="muted">{detail.unit_name}</span>
              {detail.disabled_at && <span className="state state-disabled">{t('accounts.state_true')}</span>}
            </p>
          </div>
        ) : (
          <h2>{t('accounts.title')}</h2>
        )}
        <Button look="quiet" icon="close" aria-label={t('action.close')} onPress={close} />
      </header>
      {!detail ? (
        account.isPending ? (
          <Skeleton rows={6} />
        ) : account.error instanceof ApiError && account.error.status === 404 ? (
          <Empty title={t('accounts.not_found')} />
        ) : (
          <Failed error={account.error} retry={() => void account.refetch()} />
        )
      ) : (
        <div className="drawer-body">
          <Facts detail={detail} />
          {!isOneself && <SignIn id={id} name={detail.display_name} />}
          <h3 className="drawer-title">{t('accounts.grants')}</h3>
          <Grants grants={detail.history} revoke={isOneself ? null : setStep} />
          {isOneself ? (
            <p className="muted">{t('accounts.oneself')}</p>
          ) : (
            <div className="drawer-steps">
              <Button look="primary" icon="plus" onPress={() => setStep('grant')}>
                {t('accounts.grant')}
              </Button>
              <Button onPress={() => setStep('password')}>{t('accounts.password')}</Button>
              <Button onPress={() => setStep(detail.disabled_at ? 'enable' : 'disable')}>{t(`accounts.${detail.disabled_at ? 'enable' : 'disable'}`)}</Button>
            </div>
          )}
        </div>
      )}
      {detail && step === 'grant' && <GrantSheet account={detail} onClose={() => setStep(null)} onDone={changed} />}
      {detail && step === 'password' && (
        <ReasonSheet
          title={t('accounts.password_of', { name: detail.display_name })}
          text={t('accounts.password_text')}
          action={t('accounts.password')}
          send={(reason, key) => post<AccountMade>(accountPath(id, '/password'), { reason }, key)}
          onClose={() => setStep(null)}
          onDone={(made) => {
            setStep(null);
            onPassword(made);
          }}
        />
      )}
      {detail && (step === 'disable' || step === 'enable') && (
        <ReasonSheet
          title={t(`accounts.${step}_of`, { name: detail.display_name })}
          text={t(`accounts.${step}_text`)}
          action={t(`accounts.${step}`)}
          send={(reason, key) => post(accountPath(id, '/use'), { disabled: step === 'disable', reason }, key)}
          onClose={() => setStep(null)}
          onDone={changed}
        />
      )}
      {detail && step !== null && typeof step === 'object' && (
        <ReasonSheet
          title={t('accounts.revoke_of', { role: t(`role.${step.role}`) })}
          text={t('accounts.revoke_text', { name: detail.display_name, unit: step.unit_name ?? NONE })}
          action={t('accounts.revoke')}
          send={(reason, key) => post(`/grants/${step.id}/revocation`, { reason }, key)}
          onClose={() => setStep(null)}
          onDone={changed}
        />
      )}
    </aside>
  );
}

function Facts({ detail }: { detail: AccountDetail }) {
  const t = useText();
  const facts = [
    ['post', t(`role.${detail.role}`)],
    ['created', dateTime(detail.created_at)],
    ['seen', detail.last_seen_at ? dateTime(detail.last_seen_at) : NONE],
    ...(detail.locked_until && Date.parse(detail.locked_until) > Date.now() ? [['locked', dateTime(detail.locked_until)]] : []),
  ] as [string, string][];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{t(`accounts.fact_${name}`)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Grants({ grants, revoke, lend }: { grants: Held[]; revoke?: ((held: Held) => void) | null; lend?: (held: Held) => void }) {
  const t = useText();
  if (grants.length === 0) return <Empty title={t('accounts.no_grants')} />;
  return (
    <ul className="grants">
      {grants.map((held) => {
        const state = standing(held);
        const inForce = state === 'held' || state === 'coming';
        return (
          <li key={held.id} className={inForce ? undefined : 'grant-over'}>
            <p>
              <strong>{held.local_role ? (language() === 'en' ? held.local_role.en : held.local_role.zh) : t(`role.${held.role}`)}</strong> <span>{held.unit_name ?? NONE}</span> <span className={`grant-state grant-${state}`}>{t(`accounts.grant_${state}`)}</span>
            </p>
            {held.functions && <p className="muted">{held.functions.map((name) => t(`function.${name}`)).join(t('accounts.between'))}</p>}
            <p className="muted num">
              {held.from ? dateTime(held.from) : NONE} – {held.until ? dateTime(held.until) : t('accounts.open_end')}
            </p>
            <p className="muted">
              {held.delegated_by ? t('accounts.lent_by', { name: held.delegated_by }) : t('accounts.given_by', { name: held.by ?? t('accounts.system') })}
              {held.reason && ` · ${held.reason}`}
            </p>
            {held.revoked_at && <p className="muted">{t('accounts.revoked', { name: held.revoked_by ?? NONE, reason: held.revoke_reason ?? '' })}</p>}
            {inForce && revoke && (
              <Button look="quiet" onPress={() => revoke(held)}>
                {t('accounts.revoke')}
              </Button>
            )}
            {state === 'held' && lend && !held.delegated_by && (
              <Button look="quiet" onPress={() => lend(held)}>
                {t('delegate.lend')}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
