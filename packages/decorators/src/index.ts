// The public surface: what is not listed here cannot be reached.

export { handles, on, type HandlerDecorator } from './handles.ts';
export { inject, type Token } from './inject.ts';
export { message, messageMap, messageNameOf, type MessageClass } from './message.ts';
export { resolver, type Provision } from './resolver.ts';
