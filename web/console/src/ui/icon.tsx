/** Line icons on a 20-unit grid, drawn here: no icon font, no package. */

const PATHS = {
  search: 'M9 3.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11Zm4 9.500 4 4',
  close: 'm5 5 10 10M15 5 5 15',
  follow: 'M10 6.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7ZM10 1.500v3M10 15.500v3M1.500 10h3M15.500 10h3',
  replay: 'M3.500 10a6.500 6.500 0 1 0 2-4.700M3 3v3.500h3.500M8.500 7.500v5l4-2.500Z',
  play: 'M6 4v12l10-6Z',
  pause: 'M6.500 4v12M13.500 4v12',
  download: 'M10 3v9M6.500 8.500 10 12l3.500-3.500M3.500 16.500h13',
  sun: 'M10 6.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7ZM10 1.800v1.700M10 16.500v1.700M1.800 10h1.700M16.500 10h1.700M4.200 4.200l1.200 1.200M14.600 14.600l1.200 1.200M4.200 15.800l1.200-1.200M14.600 5.400l1.200-1.200',
  moon: 'M16.500 11.500A7 7 0 0 1 8.500 3.500a7 7 0 1 0 8 8Z',
  user: 'M10 3.200a3.300 3.300 0 1 0 0 6.600 3.300 3.300 0 0 0 0-6.600ZM3.500 17c.6-3.400 3.200-5 6.500-5s5.900 1.600 6.500 5',
  flow: 'M3 7.500h4v5H3ZM13 7.500h4v5h-4ZM7 10h6M10.500 7.500 13 10l-2.500 2.500',
  board: 'M3 4.500h7M6 8.200h9M4 11.800h6M9 15.500h8M3 2.500v15',
  keys: 'M2.500 5.500h15v9h-15ZM5.500 8.500h.01M8.500 8.500h.01M11.500 8.500h.01M14.500 8.500h.01M6.500 11.700h7',
  panel: 'M3 4h14v12H3ZM8 4v12',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  fit: 'M3.500 7.500v-4h4M12.500 3.500h4v4M16.500 12.500v4h-4M7.500 16.500h-4v-4',
  down: 'm5.500 8 4.500 4.500L14.500 8',
  left: 'M12 5.500 7.500 10l4.500 4.500',
  right: 'M8 5.500 12.500 10 8 14.500',
  copy: 'M7 7h9.500v9.500H7ZM13 7V3.500H3.500V13H7',
  check: 'm4 10.500 4 4 8-9',
  chip: 'M6 6h8v8H6ZM8 2.500V6M12 2.500V6M8 14v3.500M12 14v3.500M2.500 8H6M2.500 12H6M14 8h3.500M14 12h3.500',
  link: 'M8.500 11.500l3-3M9.500 6.500 12 4a2.800 2.800 0 0 1 4 4l-2.500 2.500M10.500 13.500 8 16a2.800 2.800 0 0 1-4-4l2.500-2.500',
  book: 'M4 4.500A1.500 1.500 0 0 1 5.500 3H16v11.500H5.500A1.500 1.500 0 0 0 4 16ZM4 16a1.500 1.500 0 0 0 1.500 1.500H16M7.500 6.500h5M7.500 9.500h5',
  log: 'M5 3h10v14H5ZM7.500 6.500h5M7.500 9.500h5M7.500 12.500h3',
  warn: 'M10 3 2.500 16.500h15ZM10 8v4M10 14.200v.01',
  bell: 'M10 2.500v1.200M5 14V9a5 5 0 0 1 10 0v5l1.500 1.500h-13ZM8.300 17.500h3.400',
  pin: 'M7 3h6M8 3v5l-2.500 3h9L12 8V3M10 11v6',
  tree: 'M10 3v4M4.500 17v-3.500h11V17M10 7v6.500M7.500 3h5v4h-5ZM2.500 17h4M13.500 17h4M8 17h4M10 13.500V17',
  map: 'M3 5.500 7.500 3.500l5 2 4.500-2v11l-4.500 2-5-2L3 16.500ZM7.500 3.500v11M12.500 5.500v11',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  const filled = name === 'play';
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill={filled ? 'currentColor' : 'none'}
        stroke="currentColor"
        strokeWidth={1.6}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
