/** Platforms that forward vehicles by GB/T 32960 or JT/T 809 (转发平台): their accounts. */

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../api/client';
import { useText } from '../i18n';
import { type Platform, usePlatforms } from '../terminal/api';
import { Button, Field, Sheet } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { useChange } from './use-change';

interface Made {
  id: string;
  login: string;
  secret: string | null;
}

export function PlatformsSheet({ onClose }: { onClose: () => void }) {
  const t = useText();
  const queries = useQueryClient();
  const platforms = usePlatforms(true);
  const change = useChange();
  const [login, setLogin] = useState('');
  const [name, setName] = useState('');
  const [code, setCode] = useState('');
  const [made, setMade] = useState<Made | null>(null);
  const changed = () => void queries.invalidateQueries({ queryKey: ['platforms'] });
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const body = code.trim() === '' ? { login, name } : { login, name, access_code: Number(code) };
    const answer = await change.run((key) => post<Made>('/platforms', body, key));
    if (!answer) return;
    setMade(answer);
    setLogin('');
    setName('');
    setCode('');
    changed();
  }
  const renew = async (platform: Platform) => setMade(await change.run(() => post<Made>(`/platforms/${platform.id}/secret`, {})));
  const use = async (platform: Platform) => {
    await change.run(() => post(`/platforms/${platform.id}/use`, { disabled: platform.disabled_at === null }));
    changed();
  };
  const items = platforms.data?.items ?? [];
  return (
    <Sheet title={t('platform.title')} isOpen onClose={onClose} wide>
      <p className="muted">{t('platform.lead')}</p>
      {platforms.isPending ? (
        <Skeleton rows={3} kind="row" />
      ) : platforms.isError ? (
        <Failed error={platforms.error} retry={() => void platforms.refetch()} />
      ) : items.length === 0 ? (
        <Empty title={t('platform.none')} />
      ) : (
        <ul className="platforms">
          {items.map((platform) => (
            <li key={platform.id}>
              <span>
                <strong>{platform.name}</strong> <span className="mono">{platform.login}</span>
                <span className="muted"> {platform.access_code === null ? 'GB/T 32960' : `JT/T 809 ${platform.access_code}`}</span>
                <span className="muted"> {t('platform.terminals', { n: platform.terminals })}</span>
                {platform.disabled_at && <span className="state state-disabled">{t('terminal.state_disabled')}</span>}
              </span>
              <span>
                <Button look="quiet" onPress={() => void renew(platform)} isDisabled={platform.disabled_at !== null} aria-label={`${t('devices.renew')} ${platform.login}`}>
                  {t('devices.renew')}
                </Button>
                <Button look="quiet" onPress={() => void use(platform)} aria-label={`${t(platform.disabled_at ? 'terminal.enable' : 'terminal.disable')} ${platform.login}`}>
                  {t(platform.disabled_at ? 'terminal.enable' : 'terminal.disable')}
                </Button>
              </span>
            </li>
          ))}
        </ul>
      )}
      {made?.secret && (
        <p className="notice">
          {t('platform.secret', { login: made.login })} <code className="mono">{made.secret}</code>
        </p>
      )}
      <form className="form form-two" onSubmit={submit} noValidate>
        <Field label={t('platform.login')} help={t('platform.login_help')} mono value={login} onChange={setLogin} error={change.field('login')} autoComplete="off" />
        <Field label={t('platform.name')} value={name} onChange={setName} error={change.field('name')} autoComplete="off" />
        <Field label={t('platform.access_code')} help={t('platform.access_code_help')} mono inputMode="numeric" value={code} onChange={setCode} error={change.field('access_code')} autoComplete="off" />
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.close')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy}>
            {t('platform.enter')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
