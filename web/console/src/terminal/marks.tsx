/** How a terminal and a command stand, by word, colour and shape. */

import { useText } from '../i18n';
import type { Terminal } from './api';

/** Connected or not: a filled dot and a ring, and the word. */
export function OnlineMark({ terminal }: { terminal: Terminal }) {
  const t = useText();
  const how = terminal.online ? 'online' : terminal.link ? 'away' : 'never';
  return (
    <span className={`online online-${how}`}>
      <span className="online-dot" aria-hidden="true" />
      {t(`terminal.${how}`)}
    </span>
  );
}

export function StateMark({ state }: { state: string }) {
  const t = useText();
  return <span className={`state state-${state}`}>{t(`terminal.state_${state}`)}</span>;
}

export function CommandMark({ state }: { state: string }) {
  const t = useText();
  return <span className={`state command-${state}`}>{t(`command.state_${state}`)}</span>;
}
