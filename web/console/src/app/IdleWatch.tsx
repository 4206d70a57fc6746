/** Signs out when nobody is there (超时退出), and asks for a minute before it does. */

import { useEffect, useState } from 'react';
import { get, setCsrfToken } from '../api/client';
import type { Session } from '../api/types';
import { useText } from '../i18n';
import { Button, Sheet } from '../ui/kit';
import { askForAnswer, secondsLeft, touch, WARN_SECONDS } from './idle';

export function IdleWatch({ limit, onIdle }: { limit: number; onIdle: () => void }) {
  const t = useText();
  const [left, setLeft] = useState(Infinity);
  useEffect(() => {
    const timer = setInterval(() => {
      const now = secondsLeft(limit);
      if (now <= WARN_SECONDS) askForAnswer();
      setLeft(now > WARN_SECONDS ? Infinity : now);
      if (now <= 0) onIdle();
    }, 1000);
    return () => clearInterval(timer);
  }, [limit, onIdle]);

  const stay = () => {
    touch();
    setLeft(Infinity);
    // The server is told at once, not with the page's next question.
    void get<Session>('/session').then((session) => setCsrfToken(session.csrf_token), () => {});
  };
  return (
    <Sheet title={t('idle.title')} isOpen={left !== Infinity} onClose={stay}>
      <p role="timer">{t('idle.text', { seconds: Math.max(0, left) })}</p>
      <footer className="dialog-foot">
        <Button look="primary" onPress={stay} autoFocus>
          {t('idle.stay')}
        </Button>
      </footer>
    </Sheet>
  );
}
