/** What lies on the dispatch sheet (派车单票面): nineteen items, each with its number, its name, and its value or a line to write on. */

import { language, useText } from '../i18n';
import { dateTime } from '../ui/format';
import { sheetItems } from './sheet';
import type { Order, TripRequest } from './types';

/** Items that want the whole width. */
const WIDE = ['passengers', 'purpose', 'way', 'approval', 'signatures'];

interface PaperProps {
  order: Order;
  request: TripRequest | undefined;
  /** What was paid on the way, in fen. */
  paid: number | undefined;
}

export function Paper({ order, request, paid }: PaperProps) {
  const t = useText();
  return (
    <article className="sheet" lang={language()}>
      <header>
        <h1>{t('sheet.title')}</h1>
        <p className="num">
          {t('sheet.number', { number: order.number })} · {t(`order.state_${order.state}`)}
          {order.is_emergency && ` · ${t('request.emergency')}`}
        </p>
      </header>
      <dl className="sheet-items">
        {sheetItems(order, request, paid).map(({ name, value }, index) => (
          <div key={name} data-wide={WIDE.includes(name) || undefined} data-tall={name === 'signatures' || undefined}>
            <dt>
              <span className="num">{index + 1}</span> {t(`sheet.item_${name}`)}
            </dt>
            <dd>{name === 'signatures' ? <Signatures /> : value}</dd>
          </div>
        ))}
      </dl>
      <footer>
        <p>{t('sheet.foot', { request: order.request_number, at: dateTime(Date.now()) })}</p>
      </footer>
    </article>
  );
}

function Signatures() {
  const t = useText();
  return (
    <span className="signatures">
      {['user', 'driver', 'dispatcher'].map((who) => (
        <span key={who}>{t(`sheet.sign_${who}`)}</span>
      ))}
    </span>
  );
}
