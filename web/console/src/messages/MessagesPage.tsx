/** The message centre (消息中心): unread, all, pinned and history; read, pinned, opened where it happened. */

import '../styles/admin.css';
import '../styles/messages.css';
import { useState } from 'react';
import type { InboxMessage } from '../api/types';
import { go } from '../app/route';
import { useText } from '../i18n';
import { dateTime, number } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, sayError, Skeleton } from '../ui/states';
import { setSound, useSound } from '../urgent/sound';
import { type Mark, useInbox, useInboxCounts, useInboxMarks, type View, VIEWS } from './api';
import { PreferencesSheet } from './PreferencesSheet';

/** Requests that wait for the reader are opened where they are decided. */
const PANELS: Record<string, string> = { trip_awaits_approval: 'approvals', trip_awaits_dispatch: 'dispatch' };

/** Where a message leads; null where there is nothing to open. */
function target(message: InboxMessage): string | null {
  switch (message.subject?.kind) {
    case 'vehicle':
      return message.kind === 'car_kept' ? `/defects?v=${message.subject.id}` : `/?v=${message.subject.id}`;
    case 'terminal':
      return `/admin/terminals?terminal=${message.subject.id}`;
    case 'trip_request':
      return `/?panel=${PANELS[message.kind] ?? 'mine'}&id=${message.subject.id}`;
    case 'dispatch_order':
      return `/print/order/${message.subject.id}`;
    case 'finding':
      return `/findings?finding=${message.subject.id}`;
    case 'allowance':
      return `/allowances?account=${message.subject.id}`;
    case 'driver':
      return `/drivers?driver=${message.subject.id}`;
    case 'trip_plan':
      return message.kind === 'plan_trip_missed' ? '/plans?view=days' : '/plans';
    case 'accident':
      return `/accidents?id=${message.subject.id}`;
    case 'rollout':
      return '/admin/firmware';
    default:
      return null;
  }
}

export default function MessagesPage() {
  const t = useText();
  const [view, setView] = useState<View>('unread');
  const [isSetting, setSetting] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const sounds = useSound();
  const counts = useInboxCounts();
  const inbox = useInbox(view);
  const marks = useInboxMarks();
  const items = inbox.data?.pages.flatMap((page) => page.items) ?? [];
  const count = (name: View) =>
    counts.data && { unread: counts.data.unread, all: counts.data.all, pinned: counts.data.pinned, read: counts.data.all - counts.data.unread }[name];

  const run = (change: Promise<unknown>) => {
    setFailure(null);
    change.catch(setFailure);
  };
  const open = (message: InboxMessage, where: string) => {
    if (!message.read_at) run(marks.mark(message.id, 'read'));
    go(where);
  };
  function onArrow(event: React.KeyboardEvent) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = VIEWS[(VIEWS.indexOf(view) + step + VIEWS.length) % VIEWS.length]!;
    setView(next);
    document.getElementById(`inbox-tab-${next}`)?.focus();
  }

  return (
    <main id="main" tabIndex={-1} className="page inbox">
      <header className="page-head">
        <h1>{t('inbox.title')}</h1>
        <div className="page-actions">
          <Button onPress={() => setSetting(true)}>{t('inbox.settings')}</Button>
          <Button aria-pressed={sounds} onPress={() => setSound(!sounds)}>
            {t(sounds ? 'inbox.sound_on' : 'inbox.sound_off')}
          </Button>
          <Button icon="check" isDisabled={!counts.data?.unread} onPress={() => run(marks.readAll(view === 'unread' || view === 'all' ? items[0]?.id : undefined))}>
            {t('inbox.read_all')}
          </Button>
        </div>
      </header>
      <section className="inbox-card" aria-label={t('inbox.title')}>
        <div className="inbox-tabs" role="tablist" aria-label={t('inbox.views')} onKeyDown={onArrow}>
          {VIEWS.map((name) => (
            <button
              key={name}
              id={`inbox-tab-${name}`}
              type="button"
              role="tab"
              className="inbox-tab"
              aria-selected={view === name}
              aria-controls="inbox-panel"
              tabIndex={view === name ? 0 : -1}
              onClick={() => setView(name)}
            >
              {t(`inbox.view.${name}`)} <span className="inbox-count num">{number(count(name))}</span>
            </button>
          ))}
        </div>
        <div id="inbox-panel" role="tabpanel" aria-labelledby={`inbox-tab-${view}`}>
          <div role="alert">{failure !== null && <p className="notice notice-bad">{sayError(failure)}</p>}</div>
          {inbox.isPending ? (
            <Skeleton rows={6} kind="row" />
          ) : inbox.isError && items.length === 0 ? (
            <Failed error={inbox.error} retry={() => void inbox.refetch()} />
          ) : items.length === 0 ? (
            <Empty title={t(`inbox.none.${view}`)} />
          ) : (
            <ol className="inbox-list">
              {items.map((message) => (
                <Row key={message.id} message={message} onMark={(mark) => run(marks.mark(message.id, mark))} onOpen={(where) => open(message, where)} />
              ))}
            </ol>
          )}
          {inbox.hasNextPage && (
            <div className="inbox-more">
              <Button isDisabled={inbox.isFetchingNextPage} onPress={() => void inbox.fetchNextPage()}>
                {t('inbox.more')}
              </Button>
            </div>
          )}
        </div>
      </section>
      {isSetting && <PreferencesSheet onClose={() => setSetting(false)} />}
    </main>
  );
}

interface RowProps {
  message: InboxMessage;
  onMark: (mark: Mark) => void;
  onOpen: (where: string) => void;
}

function Row({ message, onMark, onOpen }: RowProps) {
  const t = useText();
  const where = target(message);
  return (
    <li className="inbox-row" data-unread={message.read_at === null} data-severity={message.severity}>
      <div className="inbox-words">
        <h2>
          <span className="inbox-severity">{t(`inbox.severity.${message.severity}`)}</span>
          {message.title}
          {message.read_at === null && <span className="visually-hidden"> · {t('inbox.is_unread')}</span>}
        </h2>
        <p>{message.text}</p>
        <time className="muted num" dateTime={message.created_at}>
          {dateTime(message.created_at)}
        </time>
      </div>
      <div className="inbox-actions">
        {where && (
          <Button look="quiet" onPress={() => onOpen(where)} aria-label={`${t(`inbox.open.${message.subject!.kind}`)}: ${message.title}`}>
            {t(`inbox.open.${message.subject!.kind}`)}
          </Button>
        )}
        <Button
          look="quiet"
          icon="pin"
          aria-pressed={message.pinned_at !== null}
          aria-label={`${t(message.pinned_at ? 'inbox.unpin' : 'inbox.pin')}: ${message.title}`}
          onPress={() => onMark(message.pinned_at ? 'unpin' : 'pin')}
        />
        <Button look="quiet" onPress={() => onMark(message.read_at ? 'unread' : 'read')} aria-label={`${t(message.read_at ? 'inbox.mark_unread' : 'inbox.mark_read')}: ${message.title}`}>
          {t(message.read_at ? 'inbox.mark_unread' : 'inbox.mark_read')}
        </Button>
      </div>
    </li>
  );
}
