/** The dock at the map's right (右侧面板): what waits, always counted; one panel of it open, beside the map and never over it all. */

import '../styles/admin.css';
import '../styles/pills.css';
import '../styles/trips.css';
import '../styles/trips-dispatch.css';
import '../styles/board.css';
import { useCallback, useState } from 'react';
import { useKeys } from '../app/keys';
import { setParams, usePlace } from '../app/route';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { number } from '../ui/format';
import { Button } from '../ui/kit';
import { ApplyPanel } from './ApplyPanel';
import { useTripCounts, useTripNotes } from './api';
import { BoardPanel } from './BoardPanel';
import { DispatchPanel } from './DispatchPanel';
import { InboxPanel } from './InboxPanel';
import { MinePanel } from './MinePanel';
import { panelOf, type Panel, tabsOf } from './panels';
import { type Said, Toast, UNDO_MS } from './toast';

interface DockProps {
  /** Wide enough for the inbox to stay open (≥ 1440 px). */
  isPinned: boolean;
  /** A vehicle's card lies there as well. */
  hasCard: boolean;
  keysOn: boolean;
}

export default function Dock({ isPinned, hasCard, keysOn }: DockProps) {
  const t = useText();
  const { session } = useServices();
  const { params } = usePlace();
  const counts = useTripCounts();
  const [said, setSaid] = useState<Said | null>(null);
  const gone = useCallback(() => setSaid(null), []);
  useTripNotes();

  const { permissions } = session;
  const tabs = tabsOf(permissions);
  const mayApply = permissions.includes('request_trips');
  const mayBoard = permissions.includes('dispatch_trips');
  const panel = panelOf(params.get('panel'), permissions, isPinned);
  const id = params.get('id');
  const count: Partial<Record<Panel, number | undefined>> = { approvals: counts.data?.to_decide, dispatch: counts.data?.to_dispatch, mine: counts.data?.mine_open };
  const open = (next: Panel) => setParams({ panel: panel === next && params.get('panel') === next ? null : next, id: null, copy: null, ...(isPinned ? {} : { v: null }) });
  const openOne = useCallback((one: string | null) => panel && setParams({ panel, id: one, ...(isPinned || one === null ? {} : { v: null }) }), [panel, isPinned]);
  const isBoard = params.get('panel') === 'board' && mayBoard;

  useKeys(
    {
      a: () => (tabs.includes('approvals') ? open('approvals') : false),
      d: () => (mayBoard ? setParams({ panel: isBoard ? null : 'board', id: null }) : false),
      Escape: () => {
        if (isBoard) return false;
        if (id !== null && panel !== 'apply') setParams({ id: null });
        else if (params.get('panel') && panel) setParams({ panel: null, id: null, copy: null });
        else return false;
      },
    },
    keysOn,
  );
  const common = { id, onOpen: openOne, onSay: setSaid, keysOn: keysOn && !isBoard };

  return (
    <>
      <section className="panel dock" data-open={panel !== null || undefined} data-beside={(panel !== null && hasCard) || undefined} aria-label={t('trips.dock')} {...(panel === null ? {} : { 'data-covers': 'right' })}>
        <div className="dock-bar" role="group" aria-label={t('trips.tabs')}>
          {tabs.map((tab) => (
            <button key={tab} type="button" className="dock-tab" aria-pressed={panel === tab} onClick={() => open(tab)}>
              {t(`trips.tab_${tab}`)}
              {count[tab] !== undefined && (
                <span className="tab-count num" data-any={count[tab]! > 0 || undefined}>
                  {number(count[tab])}
                </span>
              )}
              {tab === 'approvals' && <kbd aria-hidden="true">A</kbd>}
            </button>
          ))}
          <span className="dock-end">
            {mayBoard && <Button look="quiet" icon="board" aria-label={t('board.title')} aria-pressed={isBoard} onPress={() => setParams({ panel: isBoard ? null : 'board', id: null })} />}
            {mayApply && (
              <Button look={panel === 'apply' ? 'plain' : 'primary'} icon="plus" aria-pressed={panel === 'apply'} onPress={() => open('apply')}>
                <span className="dock-apply">{t('trips.apply')}</span>
              </Button>
            )}
            {panel !== null && !(isPinned && params.get('panel') === null) && <Button look="quiet" icon="close" aria-label={t('action.close')} onPress={() => setParams({ panel: null, id: null, copy: null })} />}
          </span>
        </div>
        {panel !== null && (
          <div className="dock-body" data-panel={panel}>
            <h2 className="visually-hidden">{t(panel === 'apply' ? 'apply.title' : `trips.title_${panel}`)}</h2>
            {panel === 'approvals' && <InboxPanel {...common} />}
            {panel === 'dispatch' && <DispatchPanel {...common} />}
            {panel === 'mine' && <MinePanel key="mine" view="mine" mayApply={mayApply} {...common} />}
            {panel === 'trips' && <MinePanel key="all" view="all" mayApply={mayApply} {...common} />}
            {panel === 'apply' && <ApplyPanel draft={id} copied={params.get('copy')} onSay={(words) => setSaid({ words, undo: null, until: Date.now() + UNDO_MS })} />}
          </div>
        )}
      </section>
      {isBoard && <BoardPanel onSay={(words) => setSaid({ words, undo: null, until: Date.now() + UNDO_MS })} keysOn={keysOn} onClose={() => setParams({ panel: null })} />}
      <Toast said={said} onGone={gone} />
    </>
  );
}
