// The reader, fetched after the first view: before that there is nothing to read.

import { lazy } from "../app/lazy";
import "./reader.css";

export const Reader = lazy(() => import("./reader").then((module) => module.Reader), (state) => <aside class="reader">{state}</aside>);
