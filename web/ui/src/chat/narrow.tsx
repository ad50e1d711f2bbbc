// The sheet on which a day and types are chosen.

import { useState } from "preact/hooks";
import { words } from "../i18n";
import { typeName, typesWith } from "../library/media";
import { Dialog } from "../ui/dialog";
import { Field } from "../ui/parts";
import { narrowing } from "./choices";
import { isOver, NOTHING, type Narrowing } from "./narrowing";
import { isChoosing } from "./narrowed";

/** Returns the day that it is where the person is. */
function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

function choose(chosen: Narrowing): void {
  narrowing.value = chosen;
  isChoosing.value = false;
}

export function NarrowSheet() {
  const w = words.value.chat;
  const [asOf, setAsOf] = useState(narrowing.value.asOf);
  const [types, setTypes] = useState(narrowing.value.types);
  const toggle = (type: string) => setTypes(types.includes(type) ? types.filter((other) => other !== type) : [...types, type]);
  const send = (event: Event) => {
    event.preventDefault();
    choose({ asOf: isOver(asOf, Date.now()) ? asOf : "", types });
  };
  return (
    <Dialog title={w.narrow} onClose={() => { isChoosing.value = false; }}>
      <form onSubmit={send}>
        <Field label={w.asOf} hint={w.asOfHint}>
          <input type="date" value={asOf} max={today()} onInput={(event) => setAsOf(event.currentTarget.value)} />
        </Field>
        <fieldset class="reasons types">
          <legend>{w.onlyTypes}</legend>
          {typesWith(types).map((type) => (
            <label key={type} class="check"><input type="checkbox" checked={types.includes(type)} onChange={() => toggle(type)} />{typeName(type)}</label>
          ))}
        </fieldset>
        <div class="actions">
          <button class="primary">{words.value.shell.done}</button>
          <button type="button" onClick={() => choose(NOTHING)}>{w.widen}</button>
        </div>
      </form>
    </Dialog>
  );
}
