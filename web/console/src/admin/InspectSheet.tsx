/** Explains pasted bytes (报文解析): nothing is sent and nothing is kept. */

import { useState } from 'react';
import { post } from '../api/client';
import { language, useText } from '../i18n';
import { type Message, useTerminalOptions } from '../terminal/api';
import { messageName, MessageView } from '../terminal/MessageView';
import { Button, Pick, Sheet } from '../ui/kit';
import { useChange } from './use-change';

export function InspectSheet({ onClose }: { onClose: () => void }) {
  const t = useText();
  const change = useChange();
  const options = useTerminalOptions();
  const [protocol, setProtocol] = useState('jt808');
  const [profile, setProfile] = useState('standard');
  const [text, setText] = useState('');
  const [messages, setMessages] = useState<Message[] | null>(null);
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const answer = await change.run(() => post<{ messages: Message[] }>('/inspect', { protocol, profile, text }));
    setMessages(answer?.messages ?? null);
  }
  const profiles = (options.data?.profiles ?? []).map((one) => ({ id: one.name, text: language() === 'en' ? one.name_en : one.name_zh }));
  return (
    <Sheet title={t('inspect.title')} isOpen onClose={onClose} wide>
      <form className="form" onSubmit={submit} noValidate>
        <div className="form form-two">
          <Pick label={t('terminal.protocol')} choices={['jt808', 'gb32960', 'jt809', 'mqtt'].map((id) => ({ id, text: t(`protocol.${id}`) }))} value={protocol} onChange={setProtocol} />
          {protocol === 'jt808' && <Pick label={t('terminal.profile')} choices={profiles} value={profile} onChange={setProfile} />}
        </div>
        <label className="field" data-invalid={change.error ? true : undefined}>
          <span>{t(protocol === 'mqtt' ? 'inspect.payload' : 'inspect.hex')}</span>
          <textarea className="input mono inspect-text" rows={4} spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />
        </label>
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.close')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || text.trim() === ''}>
            {t('inspect.do')}
          </Button>
        </footer>
      </form>
      {messages?.length === 0 && <p className="notice">{t('inspect.nothing')}</p>}
      <div className="inspected">
        {messages?.map((message, index) => (
          <section key={index} className="frame">
            <h3 className="drawer-title">
              <span className="mono">{message.name}</span> {messageName(t, message.name)}
            </h3>
            <MessageView message={message} />
          </section>
        ))}
      </div>
    </Sheet>
  );
}
