/** The bell (消息提醒): how much is unread, the same in every browser of the account, and the way to it. */

import { followLink } from '../app/route';
import { useText } from '../i18n';
import { Icon } from '../ui/icon';
import { useInboxCounts, useInboxNotes } from './api';

export function Bell({ isHere }: { isHere: boolean }) {
  const t = useText();
  const counts = useInboxCounts();
  useInboxNotes();
  const unread = counts.data?.unread ?? 0;
  return (
    <a
      className="button button-quiet button-icon bell"
      href="/messages"
      onClick={followLink}
      aria-current={isHere ? 'page' : undefined}
      aria-label={unread > 0 ? t('nav.messages_unread', { n: unread }) : t('nav.messages')}
      data-emergency={(counts.data?.emergency ?? 0) > 0 || undefined}
    >
      <Icon name="bell" size={16} />
      {unread > 0 && (
        <span className="bell-count num" aria-hidden="true">
          {unread > 99 ? '99+' : unread}
        </span>
      )}
    </a>
  );
}
