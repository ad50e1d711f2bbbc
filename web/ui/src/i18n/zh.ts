// Every word in Chinese; a word that is missing does not compile.

import type { Words } from "./en";
import { zh as chat } from "./words/chat";
import { zh as evals } from "./words/evals";
import { zh as jobs } from "./words/jobs";
import { zh as library } from "./words/library";
import { zh as people } from "./words/people";
import { zh as reader } from "./words/reader";
import { zh as settings } from "./words/settings";
import { zh as shell } from "./words/shell";

export const dictionary: Words = { chat, evals, jobs, library, people, reader, settings, shell };
