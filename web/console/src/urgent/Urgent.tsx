/** Emergencies over every screen (紧急提醒): the most urgent one pinned until it is read, heard once, and silent for who wants that. */

import '../styles/urgent.css';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { get } from '../api/client';
import type { InboxMessage, InboxPage } from '../api/types';
import { useKeys } from '../app/keys';
import { followLink, go } from '../app/route';
import { language, useText } from '../i18n';
import { useInboxCounts, useInboxMarks } from '../messages/api';
import { hourMinute } from '../ui/format';
import { Icon } from '../ui/icon';
import { Button } from '../ui/kit';
import { sayError } from '../ui/states';
import { heard, ring, setHeard, setSound, useSound, whenTouched } from './sound';
import { isCall, newest, toneOf, urgentOf } from './urgent';

const PAGE = 50;
/** A call for help that lies beneath more unread messages than these pages hold is still counted by the bell. */
const MOST_PAGES = 6;

/** The unread messages, as far down as calls for help lie among them. */
async function unread(calls: number, signal: AbortSignal): Promise<InboxMessage[]> {
  const items: InboxMessage[] = [];
  let after = '';
  for (let page = 0; page < MOST_PAGES; page++) {
    const next = await get<InboxPage>('/messages', { view: 'unread', after, limit: PAGE }, signal);
    items.push(...next.items);
    if (!next.next || items.filter(isCall).length >= calls) break;
    after = next.next;
  }
  return items;
}

function useUrgent(): InboxMessage[] {
  const counts = useInboxCounts().data;
  const calls = counts?.emergency ?? 0;
  const isAny = (counts?.unread ?? 0) > 0;
  const list = useQuery({ queryKey: ['messages', 'urgent', language(), calls], enabled: isAny, queryFn: ({ signal }) => unread(calls, signal), placeholderData: (known) => known });
  return isAny ? urgentOf(list.data ?? [], Date.now()) : [];
}

/** Rings once for what is new, in one window of the browser. */
function useRing(urgent: InboxMessage[], isOn: boolean): void {
  const last = newest(urgent, '');
  useEffect(() => {
    if (toneOf(urgent, heard()) === null) return undefined;
    // What came while it was silent is not made up for.
    if (!isOn) return setHeard(newest(urgent, heard()));
    return whenTouched(() => {
      // Another window may have rung for it meanwhile.
      const tone = toneOf(urgent, heard());
      if (tone === null) return;
      setHeard(newest(urgent, heard()));
      ring(tone);
    });
    // What is told changes with its newest message alone.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [last, isOn]);
}

export default function Urgent() {
  const t = useText();
  const urgent = useUrgent();
  const isOn = useSound();
  const { mark } = useInboxMarks();
  useRing(urgent, isOn);
  const [first, ...rest] = urgent;
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const read = async (id: string) => {
    setBusy(true);
    setFailure(null);
    await mark(id, 'read').catch(setFailure);
    setBusy(false);
  };
  const car = first?.subject?.kind === 'vehicle' ? `/?v=${first.subject.id}` : null;
  useKeys({ u: () => (car === null ? false : go(car)) }, car !== null);
  if (!first) return null;
  return (
    <section className={`urgent urgent-${isCall(first) ? 'help' : 'alarm'}`} aria-label={t('urgent.title')}>
      <Icon name="warn" size={20} />
      <div className="urgent-words" role="alert">
        <p className="urgent-head">
          <strong>{first.title}</strong>
          <span className="num urgent-more">
            {hourMinute(first.created_at)}
            {rest.length > 0 && (
              <>
                {' · '}
                <a href="/messages" onClick={followLink}>
                  {t('urgent.more', { n: rest.length })}
                </a>
              </>
            )}
          </span>
        </p>
        <p className="urgent-text">{failure === null ? first.text : sayError(failure)}</p>
      </div>
      <div className="urgent-steps">
        {car && (
          <a className="button" href={car} onClick={followLink}>
            {t('urgent.open')}
          </a>
        )}
        <Button isDisabled={busy} onPress={() => void read(first.id)}>
          {t('urgent.read')}
        </Button>
        <Button aria-pressed={!isOn} onPress={() => setSound(!isOn)}>
          {t(isOn ? 'urgent.sound_off' : 'urgent.sound_on')}
        </Button>
      </div>
    </section>
  );
}
