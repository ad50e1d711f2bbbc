// Settings: the caller's own for everybody, the server's for admins.

import { isAdmin, session } from "../api/session";
import { words } from "../i18n";
import { Account } from "../people/account";
import { href, route } from "../router/route";
import { AreaHead, Tabs } from "../ui/parts";
import { Integrations } from "./integrations";
import { Models } from "./models";
import { System } from "./system";
import { Values } from "./values";
import "./settings.css";

const parts = { account: Account, values: Values, models: Models, integrations: Integrations, system: System };
type Part = keyof typeof parts;

/** The parts that the caller has any use for. */
function shown(): Part[] {
  const account: Part[] = session.value?.person ? ["account"] : [];
  const server: Part[] = isAdmin.value ? ["values", "models"] : [];
  return [...account, ...server, "integrations", ...(isAdmin.value ? ["system" as const] : [])];
}

export function SettingsArea() {
  const w = words.value.settings;
  const known = shown();
  const wanted = route.value.parts[0] as Part | undefined;
  const chosen = wanted && known.includes(wanted) ? wanted : known[0]!;
  const Part = parts[chosen];
  return (
    <div class="area">
      <AreaHead title={w.title} />
      <Tabs label={w.title} items={known.map((key) => ({ key, title: w[key], href: href("settings", [key]) }))} current={chosen} />
      <Part />
    </div>
  );
}
