/** The console: signed in or not, and which screen. The map stays mounted beneath every other screen. */

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { ApiError, get, remove, setCsrfToken } from '../api/client';
import { useConfig } from '../api/queries';
import type { Session } from '../api/types';
import { LoginPage } from '../login/LoginPage';
import { Empty, Failed, Skeleton } from '../ui/states';
import { useText, withTexts } from '../i18n';
import { touch } from './idle';
import { IdleWatch } from './IdleWatch';
import { DRIVER_APP, home, mayBeAt } from './places';
import { followLink, go, usePlace } from './route';
import { openLive, type Services, ServicesContext } from './services';
import { Shell } from './Shell';

const MapScreen = lazy(() => import('../map/MapScreen'));
const DevicesPage = lazy(() => withTexts(import('../admin/DevicesPage'), 'later'));
const TerminalsPage = lazy(() => withTexts(import('../admin/TerminalsPage'), 'later'));
const TerminalDrawer = lazy(() => withTexts(import('../terminal/TerminalDrawer'), 'later'));
const RulesPage = lazy(() => withTexts(import('../rules/RulesPage'), 'later'));
const MessagesPage = lazy(() => withTexts(import('../messages/MessagesPage'), 'later'));
const SecurityPage = lazy(() => withTexts(import('../security/SecurityPage'), 'people'));
const PendingPage = lazy(() => withTexts(import('../login/PendingPage'), 'people'));
const UnitsPage = lazy(() => withTexts(import('../units/UnitsPage'), 'people'));
const FirmwarePage = lazy(() => withTexts(import('../admin/FirmwarePage'), 'later'));
const AuditPage = lazy(() => withTexts(import('../audit/AuditPage'), 'people'));
const DriversPage = lazy(() => withTexts(import('../drivers/DriversPage'), 'people'));
const SuppliersPage = lazy(() => withTexts(import('../suppliers/SuppliersPage'), 'people'));
const EstablishmentPage = lazy(() => life(import('../lifecycle/EstablishmentPage')));
const PurchasesPage = lazy(() => life(import('../lifecycle/PurchasesPage')));
const DisposalsPage = lazy(() => life(import('../lifecycle/DisposalsPage')));
const WholeLifePage = lazy(() => withTexts(life(import('../whole-life/WholeLifePage')), 'whole'));
const RenewalPage = lazy(() => life(import('../lifecycle/RenewalPage')));
const ReportPage = lazy(() => life(import('../lifecycle/ReportPage')));
const FiguresPage = lazy(() => withTexts(import('../figures/FiguresPage'), 'people'));
const WallPage = lazy(() => withTexts(import('../wall/WallPage'), 'whole'));
const RightSizePage = lazy(() => running(import('../running/RightSizePage')));
const MaintenancePage = lazy(() => running(import('../running/MaintenancePage')));
const CardsPage = lazy(() => running(import('../running/CardsPage')));
const CostsPage = lazy(() => running(import('../running/CostsPage')));
const SealsPage = lazy(() => withTexts(import('../seals/SealsPage'), 'people'));
const HandlingPage = lazy(() => withTexts(import('../handling/HandlingPage'), 'people'));
const AccountsPage = lazy(() => withTexts(import('../account/AccountsPage'), 'people'));
const PeersPage = lazy(() => withTexts(import('../peers/PeersPage'), 'people'));
const FlowsPage = lazy(() => withTexts(import('../trips/FlowsPage'), 'trips'));
const IncidentsPage = lazy(() => withTexts(import('../trips/incidents/IncidentsPage'), 'trips'));
const PlansPage = lazy(() => withTexts(import('../trips/plans/PlansPage'), 'trips'));
const FindingsPage = lazy(() => oversight(import('../findings/FindingsPage')));
const CasesPage = lazy(() => oversight(import('../cases/CasesPage')));
const DefectsPage = lazy(() => oversight(import('../defects/DefectsPage')));
const PlacesPage = lazy(() => oversight(import('../places/PlacesPage')));
const Urgent = lazy(() => withTexts(import('../urgent/Urgent'), 'oversight'));
const MoneyPages = lazy(() => withTexts(import('../money/MoneyPages'), 'money'));
const OrderSheet = lazy(() => withTexts(import('../trips/OrderSheet'), 'trips'));

/** A page of what is looked into afterwards: it chooses people and units as well. */
function oversight<T>(page: Promise<T>): Promise<T> {
  return withTexts(withTexts(page, 'people'), 'oversight');
}

/** A page of what running cars costs: it chooses units as well. */
function running<T>(page: Promise<T>): Promise<T> {
  return withTexts(withTexts(page, 'people'), 'money');
}

/** A page of the life of cars: it chooses units as well. */
function life<T>(page: Promise<T>): Promise<T> {
  return withTexts(withTexts(page, 'people'), 'life');
}

/** Where a terminal can be opened: over the map, and beside the list. */
const SCREENS = ['/', '/admin/terminals', '/admin/devices'];

/** The public register, which opens to anybody (公示). */
const PUBLIC = '/public';
/** Screens over which no terminal opens. */
const PAGES = [
  '/rules',
  '/messages',
  '/security',
  '/drivers',
  '/seals',
  '/suppliers',
  '/establishment',
  '/purchases',
  '/disposals',
  '/renewal',
  '/life',
  '/maintenance',
  '/cards',
  '/vehicle-costs',
  '/settlements',
  '/allowances',
  PUBLIC,
  '/flows',
  '/plans',
  '/accidents',
  '/admin/firmware',
  '/admin/accounts',
  '/admin/units',
  '/admin/peers',
  '/admin/audit',
  '/admin/data-handling',
  '/findings',
  '/cases',
  '/defects',
  '/admin/sensitive-places',
  '/figures',
  '/wall',
  '/right-size',
  '/report',
];
/** Sheets to print have an address each. */
const ORDER_SHEET = /^\/print\/order\/([\w-]+)$/;
/** Addresses that are panels of the map. */
const PANELS: Record<string, string> = { '/apply': '/?panel=apply', '/my': '/?panel=mine' };

/** Remembers that somebody signed in here, so that a fresh visit is not answered with an error first. */
const VISITED = 'motorpool.visited';

function remember(visited: boolean): void {
  try {
    if (visited) localStorage.setItem(VISITED, '1');
    else localStorage.removeItem(VISITED);
  } catch {
    // Without storage the session is asked for every time.
  }
}

function neverVisited(): boolean {
  // The identity provider brought somebody back.
  if (new URLSearchParams(location.search).has('signed_in')) return false;
  try {
    return localStorage.getItem(VISITED) === null;
  } catch {
    return false;
  }
}

/** The page that was wanted before signing in; one of ours. */
function wantedPage(): string {
  const wanted = new URLSearchParams(location.search).get('next');
  return wanted?.startsWith('/') && !wanted.startsWith('//') ? wanted : '/';
}

async function loadSession(signal: AbortSignal): Promise<Session | null> {
  if (neverVisited()) return null;
  try {
    const session = await get<Session>('/session', {}, signal);
    setCsrfToken(session.csrf_token);
    return session;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      remember(false);
      return null;
    }
    throw error;
  }
}

export function App() {
  const queries = useQueryClient();
  const session = useQuery({ queryKey: ['session'], queryFn: ({ signal }) => loadSession(signal), staleTime: Infinity, retry: 1 });
  const { path } = usePlace();

  const signedIn = useCallback(
    (next: Session) => {
      touch();
      setCsrfToken(next.csrf_token);
      remember(true);
      queries.setQueryData(['session'], next);
      if (!next.pending && location.pathname === '/login') go(wantedPage(), 'replace');
    },
    [queries],
  );
  const signedOut = useCallback(
    (page = '/login') => {
      setCsrfToken('');
      remember(false);
      queries.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' && query.queryKey[0] !== 'config' });
      queries.setQueryData(['session'], null);
      go(page);
    },
    [queries],
  );
  const signOut = useCallback(
    (page?: string) => {
      void remove('/session').catch(() => {}).finally(() => signedOut(page));
    },
    [signedOut],
  );

  const away = session.isError || (!session.data && session.isPending);
  useEffect(() => {
    if (away) return;
    const here = location.pathname + location.search;
    if (!session.data && path !== '/login' && path !== PUBLIC) go(here === '/' ? '/login' : `/login?next=${encodeURIComponent(here)}`, 'replace');
    if (session.data && !session.data.pending && path === '/login') {
      remember(true);
      go(wantedPage(), 'replace');
    }
  }, [away, session.data, path]);

  if (session.isPending) return <Skeleton rows={4} />;
  if (session.isError) {
    return (
      <main className="alone">
        <Failed error={session.error} retry={() => void session.refetch()} />
      </main>
    );
  }
  if (!session.data && path === PUBLIC) {
    return (
      <Suspense fallback={<Skeleton rows={4} />}>
        <MoneyPages path={path} permissions={[]} />
      </Suspense>
    );
  }
  if (!session.data) return <LoginPage onSignedIn={signedIn} />;
  if (session.data.pending) {
    return (
      <Suspense fallback={<Skeleton rows={4} />}>
        <PendingPage session={session.data} onDone={signedIn} onSignOut={() => signOut()} onStale={() => void session.refetch()} />
      </Suspense>
    );
  }
  return <SignedIn key={session.data.account.id} session={session.data} path={path} onSignedOut={signedOut} onSignOut={signOut} />;
}

interface SignedInProps {
  session: Session;
  path: string;
  onSignedOut: () => void;
  onSignOut: (page?: string) => void;
}

/** Every screen but the map. */
function Page({ path, permissions }: { path: string; permissions: string[] }) {
  const order = ORDER_SHEET.exec(path)?.[1];
  if (order) return <OrderSheet key={order} id={order} />;
  switch (path) {
    case '/security':
      return <SecurityPage />;
    case '/admin/devices':
      return <DevicesPage />;
    case '/rules':
      return <RulesPage />;
    case '/admin/firmware':
      return <FirmwarePage />;
    case '/messages':
      return <MessagesPage />;
    case '/admin/terminals':
      return <TerminalsPage />;
    case '/admin/accounts':
      return <AccountsPage />;
    case '/admin/units':
      return <UnitsPage />;
    case '/admin/audit':
      return <AuditPage />;
    case '/admin/peers':
      return <PeersPage />;
    case '/flows':
      return <FlowsPage />;
    case '/accidents':
      return <IncidentsPage />;
    case '/plans':
      return <PlansPage />;
    case '/admin/data-handling':
      return <HandlingPage />;
    case '/drivers':
      return <DriversPage />;
    case '/suppliers':
      return <SuppliersPage />;
    case '/establishment':
      return <EstablishmentPage />;
    case '/purchases':
      return <PurchasesPage />;
    case '/disposals':
      return <DisposalsPage />;
    case '/life':
      return <WholeLifePage />;
    case '/renewal':
      return <RenewalPage />;
    case '/maintenance':
      return <MaintenancePage />;
    case '/cards':
      return <CardsPage />;
    case '/vehicle-costs':
      return <CostsPage />;
    case '/figures':
      return <FiguresPage />;
    case '/wall':
      return <WallPage />;
    case '/report':
      return <ReportPage />;
    case '/right-size':
      return <RightSizePage />;
    case '/seals':
      return <SealsPage />;
    case '/findings':
      return <FindingsPage />;
    case '/cases':
      return <CasesPage />;
    case '/defects':
      return <DefectsPage />;
    case '/admin/sensitive-places':
      return <PlacesPage />;
    case '/settlements':
    case '/allowances':
    case PUBLIC:
      return <MoneyPages path={path} permissions={permissions} />;
    default:
      return null;
  }
}

/** A place that is not for this account (无权限): said plainly, with the way back. The service would refuse it as well. */
function NoRight({ home }: { home: string }) {
  const t = useText();
  return (
    <main id="main" tabIndex={-1} className="page">
      <div className="empty">
        <h1 className="empty-title">{t('state.no_right')}</h1>
        <p>{t('state.no_right_help')}</p>
        <a href={home} onClick={followLink}>
          {t('state.back')}
        </a>
      </div>
    </main>
  );
}

function SignedIn({ session, path, onSignedOut, onSignOut }: SignedInProps) {
  const t = useText();
  const terminal = usePlace().params.get('terminal');
  const config = useConfig();
  const live = useMemo(() => openLive(() => onSignedOut()), [onSignedOut]);
  const { permissions } = session;
  const hasMap = mayBeAt('/', permissions);
  // Who asks for a car chooses places on the map, and sees nobody's cars.
  const watches = permissions.includes('watch_vehicles');
  const [mapSeen, setMapSeen] = useState(path === '/');
  useEffect(() => {
    if (!watches) return undefined;
    live.start();
    return live.stop;
  }, [live, watches]);
  useEffect(() => {
    if (PANELS[path]) go(PANELS[path], 'replace');
    if (path !== '/') return;
    if (hasMap) setMapSeen(true);
    // Who has no map begins where their work is.
    else if (home(permissions) === DRIVER_APP) location.replace(DRIVER_APP);
    else go(home(permissions), 'replace');
  }, [path, hasMap, permissions]);

  // The live channel is let go first: it would try to come back on a session that has ended.
  const leave = useCallback(
    (page?: string) => {
      live.stop();
      onSignOut(page);
    },
    [live, onSignOut],
  );
  const signOut = useCallback(() => leave(), [leave]);
  const idleOut = useCallback(() => leave('/login?idle=1'), [leave]);
  const services = useMemo<Services | null>(
    () => (config.data ? { session, config: config.data, live, signOut } : null),
    [session, config.data, live, signOut],
  );

  if (config.isError) {
    return (
      <main className="alone">
        <Failed error={config.error} retry={() => void config.refetch()} />
      </main>
    );
  }
  if (!services) return <Skeleton rows={4} />;
  return (
    <ServicesContext value={services}>
      <Shell path={path}>
        <Suspense fallback={<Skeleton rows={6} />}>
          {hasMap && (mapSeen || path === '/') && <MapScreen active={path === '/'} />}
          {mayBeAt(path, permissions) ? <Page path={path} permissions={permissions} /> : path !== '/' && <NoRight home={home(permissions)} />}
          {terminal && SCREENS.includes(path) && <TerminalDrawer key={terminal} id={terminal} />}
          {!SCREENS.includes(path) && path !== '/login' && !PAGES.includes(path) && !PANELS[path] && !ORDER_SHEET.test(path) && (
            <main className="page">
              <Empty title={t('state.no_such_page')}>
                <a href={home(permissions)} onClick={followLink}>
                  {t('state.back')}
                </a>
              </Empty>
            </main>
          )}
        </Suspense>
        {watches && (
          <Suspense fallback={null}>
            <Urgent />
          </Suspense>
        )}
        <IdleWatch limit={session.idle_secs} onIdle={idleOut} />
      </Shell>
    </ServicesContext>
  );
}
