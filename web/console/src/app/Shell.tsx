/** The frame around every screen: product and unit, where one can go, how the connection is, who one is. */

import { lazy, Suspense, useCallback, useState } from 'react';
import { UNSAFE_PortalProvider as PortalProvider } from 'react-aria/PortalProvider';
import { setLanguage, language, useText, withTexts } from '../i18n';
import { SILENCE_MS } from '../live/client';
import { Bell } from '../messages/Bell';
import { Button, Drop } from '../ui/kit';
import { Icon } from '../ui/icon';
import { BarNav } from './BarNav';
import { useKeys } from './keys';
import { home, mayBeAt } from './places';
import { followLink, go } from './route';
import { useLiveState, useSecond, useServices } from './services';
import { setTheme, useTheme } from './theme';

const KeyHelp = lazy(() => withTexts(import('../keys/KeyHelp'), 'later'));
const OwnGrants = lazy(() => withTexts(import('../account/OwnGrants'), 'people'));
export function Shell({ path, children }: { path: string; children: React.ReactNode }) {
  const t = useText();
  const { session, config, signOut } = useServices();
  const theme = useTheme();
  const [help, setHelp] = useState(false);
  const [own, setOwn] = useState(false);
  const english = language() === 'en';
  useKeys({ '?': () => setHelp(true), m: () => (path === '/' || !mayBeAt('/', session.permissions) ? false : go('/')) });

  // Menus and dialogs open inside a landmark of their own, not loose at the end of the page.
  const floats = useCallback(() => document.getElementById('floats'), []);

  return (
    <PortalProvider getContainer={floats}>
    <div className="shell">
      <a className="skip" href="#main">
        {t('nav.skip')}
      </a>
      <header className="bar">
        <a className="brand" href={home(session.permissions)} onClick={followLink}>
          <span className="brand-mark" aria-hidden="true">
            <svg viewBox="0 0 20 20" width="20" height="20">
              <path d="M10 2.5 16 17l-6-3.3L4 17Z" fill="currentColor" />
            </svg>
          </span>
          <span className="brand-name">{(english ? config.title_en : config.title_zh) || t('product.title')}</span>
        </a>
        <span className="bar-unit" title={session.account.unit_name}>
          {session.account.unit_name}
        </span>
        {config.demo && <span className="tag">{t('product.demo')}</span>}
        <BarNav path={path} />
        <div className="bar-end">
          {session.permissions.includes('watch_vehicles') && <Connection />}
          <Bell isHere={path === '/messages'} />
          <Button look="quiet" icon="keys" aria-label={t('keys.title')} onPress={() => setHelp(true)} />
          <Button look="quiet" onPress={() => setLanguage(english ? 'zh-CN' : 'en')}>
            <span lang={english ? 'zh-CN' : 'en'}>{english ? '中' : 'EN'}</span>
            <span className="visually-hidden">{t('language.switch')}</span>
          </Button>
          <Button
            look="quiet"
            icon={theme === 'dark' ? 'sun' : 'moon'}
            aria-label={t(theme === 'dark' ? 'theme.to_light' : 'theme.to_dark')}
            onPress={() => setTheme(theme === 'dark' ? 'light' : 'dark')}
          />
          <Drop
            label={t('account.menu', { name: session.account.display_name })}
            icon="user"
            text={session.account.display_name}
            header={
              <div className="account-head">
                <strong>{session.account.display_name}</strong>
                <span>{t(`role.${session.account.role}`)}</span>
                <span className="muted">{session.account.unit_name}</span>
              </div>
            }
            actions={[
              { id: 'security', text: t('account.security'), run: () => go('/security') },
              { id: 'own', text: t('delegate.title'), run: () => setOwn(true) },
              { id: 'out', text: t('account.sign_out'), run: signOut },
            ]}
          />
        </div>
      </header>
      {children}
      {own && (
        <Suspense fallback={null}>
          <OwnGrants onClose={() => setOwn(false)} />
        </Suspense>
      )}
      {help && (
        <Suspense fallback={null}>
          <KeyHelp onClose={() => setHelp(false)} />
        </Suspense>
      )}
      <section id="floats" aria-label={t('nav.floats')} />
    </div>
    </PortalProvider>
  );
}

/** How the live channel is, honestly: a word in the bar, and a banner when what one sees grows old. */
function Connection() {
  const t = useText();
  const { live } = useServices();
  const state = useLiveState(live);
  useSecond();
  const last = live.lastFrameAt();
  const seconds = last > 0 ? Math.floor((performance.now() - last) / 1000) : null;
  const old = seconds !== null && seconds * 1000 >= SILENCE_MS;
  return (
    <>
      <span className={`connection connection-${state}`} role="status">
        <span className="connection-dot" aria-hidden="true" />
        <span className="connection-text">{t(`connection.${state}`)}</span>
      </span>
      {(state === 'waiting' || old) && (
        <div className="banner" role="alert">
          <Icon name="warn" size={16} />
          <span aria-hidden="true" className="num">
            {seconds === null ? t('connection.never') : t('connection.lost', { seconds })}
          </span>
          <span className="visually-hidden">{t('connection.lost_plain')}</span>
          <button type="button" className="banner-button" onClick={live.retryNow}>
            {t('connection.retry')}
          </button>
        </div>
      )}
    </>
  );
}
