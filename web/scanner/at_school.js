/** What a phone that has joined a school needs, signed in or not: loaded apart (`stages.js`). */

export { join } from './joining.js';
export { Journal } from './journal.js';
export { KnowledgeStore } from './knowledge_store.js';
export { Link } from './link.js';
export { Calls } from './link_calls.js';
export { Retaining } from './retaining.js';
