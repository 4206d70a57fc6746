/** A terminal beside the map or the list (终端抽屉): what it is, what it says, what is asked of it, where it was. */

import '../styles/terminal.css';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '../api/client';
import { setParams } from '../app/route';
import { useKeys } from '../app/keys';
import { useText } from '../i18n';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { useTerminal } from './api';
import { Commands } from './Commands';
import { Frames } from './Frames';
import { History } from './History';
import { OnlineMark, StateMark } from './marks';
import { Overview } from './Overview';

const TABS = ['overview', 'frames', 'commands', 'history'] as const;
type Tab = (typeof TABS)[number];

export default function TerminalDrawer({ id }: { id: string }) {
  const t = useText();
  const [tab, setTab] = useState<Tab>('overview');
  const terminal = useTerminal(id);
  const head = useRef<HTMLHeadingElement>(null);
  const close = () => setParams({ terminal: null });
  useKeys({ Escape: close });
  const detail = terminal.data;
  const isThere = detail !== undefined;
  useEffect(() => head.current?.focus(), [isThere]);

  const onArrow = (event: React.KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const next = TABS[(TABS.indexOf(tab) + by + TABS.length) % TABS.length]!;
    setTab(next);
    document.getElementById(`terminal-tab-${next}`)?.focus();
  };

  return (
    <aside className="drawer" aria-label={detail ? t('terminal.of', { terminal: detail.terminal_id }) : t('terminal.title')} data-covers="right">
      <header className="drawer-head">
        {detail ? (
          <div>
            <h2 ref={head} tabIndex={-1} className="mono">
              {detail.terminal_id}
            </h2>
            <p className="drawer-line">
              <StateMark state={detail.state} />
              <OnlineMark terminal={detail} />
              <span className="muted">{t(`protocol.${detail.protocol}`)}</span>
            </p>
          </div>
        ) : (
          <h2>{t('terminal.title')}</h2>
        )}
        <Button look="quiet" icon="close" aria-label={t('action.close')} onPress={close} />
      </header>
      {!detail ? (
        terminal.isPending ? (
          <Skeleton rows={8} />
        ) : terminal.error instanceof ApiError && terminal.error.status === 404 ? (
          <Empty title={t('terminal.not_found')} />
        ) : (
          <Failed error={terminal.error} retry={() => void terminal.refetch()} />
        )
      ) : (
        <>
          <div className="tabs" role="tablist" aria-label={t('terminal.title')} onKeyDown={onArrow}>
            {TABS.map((name) => (
              <button
                key={name}
                id={`terminal-tab-${name}`}
                type="button"
                role="tab"
                className="tab"
                aria-selected={tab === name}
                aria-controls="terminal-tab-panel"
                tabIndex={tab === name ? 0 : -1}
                onClick={() => setTab(name)}
              >
                {t(`terminal.tab_${name}`)}
                {name === 'commands' && detail.waiting_commands > 0 && <span className="tab-count num">{detail.waiting_commands}</span>}
              </button>
            ))}
          </div>
          <div id="terminal-tab-panel" className="drawer-body" role="tabpanel" aria-labelledby={`terminal-tab-${tab}`} tabIndex={0}>
            {terminal.isError && <p className="notice">{t('card.stale')}</p>}
            {tab === 'overview' && <Overview detail={detail} />}
            {tab === 'frames' && <Frames detail={detail} />}
            {tab === 'commands' && <Commands detail={detail} />}
            {tab === 'history' && <History detail={detail} />}
          </div>
        </>
      )}
    </aside>
  );
}
