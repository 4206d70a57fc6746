/** What the keys do, on a sheet that opens with one of them. */

import { useText } from '../i18n';
import { Sheet } from '../ui/kit';

interface Row {
  keys: string[];
  text: string;
}

const KEY_HELP: { group: string; rows: Row[] }[] = [
  {
    group: 'keys.global',
    rows: [
      { keys: ['/'], text: 'keys.search' },
      { keys: ['1', '2', '3', '4'], text: 'keys.status' },
      { keys: ['5'], text: 'keys.all' },
      { keys: ['J', 'K'], text: 'keys.next' },
      { keys: ['['], text: 'keys.panel' },
      { keys: ['+', '−'], text: 'keys.zoom' },
      { keys: ['0'], text: 'keys.fit' },
      { keys: ['M'], text: 'keys.map' },
      { keys: ['Esc'], text: 'keys.close' },
      { keys: ['U'], text: 'keys.urgent' },
      { keys: ['E'], text: 'keys.explain' },
      { keys: ['?'], text: 'keys.help' },
    ],
  },
  {
    group: 'keys.vehicle',
    rows: [
      { keys: ['F'], text: 'keys.follow' },
      { keys: ['P'], text: 'keys.playback' },
      { keys: ['L'], text: 'keys.life' },
    ],
  },
  {
    group: 'keys.trips',
    rows: [
      { keys: ['A'], text: 'keys.approvals' },
      { keys: ['D'], text: 'keys.board' },
      { keys: ['Y', 'N'], text: 'keys.decide' },
      { keys: ['Z'], text: 'keys.undo' },
      { keys: ['1–9'], text: 'keys.car' },
      { keys: ['Enter'], text: 'keys.dispatch' },
      { keys: ['Space'], text: 'keys.reassign' },
      { keys: ['Ctrl', 'Enter'], text: 'keys.submit' },
    ],
  },
  {
    group: 'keys.playback_group',
    rows: [
      { keys: ['Space'], text: 'keys.play' },
      { keys: ['←', '→'], text: 'keys.seek' },
      { keys: ['Shift', '←', '→'], text: 'keys.event' },
      { keys: [',', '.'], text: 'keys.rate' },
    ],
  },
];

export default function KeyHelp({ onClose }: { onClose: () => void }) {
  const t = useText();
  return (
    <Sheet title={t('keys.title')} isOpen onClose={onClose} wide>
      <div className="key-groups">
        {KEY_HELP.map(({ group, rows }) => (
          <section key={group}>
            <h3>{t(group)}</h3>
            <dl>
              {rows.map((row) => (
                <div key={row.text}>
                  <dt>{row.keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
                  <dd>{t(row.text)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Sheet>
  );
}
