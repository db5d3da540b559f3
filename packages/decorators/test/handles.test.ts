import { ConfigurationError, DECORATED_HANDLERS, DomainContext, type MessageContext } from '@ndomain/core';
import { handles, message, on } from '@ndomain/decorators';
import { describe, expect, it } from 'vitest';

@message('PlaceOrder')
class PlaceOrder {}

@message()
class CancelOrder {}

class Unnamed {}

function handlersOf(handlerClass: { readonly prototype: object }): Record<string, string> {
  const { prototype } = handlerClass as { prototype: { [DECORATED_HANDLERS]?: ReadonlyMap<string, string> } };
  return Object.fromEntries(prototype[DECORATED_HANDLERS] ?? []);
}

describe('@handles and @on', () => {
  it('take the name as a text, by a class, and by the type of the first parameter', () => {
    class Handler {
      @handles('CompleteOrder') complete(): void {}
      @handles(PlaceOrder) place(_command: PlaceOrder): void {}
      @on() cancelled(_event: CancelOrder, _context: MessageContext): void {}
    }

    expect(handlersOf(Handler)).toEqual({
      CompleteOrder: 'complete',
      PlaceOrder: 'place',
      CancelOrder: 'cancelled',
    });
  });

  it('let one method handle several messages', () => {
    class Handler {
      @handles('A') @handles('B') both(): void {}
    }

    expect(handlersOf(Handler)).toEqual({ A: 'both', B: 'both' });
  });

  it('are inherited, and a subclass replaces what it declares anew', () => {
    class Base {
      @on('A') a(): void {}
      @on('B') b(): void {}
      @on('C') c(): void {}
    }
    class Derived extends Base {
      @on('A') another(): void {}
      @on('X') override b(): void {}
    }

    expect(handlersOf(Derived)).toEqual({ A: 'another', X: 'b', C: 'c' });
    expect(handlersOf(Base)).toEqual({ A: 'a', B: 'b', C: 'c' });
  });

  it('stand instead of what the name of the method would say', async () => {
    const seen: string[] = [];
    let done = (): void => undefined;
    const bothSeen = new Promise<void>((resolve) => (done = resolve));
    class Handler {
      @handles('PlaceOrder') handlePlaceOrder(): void {
        seen.push('PlaceOrder');
      }
      @on('OrderCancelled') onSomethingElse(): void {
        seen.push('OrderCancelled');
        done();
      }
    }
    await using context = await DomainContext.configure()
      .messages(['PlaceOrder', 'OrderCancelled'])
      .bus((c) => c.withProcessor((p) => p.endpoint('e').concurrency(1).registerHandler(new Handler())))
      .start();

    await context.commandBus.send('PlaceOrder', {});
    await context.eventBus.publish('OrderCancelled', {});
    await bothSeen;

    expect(seen).toEqual(['PlaceOrder', 'OrderCancelled']);
  });

  it('compile only on methods that can handle the message', () => {
    class Handler {
      // @ts-expect-error the parameter is another class than the one that is handled
      @handles(PlaceOrder) place(_command: { orderId: string }): void {}
      // @ts-expect-error a handler gets two arguments
      @on('OrderPlaced') placed(_event: object, _context: MessageContext, _more: string): void {}
    }

    expect(handlersOf(Handler)).toEqual({ PlaceOrder: 'place', OrderPlaced: 'placed' });
  });
});

describe('Misuse is refused with class, method and fix', () => {
  // Compilers write the metadata down; without one of them there is none.
  const withoutMetadata = (prototype: object, key: string): void =>
    handles()(prototype, key, { value: () => undefined });

  it.each<[string, () => unknown, RegExp]>([
    [
      'no metadata',
      () => {
        class Handler {}
        withoutMetadata(Handler.prototype, 'place');
      },
      /^Handler\.place: @handles\(\) needs the types .*Name the message: @handles\('OrderPlaced'\).*"emitDecoratorMetadata": true/,
    ],
    [
      'a class without a name',
      () => {
        class Handler {
          @handles() place(_command: Unnamed): void {}
        }
        return Handler;
      },
      /^Handler\.place: Unnamed has no name as a message\. Name it: @message\('Unnamed'\) class Unnamed/,
    ],
    [
      'a type that is no class',
      () => {
        class Handler {
          @on() placed(_event: { orderId: string }): void {}
        }
        return Handler;
      },
      /^Handler\.placed: the type of its first parameter is no class.*@on\('OrderPlaced'\)/,
    ],
    [
      'no parameter',
      () => {
        class Handler {
          @on() placed(): void {}
        }
        return Handler;
      },
      /^Handler\.placed: @on\(\) is on a method without a parameter/,
    ],
    [
      'an empty name',
      () => {
        class Handler {
          @on('') placed(): void {}
        }
        return Handler;
      },
      /^Handler\.placed: @on\(''\) names no message/,
    ],
    [
      'a static method',
      () => {
        class Handler {
          @on('OrderPlaced') static placed(): void {}
        }
        return Handler;
      },
      /^Handler\.placed: @on is on a static method/,
    ],
    [
      'something that is no method',
      () => {
        class Handler {}
        on('OrderPlaced')(Handler.prototype, 'placed', {});
      },
      /^Handler\.placed: @on is not on a method/,
    ],
    [
      'two methods for one message',
      () => {
        class Handler {
          @on('OrderPlaced') first(): void {}
          @on('OrderPlaced') second(): void {}
        }
        return Handler;
      },
      /^Handler\.second: "OrderPlaced" is already handled by Handler\.first\. Keep one of them\./,
    ],
    [
      'standard decorators',
      () => {
        const standard = handles('PlaceOrder') as unknown as (method: () => void, context: object) => void;
        standard(() => undefined, { kind: 'method', name: 'place' });
      },
      /^@handles was compiled as a standard decorator.*"experimentalDecorators": true, "emitDecoratorMetadata": true/,
    ],
  ])('%s', (_case, define, message) => {
    expect(define).toThrow(ConfigurationError);
    expect(define).toThrow(message);
  });
});
