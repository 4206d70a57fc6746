/** One message taken apart: the bytes, the fields, and which belong to which. */

import { useState } from 'react';
import { errorText, language, useText } from '../i18n';
import type { FieldOf, Message } from './api';

type Text = ReturnType<typeof useText>;

/** The name of a message by its number or word; the number itself where it is a maker's own. */
export function messageName(t: Text, name: string): string {
  return t(`message.${name.toLowerCase()}`, { defaultValue: '' });
}

export function MessageView({ message }: { message: Message }) {
  const t = useText();
  const [lit, setLit] = useState<FieldOf | null>(null);
  const detail = (message.decoded?.error as { detail?: string } | undefined)?.detail;
  return (
    <div className="message">
      {message.error && (
        <p className="notice notice-bad">
          {errorText(message.error, message.error)}
          {detail && <span className="mono"> {detail}</span>}
        </p>
      )}
      {message.text !== null && <pre className="message-text mono">{message.text}</pre>}
      {message.hex && <Hex hex={message.hex} lit={lit} />}
      {message.fields.length > 0 && (
        <div className="message-fields" role="group" aria-label={t('frames.fields')} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {message.hex && <th scope="col">{t('frames.bytes_at')}</th>}
                <th scope="col">{t('frames.field')}</th>
                <th scope="col">{t('frames.value')}</th>
              </tr>
            </thead>
            <tbody>
              {message.fields.map((field, index) => (
                <tr key={index} className={lit === field ? 'lit' : undefined} onMouseEnter={() => setLit(field)} onMouseLeave={() => setLit(null)} onClick={() => setLit(lit === field ? null : field)}>
                  {message.hex && <td className="num muted">{field.length > 1 ? `${field.offset}–${field.offset + field.length - 1}` : field.offset}</td>}
                  <th scope="row">
                    {language() === 'en' ? field.name_en : field.name_zh}
                    {language() !== 'en' && field.name_zh !== field.name_en && message.hex && <span className="muted field-en"> {field.name_en}</span>}
                  </th>
                  <td className="field-value">{field.value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

/** The bytes in pairs; those of the field that is pointed at stand out. */
function Hex({ hex, lit }: { hex: string; lit: FieldOf | null }) {
  const t = useText();
  const pairs = hex.match(/../g) ?? [];
  const from = lit ? lit.offset : -1;
  const to = lit ? lit.offset + lit.length : -1;
  const part = (begin: number, end: number) => pairs.slice(begin, end).join(' ');
  return (
    <code className="hex mono" aria-label={t('frames.hex')} tabIndex={0}>
      {lit && lit.length > 0 ? (
        <>
          {part(0, from)} <mark>{part(from, to)}</mark> {part(to, pairs.length)}
        </>
      ) : (
        pairs.join(' ')
      )}
    </code>
  );
}
