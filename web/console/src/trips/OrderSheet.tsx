/** The dispatch sheet on A4 (派车单): its nineteen items, printed in the fonts of the machine. */

import '../styles/sheet.css';
import { ApiError } from '../api/client';
import { followLink } from '../app/route';
import { useText } from '../i18n';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { useOrder, usePaid, useRequest } from './api';
import { Paper } from './Paper';

export default function OrderSheet({ id }: { id: string }) {
  const t = useText();
  const order = useOrder(id);
  const request = useRequest(order.data?.request_id ?? null);
  const paid = usePaid(id);
  if (!order.data) {
    return (
      <main id="main" tabIndex={-1} className="page">
        {order.isPending ? <Skeleton rows={8} kind="row" /> : order.error instanceof ApiError && order.error.status === 404 ? <Empty title={t('sheet.none')} /> : <Failed error={order.error} retry={() => void order.refetch()} />}
      </main>
    );
  }
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
      <Paper order={order.data} request={request.data} paid={paid.data?.total_fen} />
    </main>
  );
}
