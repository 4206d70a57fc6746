/** How one is told outside the console (通知设置): language, addresses, quiet hours, and the ways of each kind of message. */

import { useState } from 'react';
import { post } from '../api/client';
import type { NotifyPreference } from '../api/types';
import { useChange } from '../admin/use-change';
import { useText } from '../i18n';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { Failed, Skeleton } from '../ui/states';
import { useInboxMarks, useNotifyPreference } from './api';

const WAYS = ['sms', 'email'] as const;

export function PreferencesSheet({ onClose }: { onClose: () => void }) {
  const t = useText();
  const preference = useNotifyPreference();
  return (
    <Sheet title={t('inbox.settings')} isOpen onClose={onClose} wide>
      {preference.isPending ? (
        <Skeleton rows={8} />
      ) : preference.isError ? (
        <Failed error={preference.error} retry={() => void preference.refetch()} />
      ) : (
        <Form known={preference.data} onClose={onClose} />
      )}
    </Sheet>
  );
}

function Form({ known, onClose }: { known: NotifyPreference; onClose: () => void }) {
  const t = useText();
  const change = useChange();
  const { again } = useInboxMarks();
  const [language, setLanguage] = useState(known.language);
  const [email, setEmail] = useState(known.email ?? '');
  const [phone, setPhone] = useState(known.phone ?? '');
  const [quiet, setQuiet] = useState(known.quiet ?? '');
  const [choices, setChoices] = useState<Record<string, string[]>>(() => Object.fromEntries(known.kinds.map((line) => [line.kind, line.channels])));

  const toggle = (kind: string, way: string) =>
    setChoices((before) => {
      const chosen = before[kind] ?? [];
      return { ...before, [kind]: chosen.includes(way) ? chosen.filter((one) => one !== way) : [...chosen, way] };
    });
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (await change.run((key) => post<NotifyPreference>('/messages/preferences', { language, email, phone, quiet, choices }, key))) {
      void again();
      onClose();
    }
  }
  return (
    <form className="form" onSubmit={(event) => void submit(event)} noValidate>
      <p className="muted">{t('inbox.settings_lead')}</p>
      <div className="form form-two">
        <Field label={t('inbox.email')} type="email" value={email} onChange={setEmail} error={change.field('email')} autoComplete="email" />
        <Field label={t('inbox.phone')} type="tel" value={phone} onChange={setPhone} error={change.field('phone')} autoComplete="tel" />
        <Field label={t('inbox.quiet')} help={t('inbox.quiet_help')} placeholder="22:00-07:00" value={quiet} onChange={setQuiet} error={change.field('quiet')} autoComplete="off" />
        <Pick
          label={t('inbox.language')}
          choices={[
            { id: 'zh-CN', text: t('inbox.language_zh') },
            { id: 'en', text: t('inbox.language_en') },
          ]}
          value={language}
          onChange={setLanguage}
          error={change.field('language')}
        />
      </div>
      <div className="inbox-kinds" tabIndex={0} role="group" aria-label={t('inbox.kinds')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('inbox.kinds')}</th>
              {WAYS.map((way) => (
                <th key={way} scope="col">
                  {t(`inbox.way.${way}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {known.kinds.map((line) => (
              <tr key={line.kind}>
                <th scope="row">
                  <span className="inbox-severity" data-severity={line.severity}>
                    {t(`inbox.severity.${line.severity}`)}
                  </span>
                  {t(`inbox.kind.${line.kind}`)}
                </th>
                {WAYS.map((way) => (
                  <td key={way}>
                    <input
                      type="checkbox"
                      checked={choices[line.kind]?.includes(way) ?? false}
                      onChange={() => toggle(line.kind, way)}
                      aria-label={`${t(`inbox.kind.${line.kind}`)} · ${t(`inbox.way.${way}`)}`}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
      <footer className="dialog-foot">
        <Button onPress={onClose}>{t('action.cancel')}</Button>
        <Button look="primary" type="submit" isDisabled={change.busy}>
          {t('action.save')}
        </Button>
      </footer>
    </form>
  );
}
