// The shapes of the API by short names; all are generated from the program's description.

import type { components } from "./schema";

type Schemas = components["schemas"];

/** A passage that was found for a question. */
export type AnswerSource = Schemas["Source"];

export type Answer = Schemas["Answer"];
export type AnswerMode = Schemas["AnswerMode"];
export type AnswerState = Schemas["AnswerState"];
export type Block = Schemas["Block"];
export type Blocks = Schemas["DocumentBlocks"];
export type Check = Schemas["Check"];
export type Chunks = Schemas["DocumentChunks"];
export type Citation = Schemas["Citation"];
export type Collection = Schemas["Collection"];
export type Comparison = Schemas["Comparison"];
export type Conversation = Schemas["Conversation"];
export type Dataset = Schemas["Dataset"];
export type DatasetQuestion = Schemas["DatasetQuestion"];
export type Document = Schemas["Document"];
export type DocumentLink = Schemas["DocumentLink"];
export type Feedback = Schemas["Feedback"];
export type FeedbackReason = Schemas["FeedbackReason"];
export type Filter = Schemas["Filter"];
export type Grant = Schemas["Grant"];
export type Group = Schemas["Group"];
export type Job = Schemas["Job"];
export type JobItem = Schemas["JobItem"];
export type Key = Schemas["Key"];
export type KeyScope = Schemas["KeyScope"];
export type Location = Schemas["Location"];
export type Model = Schemas["Model"];
export type Passage = Schemas["Passage"];
export type Person = Schemas["Person"];
export type ProblemBody = Schemas["Problem"];
export type Role = Schemas["Role"];
export type Run = Schemas["Run"];
export type RunResult = Schemas["RunResult"];
export type SearchMode = Schemas["SearchMode"];
export type SearchResponse = Schemas["SearchResponse"];
export type Sentence = Schemas["Sentence"];
export type Session = Schemas["Session"];
export type Setting = Schemas["Setting"];
export type Settings = Schemas["Settings"];
export type Speed = Schemas["Speed"];
export type Support = Schemas["Support"];
export type TextRange = Schemas["TextRange"];
export type Turn = Schemas["Turn"];
export type Uploaded = Schemas["Uploaded"];
export type Version = Schemas["Version"];

/** Whether people sign in, and who has; a server with single sign-on also says how it is called. */
export type SessionState = Schemas["SessionState"];
