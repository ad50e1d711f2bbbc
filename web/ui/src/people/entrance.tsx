export function Entrance({ isSetup }: { isSetup: boolean }) { return <p>{String(isSetup)}</p>; }
