// Icons as lines; no font and no emoji is needed.

const PATHS = {
  add: "M12 5v14M5 12h14",
  archive: "M4 5h16v4H4zM5.500 9v10h13V9M10 13h4",
  back: "M15 5l-7 7 7 7",
  chat: "M4 5h16v11H9l-5 4z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M8 8h11v12H8zM5 16V4h11",
  down: "M12 4v16M5 13l7 7 7-7",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  edit: "M4 20l1-4L16 5l3 3L8 19z",
  filter: "M4 5h16l-6.500 7.500V18l-3 2v-7.500z",
  forward: "M9 5l7 7-7 7",
  help: "M9 9a3 3 0 1 1 4 2.8c-.7.4-1 .9-1 1.7M12 17.5v.01",
  jobs: "M4 6h16M4 12h10M4 18h7",
  library: "M5 4h4v16H5zM10 4h4v16h-4zM15.5 5l3.5-1 2 15-3.5 1z",
  measure: "M4 20V10M10 20V4M16 20v-7M21 20H3",
  menu: "M4 7h16M4 12h16M4 17h16",
  minus: "M5 12h14",
  moon: "M20 14a8 8 0 1 1-9-10 6.5 6.5 0 0 0 9 10z",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M16 4.5a3.3 3.3 0 0 1 0 6.2M18 14.5c2 .8 3.2 2.600 3.500 5.500",
  pin: "M9 4h6l-1 6 3 3H7l3-3zM12 13v7",
  remove: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  retry: "M19 12a7 7 0 1 1-2-5M19 3v5h-5",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5",
  send: "M12 20V5M6 11l6-6 6 6",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.500v5M9 14.500v5",
  stop: "M7 7h10v10H7z",
  thumbDown: "M8 4h9l3 8v2h-6l1 6h-2l-5-7zM4 4h4v9H4z",
  thumbUp: "M8 20h9l3-8v-2h-6l1-6h-2l-5 7zM4 20h4v-9H4z",
  turn: "M5 12a7 7 0 1 0 2-5M5 3v5h5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}
