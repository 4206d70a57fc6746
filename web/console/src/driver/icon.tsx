/** Line icons of the terminal on a 20-unit grid; a file of its own, so that the map does not carry them. */

const PATHS = {
  left: 'M12 5.500 7.500 10l4.500 4.500',
  warn: 'M10 3 2.500 16.500h15ZM10 8v4M10 14.200v.01',
  check: 'm4 10.500 4 4 8-9',
  close: 'm5 5 10 10M15 5 5 15',
  phone: 'M5.500 3h3l1 4-2 1.500a9 9 0 0 0 4 4l1.500-2 4 1v3c0 .8-.7 1.500-1.500 1.500A12.500 12.500 0 0 1 4 4.500C4 3.700 4.700 3 5.500 3Z',
  camera: 'M3 6.500h3l1.500-2h5l1.500 2h3v9.500H3ZM10 8.500a2.800 2.800 0 1 0 0 5.600 2.800 2.800 0 0 0 0-5.600Z',
  car: 'M3 13.500v-3l2-5h10l2 5v3ZM3 10.500h14M5 13.500v2.500M15 13.500v2.500M6 12h.01M14 12h.01',
  flag: 'M5 17.500V3M5 3.500h10l-2.500 3.500 2.500 3.500H5',
  pause: 'M6.500 4v12M13.500 4v12',
  play: 'M6 4v12l10-6Z',
  money: 'M4 3h12v14l-2-1.500-2 1.500-2-1.500-2 1.500-2-1.500L4 17ZM7.500 7h5M7.500 10h5',
  list: 'M4 5h12M4 10h12M4 15h12',
  user: 'M10 3.200a3.300 3.300 0 1 0 0 6.600 3.300 3.300 0 0 0 0-6.600ZM3.500 17c.6-3.400 3.200-5 6.500-5s5.900 1.600 6.500 5',
  book: 'M5 3h10v14H5ZM7.500 6.500h5M7.500 9.500h5M7.500 12.500h3',
  sun: 'M10 6.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7ZM10 1.800v1.700M10 16.500v1.700M1.800 10h1.700M16.500 10h1.700',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 24 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill="none" stroke="currentColor" strokeWidth={1.6} strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
