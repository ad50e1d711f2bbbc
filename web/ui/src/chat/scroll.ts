// Keeps the end in view while an answer grows, and never fights who scrolls.

import type { RefObject } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

/** How far from the end still counts as the end. */
const NEAR = 32;

/** Follows the end of a box as its content grows, until a person scrolls up. */
export function useEnd(content: RefObject<HTMLElement | null>, key: string): { isAway: boolean; toEnd: () => void } {
  const [isAway, setAway] = useState(false);
  const follows = useRef(true);
  const written = useRef(0);

  const toEnd = useCallback(() => {
    const box = document.getElementById("main");
    if (!box) return;
    follows.current = true;
    setAway(false);
    box.scrollTop = box.scrollHeight;
    written.current = box.scrollTop;
  }, []);

  useEffect(() => {
    const box = document.getElementById("main");
    if (!box || !content.current) return undefined;
    // Content only grows, so a place above the one that was written last is a person's.
    const onScroll = () => {
      const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
      if (isAtEnd) follows.current = true;
      else if (box.scrollTop < written.current - 1) follows.current = false;
      setAway(!isAtEnd && !follows.current);
    };
    const onGrow = () => {
      if (follows.current) toEnd();
    };
    const observer = new ResizeObserver(onGrow);
    observer.observe(content.current);
    box.addEventListener("scroll", onScroll, { passive: true });
    toEnd();
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", onScroll);
    };
  }, [content, key, toEnd]);

  return { isAway, toEnd };
}
