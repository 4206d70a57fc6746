/** The inspector (报文): the last frames of a terminal, live while this is open, each taken apart field by field. */

import { useState } from 'react';
import { errorText, useText } from '../i18n';
import { clock } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Frame, type TerminalDetail, useFrames } from './api';
import { MessageView, messageName } from './MessageView';

export function Frames({ detail }: { detail: TerminalDetail }) {
  const t = useText();
  const [live, setLive] = useState(true);
  const [open, setOpen] = useState<number | null>(null);
  const frames = useFrames(detail.id, live);
  const items = frames.data?.items ?? [];
  return (
    <>
      <div className="frames-tools">
        <span className="muted" role="status">
          {t(live ? 'frames.live' : 'frames.held', { n: items.length })}
        </span>
        <Button icon={live ? 'pause' : 'play'} onPress={() => setLive((on) => !on)}>
          {t(live ? 'frames.hold' : 'frames.go_on')}
        </Button>
      </div>
      {frames.isPending ? (
        <Skeleton rows={6} kind="row" />
      ) : frames.isError && !frames.data ? (
        <Failed error={frames.error} retry={() => void frames.refetch()} />
      ) : items.length === 0 ? (
        <Empty title={t('frames.none')}>
          <p>{t(detail.online ? 'frames.none_online' : 'frames.none_away')}</p>
        </Empty>
      ) : (
        <ol className="frames">
          {items.map((frame) => (
            <FrameRow key={frame.id} frame={frame} isOpen={open === frame.id} onToggle={() => setOpen(open === frame.id ? null : frame.id)} />
          ))}
        </ol>
      )}
    </>
  );
}

function FrameRow({ frame, isOpen, onToggle }: { frame: Frame; isOpen: boolean; onToggle: () => void }) {
  const t = useText();
  const error = frame.error ?? frame.messages.find((message) => message.error)?.error ?? null;
  const first = frame.messages[0];
  return (
    <li className={`frame frame-${frame.direction}`}>
      <button type="button" className="frame-head" aria-expanded={isOpen} onClick={onToggle}>
        <span className="frame-way" aria-hidden="true">
          {frame.direction === 'up' ? '↑' : '↓'}
        </span>
        <span className="visually-hidden">{t(`frames.${frame.direction}`)}</span>
        <span className="num">{clock(frame.at)}</span>
        <span className="mono">{first?.name || frame.channel}</span>
        <span className="frame-name">{first?.name ? messageName(t, first.name) : ''}</span>
        {error ? <span className="frame-error">{errorText(error, error)}</span> : <span className="num muted">{t('frames.bytes', { n: frame.bytes })}</span>}
      </button>
      {isOpen && frame.messages.map((message, index) => <MessageView key={index} message={message} />)}
    </li>
  );
}
