/** Where the account is signed in (登录中的设备与程序), and the way to end it. */

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { remove } from '../api/client';
import type { SessionLine } from '../api/types';
import { useServices } from '../app/services';
import { useChange } from '../admin/use-change';
import { useText } from '../i18n';
import { dateTime, NONE } from '../ui/format';
import { Button, Sheet } from '../ui/kit';
import { Failed, Skeleton } from '../ui/states';
import { useSessions } from './queries';

export function SessionsTable() {
  const t = useText();
  const queries = useQueryClient();
  const { signOut } = useServices();
  const sessions = useSessions();
  const change = useChange();
  const [asks, setAsks] = useState(false);
  const items = sessions.data?.items ?? [];
  const again = () => void queries.invalidateQueries({ queryKey: ['sessions'] });

  async function end(session: SessionLine) {
    if (session.is_this) return signOut();
    await change.run(() => remove(`/sessions/${encodeURIComponent(session.id)}`));
    again();
  }
  async function endOthers() {
    await change.run(() => remove('/sessions'));
    setAsks(false);
    again();
  }

  return (
    <section className="table-card" aria-labelledby="security-sessions">
      <div className="table-tools">
        <h2 id="security-sessions">{t('security.sessions')}</h2>
        <Button onPress={() => setAsks(true)} isDisabled={items.every((session) => session.is_this)}>
          {t('security.end_others')}
        </Button>
      </div>
      <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
      {sessions.isPending ? (
        <Skeleton rows={3} kind="row" />
      ) : sessions.isError ? (
        <Failed error={sessions.error} retry={() => void sessions.refetch()} />
      ) : (
        <div className="table-scroll" tabIndex={0} role="group" aria-labelledby="security-sessions">
          <table>
            <thead>
              <tr>
                <th scope="col">{t('security.session_what')}</th>
                <th scope="col">{t('security.session_peer')}</th>
                <th scope="col">{t('security.session_since')}</th>
                <th scope="col">{t('security.session_seen')}</th>
                <th scope="col">{t('devices.actions')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((session) => (
                <Row key={session.id} session={session} onEnd={() => void end(session)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {asks && (
        <Sheet title={t('security.end_others_title')} isOpen onClose={() => setAsks(false)}>
          <p>{t('security.end_others_text')}</p>
          <footer className="dialog-foot">
            <Button onPress={() => setAsks(false)}>{t('action.cancel')}</Button>
            <Button look="primary" onPress={() => void endOthers()} isDisabled={change.busy}>
              {t('security.end_others')}
            </Button>
          </footer>
        </Sheet>
      )}
    </section>
  );
}

function Row({ session, onEnd }: { session: SessionLine; onEnd: () => void }) {
  const t = useText();
  const { browser, system } = agent(session.user_agent);
  const what = session.kind === 'program' ? session.name : browser ? t('security.session_device', { browser, system }) : t('security.session_unknown');
  return (
    <tr data-session={session.id}>
      <th scope="row" title={session.user_agent || undefined}>
        {what}
        {session.is_this && <span className="tag">{t('security.session_this')}</span>}
        {session.kind === 'program' && <span className="tag">{t('security.session_program')}</span>}
      </th>
      <td className="num">{session.peer || NONE}</td>
      <td className="num">{dateTime(session.created_at)}</td>
      <td className="num">{dateTime(session.last_seen_at)}</td>
      <td>
        <Button look="quiet" onPress={onEnd} aria-label={t('security.session_end_name', { name: what })}>
          {t(session.is_this ? 'security.session_end_this' : session.kind === 'program' ? 'security.session_revoke' : 'security.session_end')}
        </Button>
      </td>
    </tr>
  );
}

/** The first that fits; browsers name their ancestors behind themselves. */
const BROWSERS: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/MicroMessenger\//, 'WeChat'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/HarmonyOS|OpenHarmony/, 'HarmonyOS'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];

export function agent(text: string): { browser: string; system: string } {
  const first = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(text))?.[1] ?? '';
  return { browser: first(BROWSERS), system: first(SYSTEMS) || NONE };
}
