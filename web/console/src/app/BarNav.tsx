/** Where one can go, in the bar: links side by side, or menus of links that open below their word. */

import { useEffect, useRef, useState } from 'react';
import { useText } from '../i18n';
import { Icon } from '../ui/icon';
import { inBar, layOut, leadsTo, type Destination, type Entry } from './places';
import { followLink } from './route';
import { useServices } from './services';

export function BarNav({ path }: { path: string }) {
  const t = useText();
  const { session } = useServices();
  const [open, setOpen] = useState<string | null>(null);
  const nav = useRef<HTMLElement>(null);
  useEffect(() => setOpen(null), [path]);
  useEffect(() => {
    if (open === null) return;
    const beside = (event: PointerEvent) => !nav.current?.contains(event.target as Node) && setOpen(null);
    document.addEventListener('pointerdown', beside);
    return () => document.removeEventListener('pointerdown', beside);
  }, [open]);

  const link = (place: Destination) => (
    <a key={place.path} href={place.path} onClick={followLink} aria-current={leadsTo(place, path) ? 'page' : undefined}>
      <Icon name={place.icon} size={16} />
      <span>{t(place.text)}</span>
    </a>
  );
  return (
    <nav
      className="bar-nav"
      aria-label={t('nav.main')}
      ref={nav}
      onBlur={(event) => event.relatedTarget && !event.currentTarget.contains(event.relatedTarget) && setOpen(null)}
    >
      {layOut(inBar(session.permissions)).map((entry) =>
        entry.places.length === 1 ? (
          link(entry.places[0]!)
        ) : (
          <Group key={entry.text} entry={entry} path={path} isOpen={open === entry.text} onOpen={(isOpen) => setOpen(isOpen ? entry.text : null)}>
            {entry.places.map(link)}
          </Group>
        ),
      )}
    </nav>
  );
}

interface GroupProps {
  entry: Entry;
  path: string;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  children: React.ReactNode;
}

/** A word that shows and hides its places. They are plain links, so that each can be opened beside or kept. */
function Group({ entry, path, isOpen, onOpen, children }: GroupProps) {
  const t = useText();
  const word = useRef<HTMLButtonElement>(null);
  const isHere = entry.places.some((place) => leadsTo(place, path));
  return (
    <div
      className="bar-group"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        event.stopPropagation();
        onOpen(false);
        word.current?.focus();
      }}
    >
      <button ref={word} type="button" aria-expanded={isOpen} data-here={isHere || undefined} onClick={() => onOpen(!isOpen)}>
        <Icon name={entry.icon} size={16} />
        <span>{t(entry.text)}</span>
        <Icon name="down" size={12} />
      </button>
      <div className="bar-places" hidden={!isOpen}>
        {children}
      </div>
    </div>
  );
}
