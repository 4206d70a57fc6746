/** The dispatch sheet on A4 (派车单): its nineteen items, printed in the fonts of the machine. */

import '../styles/sheet.css';
import { ApiError } from '../api/client';
import { followLink } from '../app/route';
import { language, useText } from '../i18n';
import { dateTime } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { useOrder, useRequest } from './api';
import { sheetItems } from './sheet';

/** Items that want the whole width. */
const WIDE = ['passengers', 'purpose', 'way', 'approval', 'signatures'];

export default function OrderSheet({ id }: { id: string }) {
  const t = useText();
  const order = useOrder(id);
  const request = useRequest(order.data?.request_id ?? null);
  if (!order.data) {
    return (
      <main id="main" tabIndex={-1} className="page">
        {order.isPending ? <Skeleton rows={8} kind="row" /> : order.error instanceof ApiError && order.error.status === 404 ? <Empty title={t('sheet.none')} /> : <Failed error={order.error} retry={() => void order.refetch()} />}
      </main>
    );
  }
  const items = sheetItems(order.data, request.data);
  return (
    <main id="main" tabIndex={-1} className="page sheet-page">
      <div className="sheet-tools">
        <a className="button" href={`/?panel=trips&id=${order.data.request_id}`} onClick={followLink}>
          {t('state.back')}
        </a>
        <Button look="primary" onPress={() => window.print()}>
          {t('sheet.print')}
        </Button>
      </div>
      <article className="sheet" lang={language()}>
        <header>
          <h1>{t('sheet.title')}</h1>
          <p className="num">
            {t('sheet.number', { number: order.data.number })} · {t(`order.state_${order.data.state}`)}
            {order.data.is_emergency && ` · ${t('request.emergency')}`}
          </p>
        </header>
        <dl className="sheet-items">
          {items.map(({ name, value }, index) => (
            <div key={name} data-wide={WIDE.includes(name) || undefined} data-tall={name === 'signatures' || undefined}>
              <dt>
                <span className="num">{index + 1}</span> {t(`sheet.item_${name}`)}
              </dt>
              <dd>{name === 'signatures' ? <Signatures /> : value}</dd>
            </div>
          ))}
        </dl>
        <footer>
          <p>{t('sheet.foot', { request: order.data.request_number, at: dateTime(Date.now()) })}</p>
        </footer>
      </article>
    </main>
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
