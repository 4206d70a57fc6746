/** Pages of money (费用): settlements, allowances, the public register; each a chunk of its own, with tabs from one to the other. */

import '../styles/admin.css';
import '../styles/terminal.css';
import '../styles/units.css';
import '../styles/money.css';
import { lazy, Suspense } from 'react';
import { mayBeAt } from '../app/places';
import { followLink } from '../app/route';
import { useText, withTexts } from '../i18n';
import { Skeleton } from '../ui/states';

// Words of a trip, such as where it led, are those of trips.
const SettlementsPage = lazy(() => withTexts(import('./SettlementsPage'), 'trips'));
// Units are chosen there by what one types: with the words of that.
const AllowancesPage = lazy(() => withTexts(import('./AllowancesPage'), 'people'));
const PublicPage = lazy(() => import('./PublicPage'));
const NoticesPage = lazy(() => withTexts(import('./NoticesPage'), 'people'));

const TABS = ['/settlements', '/allowances', '/public'] as const;

interface MoneyProps {
  path: string;
  permissions: string[];
}

export default function MoneyPages({ path, permissions }: MoneyProps) {
  return (
    <Suspense fallback={<Skeleton rows={8} kind="row" />}>
      {path === '/settlements' && <SettlementsPage tabs={<Tabs path={path} permissions={permissions} />} maySettle={permissions.includes('settle_trips')} />}
      {path === '/allowances' && <AllowancesPage tabs={<Tabs path={path} permissions={permissions} />} />}
      {path === '/public' &&
        (permissions.includes('watch_trips') ? (
          <NoticesPage tabs={<Tabs path={path} permissions={permissions} />} mayPublish={permissions.includes('settle_trips')} />
        ) : (
          <PublicPage isSignedIn={permissions.length > 0} />
        ))}
    </Suspense>
  );
}

/** From one page of money to the other, as far as one may be there. */
function Tabs({ path, permissions }: MoneyProps) {
  const t = useText();
  return (
    <nav className="money-tabs" aria-label={t('money.tabs')}>
      {TABS.filter((tab) => mayBeAt(tab, permissions)).map((tab) => (
        <a key={tab} href={tab} onClick={followLink} aria-current={tab === path ? 'page' : undefined}>
          {t(`money.tab_${tab.slice(1)}`)}
        </a>
      ))}
    </nav>
  );
}
