/** Accounts and rights (账号与权限): everybody of the scope in one list, opened beside it. */

import '../styles/admin.css';
import '../styles/terminal.css';
import '../styles/account.css';
import { useQueryClient } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useDeferredValue, useEffect, useRef, useState } from 'react';
import { ApiError } from '../api/client';
import { setParams, usePlace } from '../app/route';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { dateTime, NONE } from '../ui/format';
import { Icon } from '../ui/icon';
import { Button, Pick } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { AccountDrawer } from './AccountDrawer';
import { type AccountFilter, type AccountLine, type AccountMade, ROLES, useAccounts } from './api';
import { OpenSheet } from './OpenSheet';
import { PasswordSheet } from './PasswordSheet';
import { RolesSheet } from './RolesSheet';

const ROW_PX = 44;

export default function AccountsPage() {
  const { session } = useServices();
  return session.permissions.includes('manage_accounts') ? <Accounts /> : <Roles />;
}

/** For who makes roles and gives none: the accounts are not their business. */
function Roles() {
  const t = useText();
  const [open, setOpen] = useState(false);
  return (
    <main id="main" tabIndex={-1} className="page accounts">
      <header className="page-head">
        <div>
          <h1>{t('accounts.roles')}</h1>
          <p className="muted">{t('accounts.roles_lead')}</p>
        </div>
        <div className="page-actions">
          <Button look="primary" onPress={() => setOpen(true)}>
            {t('accounts.roles')}
          </Button>
        </div>
      </header>
      {open && <RolesSheet onClose={() => setOpen(false)} />}
    </main>
  );
}

function Accounts() {
  const t = useText();
  const queries = useQueryClient();
  const chosen = usePlace().params.get('account');
  const [filter, setFilter] = useState<AccountFilter>({ q: '', role: '', disabled: '' });
  const accounts = useAccounts(useDeferredValue(filter));
  const [open, setOpen] = useState<'new' | 'roles' | AccountMade | null>(null);
  const rows = accounts.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <main id="main" tabIndex={-1} className={`page devices terminals accounts${chosen ? ' with-drawer' : ''}`}>
      <header className="page-head">
        <div>
          <h1>{t('accounts.title')}</h1>
          <p className="muted">{t('accounts.lead')}</p>
        </div>
        <div className="page-actions">
          <Button onPress={() => setOpen('roles')}>{t('accounts.roles')}</Button>
          <Button look="primary" icon="plus" onPress={() => setOpen('new')}>
            {t('accounts.open')}
          </Button>
        </div>
      </header>
      <section className="table-card" aria-label={t('accounts.title')}>
        <div className="table-tools">
          <div className="search">
            <Icon name="search" size={16} />
            <input type="search" className="search-input" aria-label={t('accounts.search')} placeholder={t('accounts.search')} value={filter.q} onChange={(event) => setFilter({ ...filter, q: event.target.value })} />
          </div>
          <Pick label={t('accounts.role')} quiet choices={[{ id: '', text: t('accounts.all_roles') }, ...ROLES.map((id) => ({ id, text: t(`role.${id}`) }))]} value={filter.role} onChange={(role) => setFilter({ ...filter, role })} />
          <Pick label={t('accounts.state')} quiet choices={['', 'false', 'true'].map((id) => ({ id, text: t(`accounts.state_${id || 'all'}`) }))} value={filter.disabled} onChange={(disabled) => setFilter({ ...filter, disabled })} />
        </div>
        {accounts.isPending ? (
          <Skeleton rows={8} kind="row" />
        ) : accounts.isError && !accounts.data ? (
          accounts.error instanceof ApiError && accounts.error.status === 403 ? (
            <Empty title={t('accounts.forbidden')} />
          ) : (
            <Failed error={accounts.error} retry={() => void accounts.refetch()} />
          )
        ) : rows.length === 0 ? (
          <Empty title={t('accounts.none')} />
        ) : (
          <Rows rows={rows} chosen={chosen} more={accounts.hasNextPage && !accounts.isFetchingNextPage ? () => void accounts.fetchNextPage() : null} />
        )}
      </section>
      {chosen && <AccountDrawer key={chosen} id={chosen} onPassword={setOpen} />}
      {open === 'roles' && <RolesSheet onClose={() => setOpen(null)} />}
      {open === 'new' && (
        <OpenSheet
          onClose={() => setOpen(null)}
          onMade={(made) => {
            void queries.invalidateQueries({ queryKey: ['accounts'] });
            setOpen(made);
            setParams({ account: made.id });
          }}
        />
      )}
      {open !== null && typeof open === 'object' && <PasswordSheet made={open} onClose={() => setOpen(null)} />}
    </main>
  );
}

/** Tens of thousands of rows; only those in sight are in the page. */
function Rows({ rows, chosen, more }: { rows: AccountLine[]; chosen: string | null; more: (() => void) | null }) {
  const t = useText();
  const box = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => ROW_PX, overscan: 12 });
  const items = list.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= rows.length - 20) more();
  }, [more, last, rows.length]);
  const [above, below] = [items[0]?.start ?? 0, list.getTotalSize() - (items.at(-1)?.end ?? 0)];
  return (
    <div ref={box} className="table-scroll account-rows" tabIndex={0} role="group" aria-label={t('accounts.title')}>
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {['login', 'name', 'unit', 'roles', 'state', 'seen'].map((column) => (
              <th key={column} scope="col">
                {t(`accounts.column_${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap height={above} />
          {items.map(({ index }) => {
            const row = rows[index]!;
            return (
              <tr key={row.id} aria-rowindex={index + 2} className={row.id === chosen ? 'row-chosen' : undefined} onClick={() => setParams({ account: row.id })}>
                <th scope="row">
                  <button type="button" className="row-open mono" onClick={() => setParams({ account: row.id })}>
                    {row.login}
                  </button>
                </th>
                <td>{row.display_name}</td>
                <td>{row.unit_name}</td>
                <td>{[...new Set(row.grants.map((grant) => t(`role.${grant.role}`)))].join(t('accounts.between')) || <span className="muted">{t('accounts.no_role')}</span>}</td>
                <td>
                  <span className={`state state-${row.disabled_at ? 'disabled' : 'bound'}`}>{t(`accounts.state_${row.disabled_at ? 'true' : 'false'}`)}</span>
                </td>
                <td className="num">{row.last_seen_at ? dateTime(row.last_seen_at) : NONE}</td>
              </tr>
            );
          })}
          <Gap height={below} />
        </tbody>
      </table>
    </div>
  );
}

/** Rows out of sight. Heights are set by script on the element: the page allows no style attributes. */
function Gap({ height }: { height: number }) {
  const row = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (row.current) row.current.style.height = `${height}px`;
  }, [height]);
  return height > 0 ? <tr ref={row} aria-hidden="true" className="account-gap" /> : null;
}
