// Every word in English. The build takes this language alone out of the files below; see vite.config.ts.

import { en as chat } from "./words/chat";
import { en as evals } from "./words/evals";
import { en as jobs } from "./words/jobs";
import { en as library } from "./words/library";
import { en as people } from "./words/people";
import { en as reader } from "./words/reader";
import { en as settings } from "./words/settings";
import { en as shell } from "./words/shell";

export const dictionary = { chat, evals, jobs, library, people, reader, settings, shell };

export type Words = typeof dictionary;
